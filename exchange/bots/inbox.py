"""What a source says, until the bots have looked at it: its latest book, and its trades in their order."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import OutsideBook

MOST_TRADES = 1_000  # that wait; the oldest are forgotten
SILENT_S = 5.0


class Inbox:
    """`changed_at` is when the book became what it is, `heard_at` when the source last said that it is so."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.book: OutsideBook | None = None
        self.changed_at = 0.0
        self.heard_at = float("-inf")
        self.trades: deque[OutsideTrade] = deque(maxlen=MOST_TRADES)
        self.changed = asyncio.Event()
        self._clock = clock

    def put_book(self, book: OutsideBook) -> None:
        """A book without one of its sides is none that anybody could copy: it is not heard."""
        if not book.bids or not book.asks or book.bids[0].price_e8 >= book.asks[0].price_e8:
            return
        self.heard_at = self._clock()
        if book != self.book:
            self.book = book
            self.changed_at = self.heard_at
            self.changed.set()

    def put_trade(self, trade: OutsideTrade) -> None:
        self.trades.append(trade)

    def take_trades(self) -> list[OutsideTrade]:
        taken = list(self.trades)
        self.trades.clear()
        return taken

    @property
    def is_silent(self) -> bool:
        return self._clock() - self.heard_at >= SILENT_S
