"""Reads a committed outcome: was the command refused, and why."""

from exchange.engine.events import NamedEvent, Rejected
from exchange.engine.types import RejectReason
from exchange.errors import EngineRefusal
from exchange.wire import Reply


def is_refused(reply: Reply, reason: RejectReason) -> bool:
    """Whether the engine refused the command for this reason."""
    first = reply.events[0] if reply.events else None
    return isinstance(first, Rejected) and first.reason == reason


def accepted_events(reply: Reply) -> list[NamedEvent]:
    """What happened. Raises EngineRefusal where the engine refused."""
    first = reply.events[0] if reply.events else None
    if isinstance(first, Rejected):
        raise EngineRefusal(RejectReason(first.reason))
    return reply.events
