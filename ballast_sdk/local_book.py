"""A market's book as the messages of its channel make it. Knows nothing of the wire."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from decimal import Decimal

from ballast_sdk.messages import BookSnapshot, BookUpdate, Level, Notice


class _Half:
    """One side: levels by price, and prices in their order, best first."""

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._levels: dict[Decimal, Level] = {}
        self._order: list[Decimal] = []  # sign * price

    def replace(self, levels: Iterable[Level]) -> None:
        self._levels = {self._sign * Decimal(level[0]): level for level in levels}
        self._order = sorted(self._levels)

    def set(self, levels: Iterable[Level]) -> None:
        for level in levels:
            place = self._sign * Decimal(level[0])
            is_there = place in self._levels
            if Decimal(level[1]):
                self._levels[place] = level
                if not is_there:
                    insort(self._order, place)
            elif is_there:
                del self._levels[place]
                del self._order[bisect_left(self._order, place)]

    def best(self, most: int | None) -> list[Level]:
        return [self._levels[place] for place in self._order[:most]]


class LocalBook:
    """Hand every message of `Socket.book` to `apply`. While `is_current` is false, do not act on it."""

    def __init__(self) -> None:
        self._bids, self._asks = _Half(-1), _Half(1)
        self.sequence = -1
        self.time_ms = 0
        self.is_current = False

    def apply(self, message: BookSnapshot | BookUpdate | Notice) -> bool:
        """Whether the book may look different now."""
        match message:
            case BookSnapshot():
                self._bids.replace(message.bids)
                self._asks.replace(message.asks)
            case BookUpdate() if self.sequence < 0 or message.sequence <= self.sequence:
                return False
            case BookUpdate():
                self._bids.set(message.bids)
                self._asks.set(message.asks)
            case Notice():
                self.is_current = message.kind == "live" and self.sequence >= 0
                return False
        self.sequence, self.time_ms, self.is_current = message.sequence, message.time_ms, True
        return True

    def bids(self, most: int | None = None) -> list[Level]:
        """Best first."""
        return self._bids.best(most)

    def asks(self, most: int | None = None) -> list[Level]:
        """Best first."""
        return self._asks.best(most)

    @property
    def best_bid(self) -> Level | None:
        return next(iter(self._bids.best(1)), None)

    @property
    def best_ask(self) -> Level | None:
        return next(iter(self._asks.best(1)), None)
