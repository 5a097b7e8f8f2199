"""A market's book put together from a load and the messages after it. Pure.

It knows when it may not be believed any more: where a message is missing, `apply` says so.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from enum import Enum

from exchange.live_wire import Levels, MarketMessage

RING_FRAMES = 1_000
RING_BYTES = 4 * 1024 * 1024


class Fit(Enum):
    """How a message goes together with what is known: it is next, it is old, or one before it is missing."""

    NEXT = 1
    OLD = 2
    GAP = 3


class BookSide:
    """Lots by price, and the prices in their order."""

    __slots__ = ("_prices", "lots")

    def __init__(self, levels: Levels) -> None:
        self.lots = dict(levels)
        self._prices = sorted(self.lots)

    def take(self, levels: Levels) -> None:
        for price_ticks, lots in levels:
            if lots:
                if price_ticks not in self.lots:
                    insort(self._prices, price_ticks)
                self.lots[price_ticks] = lots
            elif self.lots.pop(price_ticks, 0):
                del self._prices[bisect_left(self._prices, price_ticks)]

    def lowest(self, count: int | None = None) -> Levels:
        return [(price_ticks, self.lots[price_ticks]) for price_ticks in self._prices[:count]]

    def highest(self, count: int | None = None) -> Levels:
        start = None if count is None else max(0, len(self._prices) - count)
        return [(price_ticks, self.lots[price_ticks]) for price_ticks in reversed(self._prices[start:])]


class AssembledBook:
    """`sequence`: the shard's last command that it knows of."""

    def __init__(self, sequence: int, timestamp_ns: int, bids: Levels, asks: Levels) -> None:
        self.sequence = sequence
        self.timestamp_ns = timestamp_ns
        self.bid_side = BookSide(bids)
        self.ask_side = BookSide(asks)

    def apply(self, message: MarketMessage) -> Fit:
        if message.first_sequence > self.sequence + 1:
            return Fit.GAP
        if message.last_sequence <= self.sequence:
            return Fit.OLD
        self.bid_side.take(message.bids)
        self.ask_side.take(message.asks)
        self.sequence = message.last_sequence
        self.timestamp_ns = message.timestamp_ns
        return Fit.NEXT

    @property
    def bids(self) -> Levels:
        """Best first."""
        return self.bid_side.highest()

    @property
    def asks(self) -> Levels:
        """Best first."""
        return self.ask_side.lowest()


class Ring:
    """The latest updates as they were sent, so that who was away for a moment need not load the whole."""

    def __init__(self) -> None:
        self._updates: deque[tuple[int, int, bytes]] = deque()
        self._bytes = 0

    def add(self, first_sequence: int, last_sequence: int, frame: bytes) -> None:
        self._updates.append((first_sequence, last_sequence, frame))
        self._bytes += len(frame)
        while len(self._updates) > RING_FRAMES or self._bytes > RING_BYTES:
            self._bytes -= len(self._updates.popleft()[2])

    def clear(self) -> None:
        self._updates.clear()
        self._bytes = 0

    def after(self, sequence: int, current: int) -> Iterable[bytes] | None:
        """What brings a book of `sequence` up to `current`, or None where that is not here any more."""
        if sequence == current:
            return []
        if sequence > current or not self._updates or self._updates[0][0] > sequence + 1:
            return None
        return [frame for _, last, frame in self._updates if last > sequence]
