"""The streams of one market in one web process, made from what its feed decodes while somebody listens."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from exchange.broadcast import BookSnapshot
from exchange.candles import INTERVALS
from exchange.compat.binance.spot.aggregates import fold
from exchange.compat.binance.spot.streams import frames
from exchange.compat.binance.spot.streams.depth import DepthStreams
from exchange.compat.binance.spot.streams.klines import KlineStream
from exchange.compat.binance.spot.streams.names import Kind, StreamName
from exchange.compat.binance.spot.streams.topic import StreamTopic
from exchange.compat.binance.symbols import symbol_of
from exchange.feeds.book import AssembledBook
from exchange.feeds.market import LINGER_SECONDS, MarketFeed
from exchange.live_wire import Levels, MarketMessage, PublicTrade
from exchange.rendering import NS_PER_MS

READY_SECONDS = 2.0
SETTLE_SECONDS = 0.15  # then whatever shows the book is at least as new as the beginning of its streams


class MarketStreams:
    """An observer of the feed. It stays one for a while after the last listener has left."""

    def __init__(self, feed: MarketFeed) -> None:
        self.market = feed.market
        self.heard_ms = 0
        self.is_live = False
        self.trades_heard = 0
        self._feed = feed
        self._is_observing = False
        self._listened_at = 0.0
        self._ready = asyncio.Event()
        self._settled_at = 0.0
        self._book: AssembledBook | None = None
        self._best: tuple[Levels, Levels] | None = None
        name = symbol_of(feed.market).lower()
        self._slow = DepthStreams(feed.market, name, "")
        self._fast = DepthStreams(feed.market, name, "@100ms")
        self._trades = StreamTopic(f"{name}@trade", conflates=False)
        self._aggregates = StreamTopic(f"{name}@aggTrade", conflates=False)
        self._book_ticker = StreamTopic(f"{name}@bookTicker", conflates=True, look=self._look_at_best)
        self._klines: dict[str, KlineStream] = {}

    # Who listens.

    def topic(self, name: StreamName) -> StreamTopic:
        """Of a kind that is made here."""
        depth = self._fast if name.is_fast else self._slow
        if name.kind is Kind.DIFFS:
            return depth.diffs
        if name.kind is Kind.PARTIAL:
            return depth.partials[name.levels]
        if name.kind is Kind.KLINES:
            return self._kline(name).topic
        return {
            Kind.TRADES: self._trades,
            Kind.AGGREGATES: self._aggregates,
            Kind.BOOK_TICKER: self._book_ticker,
        }[name.kind]

    def _kline(self, name: StreamName) -> KlineStream:
        found = self._klines.get(name.interval)
        if found is None:
            interval = INTERVALS[name.interval]
            found = self._klines[name.interval] = KlineStream(self.market, name.text, interval, self)
        return found

    async def attend(self) -> None:
        """Before somebody is told that he listens: what happens from then on reaches him. Without live data
        for two seconds he is told all the same, and hears when it is back."""
        self.keep()
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_SECONDS):
                await self._ready.wait()
                await asyncio.sleep(max(0.0, self._settled_at - time.monotonic()))

    def keep(self) -> None:
        """Somebody listens, if only to something that is made of what is heard here."""
        self._listened_at = time.monotonic()
        if not self._is_observing:
            self._is_observing = True
            self._feed.observe(self)

    @property
    def _is_listened_to(self) -> bool:
        topics = [self._trades, self._aggregates, self._book_ticker]
        topics += [one.topic for one in self._klines.values()]
        for depth in (self._slow, self._fast):
            topics += [depth.diffs, *depth.partials.values()]
        return any(topics)

    # What is heard.

    def begin(self, book: AssembledBook) -> None:
        self._book = book
        self.heard_ms = max(self.heard_ms, book.timestamp_ns // NS_PER_MS)
        self.is_live = True
        for depth in (self._slow, self._fast):
            depth.begin(book)
        self._publish_best(book)
        self._note_trades()
        if not self._ready.is_set():
            self._settled_at = time.monotonic() + SETTLE_SECONDS
            self._ready.set()

    def change(self, book: AssembledBook, message: MarketMessage) -> None:
        self.heard_ms = max(self.heard_ms, message.timestamp_ns // NS_PER_MS)
        for depth in (self._slow, self._fast):
            depth.change(message)
        self._publish_best(book)

    def trade(self, made: Sequence[PublicTrade], *, follows: bool) -> None:
        if not follows:
            self._trades.give_up()
            self._aggregates.give_up()
        if self._trades:
            for one in made:
                self._trades.publish(frames.trade(self.market, one))
            self._trades.forget()
        if self._aggregates:
            for folded in fold(made):
                self._aggregates.publish(frames.aggregate(self.market, folded))
            self._aggregates.forget()
        self._note_trades()

    def lose(self) -> None:
        self._book = None
        self._best = None
        self.is_live = False
        self._book_ticker.forget()
        for depth in (self._slow, self._fast):
            depth.lose()

    def _note_trades(self) -> None:
        self.trades_heard += 1
        for one in self._klines.values():
            one.note_change()

    def _publish_best(self, book: AssembledBook) -> None:
        best = book.bid_side.highest(1), book.ask_side.lowest(1)
        if best == self._best:
            return
        self._best = best
        self._book_ticker.forget()
        if self._book_ticker:
            self._book_ticker.publish(frames.book_ticker(self.market, book))

    def best(self) -> BookSnapshot | None:
        """The best level of both sides; None: not known."""
        book = self._book
        if book is None:
            return None
        bids, asks = book.bid_side.highest(1), book.ask_side.lowest(1)
        return BookSnapshot(book.sequence, book.timestamp_ns, bids, asks)

    def _look_at_best(self) -> frames.Content | None:
        return None if self._book is None else frames.book_ticker(self.market, self._book)

    # What the clock does.

    def tick(self, now: float, now_ms: int, *, is_second: bool) -> None:
        """Each 100 ms, and in one of ten for what is told once a second."""
        if not self._is_observing:
            return
        self._fast.flush()
        if is_second:
            self._slow.flush()
        for one in self._klines.values():
            one.tick(now, now_ms)
        if self._is_listened_to:
            self._listened_at = now
        elif now - self._listened_at > LINGER_SECONDS:
            self._end()

    def _end(self) -> None:
        self._is_observing = False
        self._feed.leave(self)
        self._ready.clear()
        self.lose()
        for depth in (self._slow, self._fast):
            depth.end()
