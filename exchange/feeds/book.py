"""A market's book put together from a load and the messages after it. Pure.

It knows when it may not be believed any more: where a message is missing, `apply` says so.
"""

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


class AssembledBook:
    """`sequence`: the shard's last command that it knows of. Levels by price, without order."""

    def __init__(self, sequence: int, timestamp_ns: int, bids: Levels, asks: Levels) -> None:
        self.sequence = sequence
        self.timestamp_ns = timestamp_ns
        self._bids = dict(bids)
        self._asks = dict(asks)

    def apply(self, message: MarketMessage) -> Fit:
        if message.first_sequence > self.sequence + 1:
            return Fit.GAP
        if message.last_sequence <= self.sequence:
            return Fit.OLD
        _set(self._bids, message.bids)
        _set(self._asks, message.asks)
        self.sequence = message.last_sequence
        self.timestamp_ns = message.timestamp_ns
        return Fit.NEXT

    @property
    def bids(self) -> Levels:
        """Best first."""
        return sorted(self._bids.items(), reverse=True)

    @property
    def asks(self) -> Levels:
        """Best first."""
        return sorted(self._asks.items())


def _set(side: dict[int, int], levels: Levels) -> None:
    for price_ticks, lots in levels:
        if lots:
            side[price_ticks] = lots
        else:
            side.pop(price_ticks, None)


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
