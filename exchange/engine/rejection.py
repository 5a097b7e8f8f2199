"""The event that says no, and what any command of a customer may be refused for first."""

from exchange.engine.events import Event, EventKind
from exchange.engine.state import EngineState
from exchange.engine.types import RejectReason

REJECTED = int(EventKind.REJECTED)


def rejected(account: int, market: str, client_order_id: str, reason: RejectReason) -> list[Event]:
    return [(REJECTED, account, market, client_order_id, int(reason))]


def is_late(state: EngineState, deadline_ns: int) -> bool:
    return deadline_ns != 0 and deadline_ns < state.timestamp_ns
