"""An order that trades now, at its placement, its trigger or its amendment; then it rests or closes."""

from exchange.engine.book import Order, Trader
from exchange.engine.closing import closed_event, rehold
from exchange.engine.crossing import (
    ANY_KEY,
    BAND_EDGE,
    BOOK_EXHAUSTED,
    BREAKER_EDGE,
    BUDGET_SPENT,
    FILLED,
    SELF_TRADE,
    cross,
    cross_within_budget,
    settle_taker,
)
from exchange.engine.events import Event
from exchange.engine.market import Market
from exchange.engine.order_state import OrderEvent, after, open_status
from exchange.engine.types import BUY, GTC, GTD, CloseReason

CAUSES: dict[tuple[int, bool], tuple[OrderEvent, CloseReason]] = {
    (FILLED, True): (OrderEvent.FILL_REST, CloseReason.FILLED),
    (BOOK_EXHAUSTED, True): (OrderEvent.EXPIRE, CloseReason.UNFILLED_REMAINDER),
    (BOOK_EXHAUSTED, False): (OrderEvent.EXPIRE, CloseReason.NO_LIQUIDITY),
    (BUDGET_SPENT, True): (OrderEvent.SPEND_BUDGET, CloseReason.BUDGET_SPENT),
    (BUDGET_SPENT, False): (OrderEvent.EXPIRE, CloseReason.NO_LIQUIDITY),
    (SELF_TRADE, True): (OrderEvent.EXPIRE, CloseReason.SELF_TRADE),
    (SELF_TRADE, False): (OrderEvent.EXPIRE, CloseReason.SELF_TRADE),
    (BAND_EDGE, True): (OrderEvent.EXPIRE, CloseReason.PRICE_BAND),
    (BAND_EDGE, False): (OrderEvent.EXPIRE, CloseReason.PRICE_BAND),
    (BREAKER_EDGE, True): (OrderEvent.EXPIRE, CloseReason.CIRCUIT_BREAKER),
    (BREAKER_EDGE, False): (OrderEvent.EXPIRE, CloseReason.CIRCUIT_BREAKER),
}
# (why the taker stopped, whether it got anything) -> the status and reason with which it closes.
CLOSINGS = {
    (end, got): (int(after(open_status(int(got)), event)), int(reason))
    for (end, got), (event, reason) in CAUSES.items()
}


def take(
    market: Market,
    trader: Trader,
    taker: Order,
    events: list[Event],
    settled_quote: int = 0,
    settled_lots: int = 0,
) -> None:
    """Trade an order that holds nothing against the book; then it rests or closes.

    An amended order has fills that were settled before: `settled_quote` atoms for `settled_lots`.
    """
    terms = taker.terms
    side, price_ticks = terms[5], terms[9]
    half = market.opposite(side)
    limit_key = half.key(price_ticks) if price_ticks else market_key(market, side)
    if terms[11]:
        end = cross_within_budget(market, taker, half, limit_key, events)
    else:
        end = cross(market, taker, half, limit_key, events)
    if taker.filled_quote_atoms > settled_quote:
        settle_taker(market, taker, settled_quote, settled_lots)
    if end == BOOK_EXHAUSTED and price_ticks and terms[7] in (GTC, GTD):
        rest(market, trader, taker)
        return
    if end == BOOK_EXHAUSTED and not price_ticks and half.best() is not None:
        end = BAND_EDGE
    market.tripped = market.tripped or end == BREAKER_EDGE
    status, reason = CLOSINGS[end, taker.filled_quote_atoms > 0]
    events.append(closed_event(taker, status, reason))


def market_key(market: Market, side: int) -> int:
    """How far a market order goes: as if it had the edge of the price band for its limit."""
    if not market.band_ppm:
        return ANY_KEY
    return -market.band_high if side == BUY else market.band_low


def rest(market: Market, trader: Trader, order: Order) -> None:
    """Put what remains of an accepted order into the book, and lock what it needs."""
    terms = order.terms
    rehold(market, order)
    market.half(terms[5]).append(order, terms[9])
    trader.orders[terms[1]] = order
    trader.open_orders += 1
    balance = trader.quote if terms[5] == BUY else trader.base
    assert balance.free_atoms >= 0
