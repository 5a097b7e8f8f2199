"""Cancels that need a search: by client order id, of waiting orders, and of all orders of an account."""

from collections.abc import Sequence
from typing import Any

from exchange.engine.book import Order
from exchange.engine.closing import close_open
from exchange.engine.commands import CancelAll, CancelOrder
from exchange.engine.events import Event
from exchange.engine.order_state import OrderEvent
from exchange.engine.rejection import is_late, rejected
from exchange.engine.state import EngineState
from exchange.engine.types import EVERYBODY, HALTED, MAX_CLOSED_AT_ONCE, CloseReason, RejectReason


def cancel_order(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """An order of somebody else is not found, just like one that is not there."""
    cancel = CancelOrder(*command)
    reason = RejectReason.ORDER_NOT_FOUND
    if is_late(state, cancel.deadline_ns):
        reason = RejectReason.DEADLINE_PASSED
    else:
        order = find_order(state, cancel.account, cancel.order_id, cancel.client_order_id)
        if order is not None:
            if not _is_halted(state, order):
                return close_orders(state, [order], CloseReason.USER)
            reason = RejectReason.MARKET_HALTED
    return rejected(cancel.account, "", cancel.client_order_id, reason)


def cancel_all(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """Customers reach no order of a halted market, an operator (for EVERYBODY) every one."""
    cancel = CancelAll(*command)
    if is_late(state, cancel.deadline_ns):
        return rejected(cancel.account, cancel.market, "", RejectReason.DEADLINE_PASSED)
    if cancel.market and cancel.market not in state.markets:
        return rejected(cancel.account, cancel.market, "", RejectReason.MARKET_NOT_FOUND)
    if cancel.account == EVERYBODY:
        accounts = state.orders
        everybodys = [order for account in accounts for order in orders_in(state, account, cancel.market)]
        everybodys.sort(key=lambda order: int(order.terms[1]))
        return close_orders(state, everybodys[:MAX_CLOSED_AT_ONCE], CloseReason.OPERATOR)
    if cancel.market and state.markets[cancel.market].status == HALTED:
        return rejected(cancel.account, cancel.market, "", RejectReason.MARKET_HALTED)
    orders = orders_in(state, cancel.account, cancel.market)
    return close_orders(state, [one for one in orders if not _is_halted(state, one)], CloseReason.USER)


def orders_in(state: EngineState, account: int, market: str) -> list[Order]:
    """The open orders of an account, by id; with an empty `market` those of all markets."""
    return [order for order in state.open_orders(account) if market in ("", order.terms[3])]


def close_orders(state: EngineState, orders: Sequence[Order], reason: CloseReason) -> list[Event]:
    return [close_open(state.market_of(order), order, OrderEvent.CANCEL, reason) for order in orders]


def find_order(state: EngineState, account: int, order_id: int, client_order_id: str) -> Order | None:
    """By client order id the newest open order that carries it: after the retention one may be used anew."""
    if order_id or not client_order_id:
        return state.open_order(account, order_id)
    latest = state.client_orders.get((account, client_order_id))
    order = state.open_order(account, latest[1]) if latest is not None else None
    if order is not None:
        return order
    named = (one for one in reversed(state.open_orders(account)) if one.terms[4] == client_order_id)
    return next(named, None)


def _is_halted(state: EngineState, order: Order) -> bool:
    return state.market_of(order).status == HALTED
