"""Cancels that need a search: by client order id, and of all orders of an account."""

from collections.abc import Sequence
from typing import Any

from exchange.engine.book import Order
from exchange.engine.closing import close_resting
from exchange.engine.commands import CancelAll, CancelOrder
from exchange.engine.events import Event
from exchange.engine.order_state import OrderEvent
from exchange.engine.placing import rejected
from exchange.engine.state import EngineState
from exchange.engine.types import CloseReason, RejectReason


def cancel_order(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """An order of somebody else is not found, just like one that is not there."""
    cancel = CancelOrder(*command)
    if _is_late(state, cancel.deadline_ns):
        reason = RejectReason.DEADLINE_PASSED
    else:
        order = _find(state, cancel)
        if order is not None:
            return [close_resting(order, OrderEvent.CANCEL, CloseReason.USER)]
        reason = RejectReason.ORDER_NOT_FOUND
    return rejected(cancel.account, "", cancel.client_order_id, reason)


def cancel_all(state: EngineState, command: Sequence[Any]) -> list[Event]:
    cancel = CancelAll(*command)
    if _is_late(state, cancel.deadline_ns):
        return rejected(cancel.account, cancel.market, "", RejectReason.DEADLINE_PASSED)
    if cancel.market and cancel.market not in state.markets:
        return rejected(cancel.account, cancel.market, "", RejectReason.MARKET_NOT_FOUND)
    orders = list(state.orders.get(cancel.account, {}).values())
    return [
        close_resting(order, OrderEvent.CANCEL, CloseReason.USER)
        for order in orders
        if cancel.market in ("", order.terms[3])
    ]


def _is_late(state: EngineState, deadline_ns: int) -> bool:
    return deadline_ns != 0 and deadline_ns < state.timestamp_ns


def _find(state: EngineState, cancel: CancelOrder) -> Order | None:
    """By client order id the newest open order that carries it: after the retention one may be used anew."""
    orders = state.orders.get(cancel.account, {})
    if cancel.order_id or not cancel.client_order_id:
        return orders.get(cancel.order_id)
    latest = state.client_orders.get((cancel.account, cancel.client_order_id))
    if latest is not None and latest[1] in orders:
        return orders[latest[1]]
    named = (order for order in reversed(orders.values()) if order.terms[4] == cancel.client_order_id)
    return next(named, None)
