"""Connections whose exchange ends in time as a whole, for clients of servers that may lie."""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

_SLICE = 16 * 1024


class Deadline:
    """Of the exchange that a thread is in: a slow drip of bytes would reset any other timeout."""

    def __init__(self, until: float = 0.0) -> None:
        self.until = until

    def left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer came too slowly")
        return left


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _SLICE):
            self._inner.write(buffer[start : start + _SLICE], self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _BoundedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class BoundedBackend(httpcore.SyncBackend):
    """Nothing on its connections waits beyond the deadline; a shorter time to connect may be asked for."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left()
        soon = left if timeout is None else min(timeout, left)
        inner = super().connect_tcp(host, port, soon, local_address, socket_options)
        return _BoundedStream(inner, self._deadline)
