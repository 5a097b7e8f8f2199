"""The connections of this web process: how many there may be, and what is done to all of them.

Counts are of one process: a deployment of n web processes lets n times as many in.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from access.meters import SOCKETS, SOCKETS_LIMIT, SUBSCRIPTIONS
from access.sockets.dialect import Dialect
from access.sockets.errors import TooManyConnections
from access.sockets.frames import Frame

if TYPE_CHECKING:
    from access.sockets.connection import Connection


class Census:
    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self._counts: Counter[str] = Counter()

    def enter(self, connection: "Connection") -> None:
        """Raises TooManyConnections."""
        if len(self.connections) >= settings.WEBSOCKET_LIMITS["total"]:
            raise TooManyConnections("This server has as many connections as it takes.")
        self._count(connection.counted_as)
        self.connections.add(connection)

    def rename(self, connection: "Connection", name: str) -> None:
        """It is counted as somebody else from now on. Raises TooManyConnections."""
        self._count(name)
        self._uncount(connection.counted_as)
        connection.counted_as = name

    def leave(self, connection: "Connection") -> None:
        if connection in self.connections:
            self.connections.discard(connection)
            self._uncount(connection.counted_as)

    def tell(self, make: Callable[[Dialect], Frame | None]) -> None:
        """Everybody, each in his language: a frame is made once for each; None: nothing is said."""
        made: dict[Dialect, Frame | None] = {}
        for connection in list(self.connections):
            dialect = connection.dialect
            if dialect not in made:
                made[dialect] = make(dialect)
            frame = made[dialect]
            if frame is not None:
                connection.send(frame)

    def _count(self, name: str) -> None:
        kind = name.partition(":")[0]
        if self._counts[name] >= settings.WEBSOCKET_LIMITS[kind]:
            raise TooManyConnections
        self._counts[name] += 1

    def _uncount(self, name: str) -> None:
        self._counts[name] -= 1
        if not self._counts[name]:
            del self._counts[name]


class Allowance:
    """A token bucket of one connection: so many a second, and so many at once."""

    __slots__ = ("_at_ns", "_rate", "_size", "_tokens_ns")

    def __init__(self, rate: int, size: int) -> None:
        self._rate = rate
        self._size = size
        self._tokens_ns = size * 10**9
        self._at_ns = time.monotonic_ns()

    def take(self) -> bool:
        now = time.monotonic_ns()
        self._tokens_ns = min(self._size * 10**9, self._tokens_ns + (now - self._at_ns) * self._rate)
        self._at_ns = now
        if self._tokens_ns < 10**9:
            return False
        self._tokens_ns -= 10**9
        return True


census = Census()
SOCKETS.set_function(lambda: len(census.connections))
SOCKETS_LIMIT.set_function(lambda: settings.WEBSOCKET_LIMITS["total"])
SUBSCRIPTIONS.set_function(lambda: sum(len(one.subscriptions) for one in tuple(census.connections)))
