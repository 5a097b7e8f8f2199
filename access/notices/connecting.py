"""Connections to addresses that users chose: a name is looked up once, judged, and what was judged is
connected to. All that happens on one has one deadline and one allowance of bytes.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from typing import Any

import httpcore

from access.notices.addresses import Address
from access.notices.targets import Policy, allowed

MAX_TRIED = 2  # of a name's addresses
_LOOKUPS = 16

Lookup = Callable[[str], Sequence[Address]]

# Nobody can end a lookup that hangs; there are never more than so many, and who waits for one gives up.
_lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="webhook-names")


class ForbiddenAddress(httpcore.ConnectError):
    """The name leads, also, to an address that is not a public one."""


class UnknownName(httpcore.ConnectError):
    pass


class TooMuch(httpcore.ReadError):
    """The other side sends more than anybody reads."""


def system_lookup(host: str) -> Sequence[Address]:
    """Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))


def checked_addresses(host: str, policy: Policy, lookup: Lookup, timeout: float) -> Sequence[Address]:
    """All of them have to be allowed: a name that leads inside and outside is meant to deceive.

    Raises ForbiddenAddress, UnknownName or httpcore.ConnectTimeout.
    """
    try:
        found: Sequence[Address] = [ipaddress.ip_address(host)]
    except ValueError:
        asked = _lookups.submit(lookup, host)
        try:
            found = asked.result(max(timeout, 0))
        except Late:
            asked.cancel()  # so that what nobody waits for is not looked up before what somebody does
            raise httpcore.ConnectTimeout from None
        except (
            OSError,
            ValueError,
        ):  # ValueError: an address with a scope, or a name that cannot be asked for
            raise UnknownName from None
    if not found:
        raise UnknownName
    if not all(allowed(address, policy) for address in found):
        raise ForbiddenAddress
    return found


class Allowance:
    """How long an exchange may take, from now on, and how many bytes may come in it."""

    def __init__(self, seconds: float, read_bytes: int) -> None:
        self._deadline = time.monotonic() + seconds
        self._bytes = read_bytes

    def left(self, error: type[Exception]) -> float:
        """Seconds, more than 0; raises `error` when there are none."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise error
        return seconds

    def take(self, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0:
            raise TooMuch


class BoundedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._inner = inner
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._allowance.left(httpcore.ReadTimeout))
        self._allowance.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._allowance.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._allowance.left(httpcore.ConnectTimeout)
        return BoundedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Gives connections to judged addresses alone, whoever asks for whatever name."""

    def __init__(self, policy: Policy, lookup: Lookup, allowance: Allowance) -> None:
        self._policy = policy
        self._lookup = lookup
        self._allowance = allowance
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._allowance.left(httpcore.ConnectTimeout)
        found = checked_addresses(host, self._policy, self._lookup, left)[:MAX_TRIED]
        for number, address in enumerate(found, start=1):
            # What does not answer leaves half of the time to the next one.
            seconds = self._allowance.left(httpcore.ConnectTimeout)
            if number < len(found):
                seconds *= 0.5
            try:
                return BoundedStream(
                    self._sockets.connect_tcp(str(address), port, timeout=seconds), self._allowance
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(found):
                    raise
        raise UnknownName

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise ForbiddenAddress

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError  # only repeats sleep, and nothing is repeated here
