"""The placement of any order, from its first check to its place in the book. The whole truth.

`matching.py` takes a short cut for the plain orders that make most of the flow; whatever is unusual, and
every refusal, comes here. A test sends all orders this way and compares.
"""

from collections.abc import Sequence
from typing import Any

from exchange.engine import admission
from exchange.engine.book import Market, Order, Terms, Trader
from exchange.engine.closing import UNBOUNDED_LOTS, closed_event, rehold
from exchange.engine.commands import PlaceOrder
from exchange.engine.crossing import (
    ANY_KEY,
    BOOK_EXHAUSTED,
    BUDGET_SPENT,
    FILLED,
    SELF_TRADE,
    cross,
    cross_within_budget,
    settle_taker,
)
from exchange.engine.events import Event, EventKind
from exchange.engine.order_state import OrderEvent, after, open_status
from exchange.engine.state import EngineState
from exchange.engine.types import BUY, GTC, LIMIT, MARKET, SHARD_SLOTS, CloseReason, RejectReason

REJECTED, ACCEPTED = int(EventKind.REJECTED), int(EventKind.ORDER_ACCEPTED)
REPEATED = int(EventKind.ORDER_REPEATED)

CAUSES: dict[tuple[int, bool], tuple[OrderEvent, CloseReason]] = {
    (FILLED, True): (OrderEvent.FILL_REST, CloseReason.FILLED),
    (BOOK_EXHAUSTED, True): (OrderEvent.EXPIRE, CloseReason.UNFILLED_REMAINDER),
    (BOOK_EXHAUSTED, False): (OrderEvent.EXPIRE, CloseReason.NO_LIQUIDITY),
    (BUDGET_SPENT, True): (OrderEvent.SPEND_BUDGET, CloseReason.BUDGET_SPENT),
    (BUDGET_SPENT, False): (OrderEvent.EXPIRE, CloseReason.NO_LIQUIDITY),
    (SELF_TRADE, True): (OrderEvent.EXPIRE, CloseReason.SELF_TRADE),
    (SELF_TRADE, False): (OrderEvent.EXPIRE, CloseReason.SELF_TRADE),
}
# (why the taker stopped, whether it got anything) -> the status and reason with which it closes.
CLOSINGS = {
    (end, got): (int(after(open_status(int(got)), event)), int(reason))
    for (end, got), (event, reason) in CAUSES.items()
}


def rejected(account: int, market: str, client_order_id: str, reason: RejectReason) -> list[Event]:
    return [(REJECTED, account, market, client_order_id, int(reason))]


def place_order(state: EngineState, command: Sequence[Any]) -> list[Event]:
    order = PlaceOrder(*command)
    market = state.markets.get(order.market)
    if order.deadline_ns and order.deadline_ns < state.timestamp_ns:
        return _refused(order, RejectReason.DEADLINE_PASSED)
    if market is None:
        return _refused(order, RejectReason.MARKET_NOT_FOUND)
    if order.client_order_id and (order.account, order.client_order_id) in state.client_orders:
        return _repeated(state, order)
    trader = state.trader(market, order.account)
    reason = admission.refusal(market, trader, order)
    if reason is not None:
        return _refused(order, reason)
    # From here on the order must succeed.
    accepted = _accepted(market, order, state.sequence * SHARD_SLOTS + state.shard)
    if order.client_order_id:
        state.remember_client_order(state.timestamp_ns, accepted)
    events: list[Event] = [accepted]
    taker = Order(accepted, trader, order.quantity_lots or UNBOUNDED_LOTS)
    if order.post_only:
        rest(market, trader, taker)
    else:
        take(market, trader, taker, events)
    return events


def take(market: Market, trader: Trader, taker: Order, events: list[Event]) -> None:
    """Trade an accepted order against the book; then it rests or closes."""
    terms = taker.terms
    side, order_type, price_ticks, budget_atoms = terms[5], terms[6], terms[9], terms[11]
    half = market.asks if side == BUY else market.bids
    if budget_atoms:
        end = cross_within_budget(market, taker, half, budget_atoms, events)
    elif order_type == MARKET:
        end = cross(market, taker, half, ANY_KEY, events)
    else:
        end = cross(market, taker, half, price_ticks if side else -price_ticks, events)
    if taker.filled_quote_atoms:
        settle_taker(market, taker)
    if end == BOOK_EXHAUSTED and order_type == LIMIT and terms[7] == GTC:
        rest(market, trader, taker)
    else:
        status, reason = CLOSINGS[end, taker.filled_quote_atoms > 0]
        events.append(closed_event(taker, status, reason))


def rest(market: Market, trader: Trader, order: Order) -> None:
    """Put what remains of an accepted order into the book, and lock what it needs."""
    terms = order.terms
    order.taker_quote_atoms = order.filled_quote_atoms
    rehold(market, order)
    market.half(terms[5]).append(order, terms[9])
    trader.orders[terms[1]] = order
    trader.open_orders += 1
    balance = trader.quote if terms[5] == BUY else trader.base
    assert balance.free_atoms >= 0


def _refused(order: PlaceOrder, reason: RejectReason) -> list[Event]:
    return rejected(order.account, order.market, order.client_order_id, reason)


def _repeated(state: EngineState, order: PlaceOrder) -> list[Event]:
    """The same content answers with the first result; anything else under that id is refused."""
    first = state.client_orders[(order.account, order.client_order_id)]
    if (first[3], *first[5:13], *first[15:17]) != (*order[3:12], *order[13:15]):
        return _refused(order, RejectReason.DUPLICATE_CLIENT_ORDER_ID)
    return [(REPEATED, first[1], first[1] // SHARD_SLOTS)]


def _accepted(market: Market, order: PlaceOrder, order_id: int) -> Terms:
    return (
        ACCEPTED,
        order_id,
        order.account,
        order.market,
        order.client_order_id,
        order.side,
        order.order_type,
        order.time_in_force,
        bool(order.post_only),
        order.price_ticks,
        order.quantity_lots,
        order.budget_atoms,
        order.self_trade_prevention,
        market.maker_fee_ppm,
        market.taker_fee_ppm,
        order.trigger_price_ticks,
        order.expires_ns,
    )
