"""What happens because time has passed: expiries, dead man's switches, the breaker's windows and halts."""

from collections.abc import Sequence
from typing import Any

from exchange.engine.canceling import close_orders, orders_in
from exchange.engine.closing import close_open
from exchange.engine.commands import SetSwitch
from exchange.engine.events import Event, EventKind
from exchange.engine.order_state import OrderEvent
from exchange.engine.rejection import is_late, rejected
from exchange.engine.state import EngineState
from exchange.engine.status import change_status, rebase
from exchange.engine.types import MAX_CLOSED_AT_ONCE, MAX_SWITCH_TIMEOUT_NS, OPEN, CloseReason, RejectReason

SWITCH_SET, SWITCH_FIRED = int(EventKind.SWITCH_SET), int(EventKind.SWITCH_FIRED)


def set_switch(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """Taken in every status of a market: a halt must not make a living client look dead."""
    _, deadline_ns, account, market, timeout_ns = SetSwitch(*command)
    if is_late(state, deadline_ns):
        return rejected(account, market, "", RejectReason.DEADLINE_PASSED)
    if market and market not in state.markets:
        return rejected(account, market, "", RejectReason.MARKET_NOT_FOUND)
    if not 0 <= timeout_ns <= MAX_SWITCH_TIMEOUT_NS:
        return rejected(account, market, "", RejectReason.INVALID_TIMEOUT)
    state.switches.pop((account, market), None)
    due_ns = state.timestamp_ns + timeout_ns if timeout_ns else 0
    if due_ns:
        state.arm(account, market, due_ns)
    return [(SWITCH_SET, account, market, due_ns)]


def tick(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """Whatever is due, in a fixed order: orders by expiry and id, switches by time, account and market, then
    the markets by name. Once it has closed `MAX_CLOSED_AT_ONCE` orders, further orders and switches stay due
    for the next one, for all that it does is one transaction; a switch that fires takes all of its orders."""
    events: list[Event] = []
    _expire_orders(state, events)
    _fire_switches(state, events)
    _pass_windows(state, events)
    return events


def _expire_orders(state: EngineState, events: list[Event]) -> None:
    while (
        len(events) < MAX_CLOSED_AT_ONCE and (key := state.expiries.pop_due(state.timestamp_ns)) is not None
    ):
        order_id, account = key
        order = state.open_order(account, order_id)
        assert order is not None
        market = state.market_of(order)
        events.append(close_open(market, order, OrderEvent.EXPIRE, CloseReason.GTD_EXPIRED))


def _fire_switches(state: EngineState, events: list[Event]) -> None:
    """Also in a halted market: its owner may be gone."""
    timers, now_ns = state.switch_timers, state.timestamp_ns
    while len(events) < MAX_CLOSED_AT_ONCE and (key := timers.pop_due(now_ns)) is not None:
        account, market = key
        del state.switches[key]
        events.append((SWITCH_FIRED, account, market))
        events += close_orders(state, orders_in(state, account, market), CloseReason.DEAD_MANS_SWITCH)


def _pass_windows(state: EngineState, events: list[Event]) -> None:
    due: set[str] = set()
    while (name := state.market_timers.pop_due(state.timestamp_ns)) is not None:
        due.add(name)
    for name in sorted(due):
        market = state.markets[name]
        if market.status == OPEN:
            rebase(state, market, events)
        else:
            events += change_status(state, market, OPEN, by_breaker=True)
