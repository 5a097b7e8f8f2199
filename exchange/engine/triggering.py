"""What follows the trades of a command, within it: the cascade of orders that trigger, then the breaker."""

from collections import deque

from exchange.engine.admission import obstacle
from exchange.engine.book import Order
from exchange.engine.closing import closed_event, stop_waiting
from exchange.engine.events import Event, EventKind, OrderAccepted
from exchange.engine.market import Market
from exchange.engine.order_state import OrderEvent, after
from exchange.engine.state import EngineState
from exchange.engine.status import begin_window, halt_by_breaker
from exchange.engine.taking import rest, take
from exchange.engine.types import CloseReason, OrderStatus, RejectReason

TRIGGERED = int(EventKind.ORDER_TRIGGERED)
EXPIRED = int(after(after(OrderStatus.UNTRIGGERED, OrderEvent.TRIGGER), OrderEvent.EXPIRE))
CLOSE_REASONS = {
    RejectReason.PRICE_BAND: CloseReason.PRICE_BAND,
    RejectReason.POST_ONLY_WOULD_CROSS: CloseReason.POST_ONLY_WOULD_CROSS,
    RejectReason.FOK_UNFILLED: CloseReason.FOK_UNFILLED,
    RejectReason.INSUFFICIENT_FUNDS: CloseReason.INSUFFICIENT_FUNDS,
}
Reached = deque[tuple[Order, int]]  # with the last price that reached it


def conclude(state: EngineState, market: Market, events: list[Event]) -> None:
    """After every taker look which waiting orders the last price has reached; they execute in turn."""
    reached: Reached = deque()
    _look(state, market, reached, events)
    while reached:
        order, last_price_ticks = reached.popleft()
        _execute(market, order, last_price_ticks, events)
        _look(state, market, reached, events)
    if market.tripped:
        market.tripped = False
        halt_by_breaker(state, market, events)


def _look(state: EngineState, market: Market, reached: Reached, events: list[Event]) -> None:
    last_price_ticks = market.last_price_ticks
    if market.started:
        market.started = False
        begin_window(state, market, market.breaker_price_ticks, events)
    if last_price_ticks:
        found = market.triggers.take_reached(last_price_ticks)
        reached.extend((order, last_price_ticks) for order in found)
    market.refresh()


def _execute(market: Market, order: Order, last_price_ticks: int, events: list[Event]) -> None:
    """As if the order were sent now, with the id and the rates that it has. What it held is free again."""
    terms, trader = order.terms, order.trader
    stop_waiting(order)
    identity = (TRIGGERED, market.name, terms[1], terms[2], terms[4], terms[5])
    events.append((*identity, last_price_ticks))
    reason = obstacle(market, trader, OrderAccepted._make(terms), is_new=False)
    if reason is not None:
        events.append(closed_event(order, EXPIRED, int(CLOSE_REASONS[reason])))
    elif order.terms[8]:
        rest(market, trader, order)
    else:
        take(market, trader, order, events)
