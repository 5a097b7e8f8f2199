"""Reads a committed outcome: was the command refused, and why."""

from exchange.engine.events import NamedEvent, Rejected
from exchange.engine.types import RejectReason
from exchange.errors import EngineRefusal
from exchange.wire import Reply


def refusal_of(reply: Reply) -> EngineRefusal | None:
    """Why the engine refused the command; None where it did not."""
    first = reply.events[0] if reply.events else None
    if not isinstance(first, Rejected):
        return None
    refusal = EngineRefusal(RejectReason(first.reason))
    refusal.sequence = reply.sequence
    return refusal


def accepted_events(reply: Reply) -> list[NamedEvent]:
    """What happened. Raises EngineRefusal where the engine refused."""
    refusal = refusal_of(reply)
    if refusal is not None:
        raise refusal
    return reply.events
