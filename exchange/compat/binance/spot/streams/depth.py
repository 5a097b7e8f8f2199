"""The depth streams of one market at one speed: differences that follow one another, and best levels.

Each difference begins where the last one ended, whatever was lost meanwhile: a book that is loaded anew is
told as the difference to the one before.
"""

from exchange.compat.binance.spot.streams import frames
from exchange.compat.binance.spot.streams.topic import Look, StreamTopic
from exchange.feeds.book import AssembledBook, BookSide
from exchange.live_wire import Levels, MarketMessage
from exchange.models import Market

PARTIAL_LEVELS = (5, 10, 20)
Shown = tuple[Levels, Levels]


class DepthStreams:
    """`suffix`: of the names of its streams."""

    def __init__(self, market: Market, name: str, suffix: str) -> None:
        self._market = market
        self._book: AssembledBook | None = None
        self._is_live = False
        self._told: int | None = None  # the last update that the differences have told of
        self._bids: set[int] = set()
        self._asks: set[int] = set()
        self.diffs = StreamTopic(f"{name}@depth{suffix}", conflates=False)
        self.partials = {
            levels: StreamTopic(f"{name}@depth{levels}{suffix}", conflates=True, look=self._look(levels))
            for levels in PARTIAL_LEVELS
        }
        self._shown: dict[int, Shown] = {}

    # What is heard.

    def begin(self, book: AssembledBook) -> None:
        before = self._book
        if before is not None:
            if self._told is None:  # who listens already has the book as it was
                self._told = before.sequence
            if book.sequence < self._told:
                self.diffs.give_up()  # the past is another one by now; a client's book cannot follow
                self._forget()
            else:
                self._bids |= _different(before.bid_side, book.bid_side)
                self._asks |= _different(before.ask_side, book.ask_side)
        self._book = book
        self._is_live = True

    def change(self, message: MarketMessage) -> None:
        """The first difference begins with its message: what others may still show as the book can be older
        than what was loaded, but not than the market's last message."""
        if self._told is None:
            self._told = message.first_sequence - 1
        self._bids.update(price_ticks for price_ticks, _ in message.bids)
        self._asks.update(price_ticks for price_ticks, _ in message.asks)

    def lose(self) -> None:
        """The book stays as it was told: the next one is compared with it."""
        self._is_live = False

    def end(self) -> None:
        """Nobody listens to the market."""
        self._book = None
        self._is_live = False
        self._forget()
        self._shown.clear()
        for topic in self.partials.values():
            topic.forget()

    def _forget(self) -> None:
        self._told = None
        self._bids.clear()
        self._asks.clear()
        self.diffs.forget()

    # What is told.

    def flush(self) -> None:
        """What has changed since the last time."""
        book = self._book
        if book is None or not self._is_live:
            return
        if self._told is not None and book.sequence > self._told and (self._bids or self._asks):
            bids = [(price, book.bid_side.lots.get(price, 0)) for price in sorted(self._bids, reverse=True)]
            asks = [(price, book.ask_side.lots.get(price, 0)) for price in sorted(self._asks)]
            self.diffs.publish(frames.diff(self._market, self._told + 1, book.sequence, bids, asks))
            self._told = book.sequence
            self._bids.clear()
            self._asks.clear()
        for levels, topic in self.partials.items():
            if topic:
                self._publish_partial(book, levels, topic)
            else:
                self._shown.pop(levels, None)
                topic.forget()

    def _publish_partial(self, book: AssembledBook, levels: int, topic: StreamTopic) -> None:
        shown = book.bid_side.highest(levels), book.ask_side.lowest(levels)
        if self._shown.get(levels) != shown:
            self._shown[levels] = shown
            topic.publish(frames.partial(self._market, book.sequence, *shown))

    def _look(self, levels: int) -> Look:
        def look() -> frames.Content | None:
            book = self._book
            if book is None or not self._is_live:
                return None
            self._shown[levels] = shown = book.bid_side.highest(levels), book.ask_side.lowest(levels)
            return frames.partial(self._market, book.sequence, *shown)

        return look


def _different(before: BookSide, after: BookSide) -> set[int]:
    """The prices whose lots are not the same."""
    return {price_ticks for price_ticks, _ in before.lots.items() ^ after.lots.items()}
