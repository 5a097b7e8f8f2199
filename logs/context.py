"""What a thread or task of the event loop works on right now: the request it is for, which each of its log
lines then names. Knows nothing of requests; who begins one says its number.
"""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

MAX_REQUEST_ID = 64

# One mapping for all that a request starts, in threads too: what is learnt of it on the way all of them say.
_work: ContextVar[dict[str, object] | None] = ContextVar("work", default=None)


def begin(request_id: str, **facts: object) -> None:
    """From here on, in this task or thread, and in what it starts."""
    _work.set({"request_id": request_id, **facts})


@contextmanager
def working_on(request_id: str, **facts: object) -> Iterator[None]:
    """The same for a while; then what was worked on before is again."""
    before = _work.set({"request_id": request_id, **facts})
    try:
        yield
    finally:
        _work.reset(before)


def learn(**facts: object) -> None:
    """More about what is being worked on. Where nothing was begun, nothing is noted."""
    work = _work.get()
    if work is not None:
        work.update(facts)


def current_request_id() -> str:
    """ "" where nobody asked for what is being done."""
    work = _work.get()
    return "" if work is None else str(work["request_id"])


def add_work(_logger: object, _level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: what the line itself says of the same stands."""
    for name, value in (_work.get() or {}).items():
        if value not in ("", None):
            line.setdefault(name, value)
    return line
