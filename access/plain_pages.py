"""Pages that the front door answers itself, in the event loop: no Django, session or database behind them.

What stands above this app puts them in; so they are there when nothing else is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from access.errors import DomainError, MethodNotAllowed, error_body
from access.messages import Head, Headers, Scope, Send, encoded, read_head, send_whole

_FIXED: Headers = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


PlainPage = Callable[[Head], Awaitable[PlainAnswer]]


async def _live(head: Head) -> PlainAnswer:
    """Asks nobody: it says that the loop turns."""
    return PlainAnswer(200, b'{"status":"ok"}')


plain_pages: dict[str, PlainPage] = {"/healthz/live": _live}


async def send_plain(page: PlainPage, scope: Scope, send: Send) -> int:
    """Gives the status. Who asks by another method than GET or HEAD gets 405."""
    try:
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed
        answer = await page(read_head(scope))
    except DomainError as error:
        answer = PlainAnswer(error.status, error_body(error, ""))
    headers = [*_FIXED, *encoded((("content-type", answer.content_type), *answer.headers))]
    await send_whole(send, answer.status, headers, answer.body)
    return answer.status
