"""What happens when a taker meets an order of its own owner. The taker's mode decides; nothing trades."""

from exchange.engine.book import Order
from exchange.engine.closing import close_resting, reduced_event, rehold
from exchange.engine.events import Event
from exchange.engine.market import Market
from exchange.engine.order_state import OrderEvent
from exchange.engine.types import DECREMENT, EXPIRE_MAKER, EXPIRE_TAKER, CloseReason

STOPPED = -1


def prevent(market: Market, taker: Order, maker: Order, wanted_lots: int, events: list[Event]) -> int:
    """Returns how many lots the taker still wants at this level, or STOPPED where it is to expire."""
    mode = taker.terms[12]
    if mode == DECREMENT:
        return _decrement(market, taker, maker, wanted_lots, events)
    if mode != EXPIRE_TAKER:
        events.append(close_resting(maker, OrderEvent.EXPIRE, CloseReason.SELF_TRADE))
    return wanted_lots if mode == EXPIRE_MAKER else STOPPED


def _decrement(market: Market, taker: Order, maker: Order, wanted_lots: int, events: list[Event]) -> int:
    """Both lose the smaller remaining; who has nothing left expires, the other goes on."""
    lots = min(wanted_lots, maker.remaining_lots)
    level = maker.level
    assert level is not None
    level.lots -= lots
    for order in (maker, taker):
        order.remaining_lots -= lots
        order.prevented_lots += lots
    if maker.remaining_lots:
        rehold(market, maker)
        events.append(reduced_event(maker, lots))
    else:
        events.append(close_resting(maker, OrderEvent.EXPIRE, CloseReason.SELF_TRADE))
    if wanted_lots == lots:
        return STOPPED
    events.append(reduced_event(taker, lots))
    return wanted_lots - lots
