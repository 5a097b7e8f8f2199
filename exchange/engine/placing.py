"""The placement of any order, from its first check to its place in the book. The whole truth.

`matching.py` takes a short cut for the plain orders that make most of the flow; whatever is unusual, and
every refusal, comes here. A test sends all orders this way and compares.
"""

from collections.abc import Sequence
from typing import Any

from exchange.engine import admission
from exchange.engine.book import Market, Order, Terms, Trader
from exchange.engine.closing import UNBOUNDED_LOTS, closed_event, filled_lots, rehold
from exchange.engine.commands import PlaceOrder
from exchange.engine.crossing import CrossEnd, cross, cross_within_budget, settle_taker
from exchange.engine.events import Event, EventKind
from exchange.engine.order_state import OrderEvent, after, open_status
from exchange.engine.state import EngineState
from exchange.engine.types import (
    SHARD_SLOTS,
    CloseReason,
    OrderType,
    RejectReason,
    Side,
    TimeInForce,
)


def rejected(account: int, market: str, client_order_id: str, reason: RejectReason) -> list[Event]:
    return [(int(EventKind.REJECTED), account, market, client_order_id, int(reason))]


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
        state.remember_client_order(accepted)
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
    half = market.opposite(terms[5])
    if terms[11]:
        end = cross_within_budget(market, taker, half, terms[11], events)
    elif terms[6] == OrderType.MARKET:
        end = cross(market, taker, half, None, events)
    else:
        end = cross(market, taker, half, half.key(terms[9]), events)
    if taker.filled_quote_atoms:
        settle_taker(market, taker)
    if end == CrossEnd.BOOK_EXHAUSTED and terms[6] == OrderType.LIMIT and terms[7] == TimeInForce.GTC:
        rest(market, trader, taker)
    else:
        events.append(_closed(taker, end))


def rest(market: Market, trader: Trader, order: Order) -> None:
    """Put what remains of an accepted order into the book, and lock what it needs."""
    terms = order.terms
    order.taker_quote_atoms = order.filled_quote_atoms
    rehold(market, order)
    market.half(terms[5]).append(order, terms[9])
    trader.orders[terms[1]] = order
    trader.open_orders += 1
    balance = trader.quote if terms[5] == Side.BUY else trader.base
    assert balance.free_atoms >= 0


def _closed(taker: Order, end: CrossEnd) -> Event:
    filled = filled_lots(taker)
    status = open_status(filled)
    if end == CrossEnd.FILLED:
        return closed_event(taker, after(status, OrderEvent.FILL_REST), CloseReason.FILLED)
    if end == CrossEnd.SELF_TRADE:
        return closed_event(taker, after(status, OrderEvent.EXPIRE), CloseReason.SELF_TRADE)
    if end == CrossEnd.BUDGET_SPENT and filled:
        return closed_event(taker, after(status, OrderEvent.SPEND_BUDGET), CloseReason.BUDGET_SPENT)
    reason = CloseReason.UNFILLED_REMAINDER if filled else CloseReason.NO_LIQUIDITY
    return closed_event(taker, after(status, OrderEvent.EXPIRE), reason)


def _refused(order: PlaceOrder, reason: RejectReason) -> list[Event]:
    return rejected(order.account, order.market, order.client_order_id, reason)


def _repeated(state: EngineState, order: PlaceOrder) -> list[Event]:
    """The same content answers with the first result; anything else under that id is refused."""
    first = state.client_orders[(order.account, order.client_order_id)]
    if first[5:] != order[3:12]:
        return _refused(order, RejectReason.DUPLICATE_CLIENT_ORDER_ID)
    return [(int(EventKind.ORDER_REPEATED), first.order_id, first.sequence)]


def _accepted(market: Market, order: PlaceOrder, order_id: int) -> Terms:
    return (
        int(EventKind.ORDER_ACCEPTED),
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
    )
