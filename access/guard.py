"""uvicorn's HTTP protocol with what it lacks: limits on a head's size and time, and refusals in JSON.

Run uvicorn with `--http access.guard:GuardedHttp`. A body's limits are the front door's.
"""

import asyncio
import secrets
import socket
import sys
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from access.errors import (
    DomainError,
    HeadersTooLarge,
    Malformed,
    MethodNotAllowed,
    RequestTimeout,
    error_body,
)

HEAD_SECONDS = 15.0
MAX_HEAD_BYTES = 64 * 1024  # also of what stands around the pieces of a chunked body
UNREAD_SECONDS = 30.0  # an answer of which a client takes nothing for so long is given up


class GuardedHttp(HttpToolsProtocol):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        super().connection_made(transport)
        _give_up_if_nothing_is_read(transport.get_extra_info("socket"))
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
            self._start_head_timer()
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # What trails a chunked body would become a header after the head was judged: it is dropped.
        if self._in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_head_timer()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Called while the parser's error is being handled."""
        bad_method = isinstance(sys.exc_info()[1], httptools.HttpParserInvalidMethodError)
        self._refuse(MethodNotAllowed() if bad_method else Malformed(msg))

    def _start_head_timer(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def _stop_head_timer(self) -> None:
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        self._refuse(RequestTimeout())

    def _refuse(self, error: DomainError) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(refusal_of_head(error))
        self.transport.close()


def refusal_of_head(error: DomainError) -> bytes:
    """The whole answer to what never became a request, after which the connection is closed."""
    request_id = secrets.token_hex(12)
    body = error_body(error, request_id)
    head = (
        f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\ncontent-type: application/json\r\n"
        f"x-request-id: {request_id}\r\ncache-control: no-store\r\ncontent-length: {len(body)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _give_up_if_nothing_is_read(connection: socket.socket) -> None:
    """A client that asks and never reads would keep its connection, and the answer in memory, for ever."""
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(UNREAD_SECONDS * 1000))
