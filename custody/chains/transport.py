"""The HTTP client of all chain sources: an exchange is bounded in time as a whole and in size.

It follows no redirect, unpacks nothing, keeps no cookies and asks no proxy of the environment.
"""

import ssl
import threading
import time
from dataclasses import dataclass
from weakref import WeakSet

import httpcore

from custody.chains.source import ChainUnavailable, ChainUnfit, Unfit
from custody.deadlines import BoundedBackend, Deadline

TIMEOUT_S = 10.0
MUCH = 3  # the patience for a block
KEEPALIVE_S = 15.0  # less than any server waits for the next request

_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError)


class AnswerTooLarge(ChainUnfit):
    """More bytes than was allowed: they were not read."""

    def __init__(self, limit: int) -> None:
        super().__init__(Unfit.MALFORMED, f"an answer of more than {limit} bytes")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


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
        self.deadline = Deadline()
        self.pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=1,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=BoundedBackend(self.deadline),
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
