"""The placement of any order, from its first check to its place in the book. The whole truth.

`matching.py` takes a short cut for the plain orders that make most of the flow; whatever is unusual, and
every refusal, comes here. A test sends all orders this way and compares.
"""

from collections.abc import Sequence
from typing import Any

from exchange.engine import admission
from exchange.engine.book import Order, Trader
from exchange.engine.closing import UNBOUNDED_LOTS, rehold
from exchange.engine.commands import PlaceOrder
from exchange.engine.events import Event, EventKind, OrderAccepted
from exchange.engine.market import Market
from exchange.engine.rejection import is_late, rejected
from exchange.engine.state import EngineState
from exchange.engine.taking import rest, take
from exchange.engine.triggering import conclude
from exchange.engine.types import SHARD_SLOTS, RejectReason

ACCEPTED, REPEATED = int(EventKind.ORDER_ACCEPTED), int(EventKind.ORDER_REPEATED)


def place_order(state: EngineState, command: Sequence[Any]) -> list[Event]:
    order = PlaceOrder(*command)
    market = state.markets.get(order.market)
    if is_late(state, order.deadline_ns):
        return _refused(order, RejectReason.DEADLINE_PASSED)
    if market is None:
        return _refused(order, RejectReason.MARKET_NOT_FOUND)
    if order.client_order_id and (order.account, order.client_order_id) in state.client_orders:
        return _repeated(state, order)
    trader = state.trader(market, order.account)
    proposed = _proposed(trader, order, state.sequence * SHARD_SLOTS + state.shard)
    reason = admission.refusal(market, trader, proposed, state.timestamp_ns)
    if reason is not None:
        return _refused(order, reason)
    # From here on the order must succeed.
    accepted = tuple(proposed)
    if order.client_order_id:
        state.remember_client_order(state.timestamp_ns, accepted)
    state.schedule_expiry(accepted)
    events: list[Event] = [accepted]
    taker = Order(accepted, trader, order.quantity_lots or UNBOUNDED_LOTS)
    if order.trigger_price_ticks:
        wait(market, trader, taker)
    elif order.post_only:
        rest(market, trader, taker)
    else:
        take(market, trader, taker, events)
        conclude(state, market, events)
    return events


def wait(market: Market, trader: Trader, order: Order) -> None:
    """Let an accepted order wait for its trigger outside of the book, and lock what it needs."""
    rehold(market, order)
    market.triggers.add(order)
    market.refresh()
    trader.waiting[order.terms[1]] = order
    trader.open_orders += 1


def _refused(order: PlaceOrder, reason: RejectReason) -> list[Event]:
    return rejected(order.account, order.market, order.client_order_id, reason)


def _repeated(state: EngineState, order: PlaceOrder) -> list[Event]:
    """The same content answers with the first result; anything else under that id is refused."""
    first = state.client_orders[(order.account, order.client_order_id)]
    if (first[3], *first[5:13], *first[15:17]) != (*order[3:12], *order[13:15]):
        return _refused(order, RejectReason.DUPLICATE_CLIENT_ORDER_ID)
    return [(REPEATED, first[1], first[1] // SHARD_SLOTS)]


def _proposed(trader: Trader, order: PlaceOrder, order_id: int) -> OrderAccepted:
    return OrderAccepted(
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
        trader.maker_ppm,
        trader.taker_ppm,
        order.trigger_price_ticks,
        order.expires_ns,
    )
