"""Django's WSGI handler behind ASGI: one thread hop for a request, out of a fixed pool.

A response is pulled a piece at a time and a thread is held only while a piece is made, so slow readers hold
none. Therefore a streaming response must not keep a database cursor open from one piece to the next.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from access.errors import ServiceUnavailable
from access.messages import Headers, Receive, Scope, Send
from access.threads import work_pool

PIECE_BYTES = 256 * 1024
MAX_WAITING = 256

Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True)
class BridgeResponse:
    """`first` is the whole body unless `is_whole` is False; then `pieces` gives the rest."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    first: bytes = b""
    is_whole: bool = True
    _body: Iterator[bytes] = field(default_factory=lambda: iter(()))
    _iterable: Iterable[bytes] = ()

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self.status = int(status[:3])
        # A cookie's value begins with a blank.
        self.headers = [
            (name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers
        ]

    def run(self, application: WsgiApplication, environ: Environ) -> "BridgeResponse":
        """In a pool thread: the request, and as much of its body as one piece holds."""
        self._iterable = application(environ, self.start)
        self._body = iter(self._iterable)
        self.first = self._pull()
        return self

    def _pull(self) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            for chunk in self._body:
                chunks.append(chunk)
                size += len(chunk)
                if size >= PIECE_BYTES or not chunk:  # an empty one lets the thread go to somebody else
                    self.is_whole = False
                    return b"".join(chunks)
        except BaseException:
            self.close()
            raise
        self.close()
        return b"".join(chunks)

    def close(self) -> None:
        self.is_whole = True
        close = getattr(self._iterable, "close", None)
        self._iterable = ()
        if close is not None:
            close()

    async def pieces(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        while not self.is_whole:
            yield await loop.run_in_executor(work_pool, copy_context().run, self._pull)

    async def abandon(self) -> None:
        """Nobody wants the rest."""
        if self.is_whole:
            return
        await asyncio.get_running_loop().run_in_executor(work_pool, self.close)


class Bridge:
    """Bounded: beyond `MAX_WAITING` requests that wait for a thread the answer is 503."""

    def __init__(self, application: WsgiApplication | None = None) -> None:
        self._application = application or WSGIHandler()
        self._waiting = 0

    async def call(self, environ: Environ) -> BridgeResponse:
        if self._waiting >= MAX_WAITING:
            raise ServiceUnavailable("web")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                work_pool, copy_context().run, BridgeResponse().run, self._application, environ
            )
        finally:
            self._waiting -= 1


def environ_of(scope: Scope, body: bytes, ip: str, scheme: str) -> Environ:
    """The WSGI environ of an ASGI request. `ip` and `scheme` are what the front door believes."""
    server = scope.get("server") or ("", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": ip,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper()
        # With an underscore it would pass for the header that is spelled with a hyphen.
        if "_" in name or name == "CONTENT-LENGTH":
            continue
        value = raw_value.decode("latin-1")
        if name == "CONTENT-TYPE":
            environ["CONTENT_TYPE"] = value
            continue
        key = "HTTP_" + name.replace("-", "_")
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    return environ


async def send_response(send: Send, receive: Receive, response: BridgeResponse) -> None:
    """Whole when it fits one piece, else piece by piece until the end or until the reader is gone."""
    start = {"type": "http.response.start", "status": response.status, "headers": response.headers}
    if response.is_whole:
        await send(start)
        await send({"type": "http.response.body", "body": response.first})
        return
    gone = asyncio.ensure_future(_wait_until_gone(receive))
    try:
        await send(start)
        await send({"type": "http.response.body", "body": response.first, "more_body": True})
        async for piece in response.pieces():
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except RuntimeError:
        await asyncio.sleep(0)  # the server wakes who writes and who listens for the end in one turn
        if not gone.done():
            raise
    finally:
        gone.cancel()
        await response.abandon()


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
