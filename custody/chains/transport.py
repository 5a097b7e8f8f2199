"""The HTTP client of all chain sources: an exchange is bounded in time as a whole and in size.

It follows no redirect, unpacks nothing, keeps no cookies and asks no proxy of the environment.
"""

import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import httpcore

from custody.chains.source import ChainUnavailable, ChainUnfit, Unfit

TIMEOUT_S = 10.0
MUCH = 3  # the patience for a block
KEEPALIVE_S = 15.0  # less than any server waits for the next request
_SLICE = 16 * 1024

_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError)


class AnswerTooLarge(ChainUnfit):
    """More bytes than was allowed: they were not read."""

    def __init__(self, limit: int) -> None:
        super().__init__(Unfit.MALFORMED, f"an answer of more than {limit} bytes")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class _Deadline:
    """Of the exchange that a thread is in: a slow drip of bytes would reset any other timeout."""

    def __init__(self) -> None:
        self.until = 0.0

    def left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer came too slowly")
        return left


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
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


class _BoundedBackend(httpcore.SyncBackend):
    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        inner = super().connect_tcp(host, port, self._deadline.left(), local_address, socket_options)
        return _BoundedStream(inner, self._deadline)


class _Pools:
    """Those of all threads that still live."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: WeakSet[httpcore.ConnectionPool] = WeakSet()

    def add(self, pool: httpcore.ConnectionPool) -> None:
        with self._lock:
            self._pools.add(pool)

    def close(self) -> None:
        with self._lock:
            for pool in self._pools:
                pool.close()


class _Connections(threading.local):
    """Each thread has its own: httpcore may close a connection that another thread has just taken up."""

    def __init__(self, context: ssl.SSLContext | None, pools: _Pools) -> None:
        self.deadline = _Deadline()
        self.pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=1,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=_BoundedBackend(self.deadline),
        )
        pools.add(self.pool)


class Transport:
    """One server, whose address ends without a slash. May be used by several threads.

    An exchange has `timeout_s` in all, or `patience` times that where much has to come.
    """

    def __init__(self, address: str, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._address = address
        self._pools = _Pools()
        context = httpcore.default_ssl_context() if address.startswith("https:") else None
        self._connections = _Connections(context, self._pools)

    def get(self, path: str, *, limit: int, patience: int = 1) -> Answer:
        return self._exchange("GET", path, b"", {}, limit, patience)

    def post(
        self,
        path: str,
        body: bytes,
        headers: dict[str, str],
        *,
        limit: int,
        patience: int = 1,
    ) -> Answer:
        return self._exchange("POST", path, body, headers, limit, patience)

    def close(self) -> None:
        self._pools.close()

    def _exchange(
        self, method: str, path: str, body: bytes, headers: dict[str, str], limit: int, patience: int
    ) -> Answer:
        timeout_s = self._timeout_s * patience
        self._connections.deadline.until = time.monotonic() + timeout_s
        sent = {"Accept-Encoding": "identity", "User-Agent": "ballast", **headers}
        if method == "POST":
            sent["Content-Length"] = str(len(body))
        try:
            with self._connections.pool.stream(
                method,
                self._address + path,
                headers=list(sent.items()),
                content=body or None,
                extensions={"timeout": {"connect": timeout_s, "pool": timeout_s}},
            ) as response:
                return Answer(response.status, _body(response, limit))
        except _FAILURES as error:
            raise ChainUnavailable(f"no answer: {type(error).__name__}") from error


def _body(response: httpcore.Response, limit: int) -> bytes:
    named = {name.lower(): value for name, value in response.headers}
    if named.get(b"content-encoding", b"identity").lower() != b"identity":
        raise ChainUnfit(Unfit.MALFORMED, "a packed answer")
    length = named.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > limit:
        raise AnswerTooLarge(limit)
    parts = bytearray()
    for part in response.iter_stream():
        parts += part
        if len(parts) > limit:
            raise AnswerTooLarge(limit)
    return bytes(parts)
