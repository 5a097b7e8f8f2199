"""What goes out after a commit: replies to waiting clients, market data, private messages, the books' depth.

Lossy on purpose. A reply that is lost is found in the journal by its command id, a depth comes with the next
one, and who misses a message of a market or of an account sees the gap in its numbers and begins anew.
"""

import time
import weakref
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import redis

from exchange.engine.engine import Engine
from exchange.engine.types import Side
from exchange.live_wire import AccountNews, MarketMessage, PublicTrade, encode_account_news, encode_market
from exchange.queue import (
    ALIVE_MS,
    Mark,
    accounts_channel,
    alive_key,
    book_key,
    market_channel,
    reply_channel,
    stream_key,
    trim_argument,
)
from exchange.wire import encode_replies

BOOK_DEPTH = 500
BOOK_INTERVAL_S = 0.05
MARKET_INTERVAL_S = 0.01


class Answer(NamedTuple):
    """The committed outcome of one command on its way to the process that waits for it."""

    reply_to: str
    command_id: bytes
    sequence: int
    timestamp_ns: int
    events: bytes


class BookSnapshot(NamedTuple):
    """Depth of a market after the command `sequence`: (price ticks, lots), best first."""

    sequence: int
    timestamp_ns: int
    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]


_book_decoder = msgspec.msgpack.Decoder(BookSnapshot)


def decode_book(data: bytes) -> BookSnapshot:
    return _book_decoder.decode(data)


class News(NamedTuple):
    """What is sent to the outside of one batch: bytes by channel, and by key."""

    published: list[tuple[str, bytes]]
    books: list[tuple[str, bytes]]


class _MarketNews:
    """What has changed in one market since its last message."""

    __slots__ = ("covered", "levels", "sent_at", "trades")

    def __init__(self, covered: int) -> None:
        self.covered = covered  # the last command that a message has told of
        self.levels: set[tuple[int, int]] = set()
        self.trades: list[PublicTrade] = []
        self.sent_at = 0.0


class Broadcaster:
    """Sends what a batch produced in one round trip; a market's messages at most every ten milliseconds,
    its depth at most twenty times a second."""

    def __init__(self, client: redis.Redis, shard: int) -> None:
        self._client = client
        self._shard = shard
        self._books_due: set[str] = set()
        self._books_sent_at = 0.0
        self._engine: weakref.ref[Engine] | None = None
        self._begun_at = 0
        self._news: dict[str, _MarketNews] = {}
        self._news_due: set[str] = set()

    @property
    def waiting(self) -> bool:
        """Whether a market has changed since it was last sent."""
        return bool(self._news_due or self._books_due)

    def alive(self) -> None:
        """Say that commands are being taken; forgotten by itself when nobody says it again."""
        self._client.set(alive_key(self._shard), b"1", px=ALIVE_MS)

    def after_commit(
        self,
        *,
        engine: Engine,
        answers: Sequence[Answer],
        done: Sequence[Mark],
        applied: str | None,
        **news: Any,
    ) -> None:
        """Tell of a batch when the engine has not gone on since: `gather` and `send` in one."""
        self.send(self.gather(engine=engine, **news), answers=answers, done=done, applied=applied)

    def gather(
        self,
        *,
        engine: Engine,
        books: Iterable[str],
        levels: Mapping[str, Iterable[tuple[int, int]]] | None = None,
        trades: Mapping[str, Sequence[PublicTrade]] | None = None,
        messages: Sequence[AccountNews] = (),
    ) -> News:
        """What is to be sent of a batch when it is committed, as of now; what is not due is kept for later.

        `levels`: (side, price_ticks) of every level that the batch may have changed, by market. `trades` are
        the batch's in their order, `messages` its private ones. The first call for an engine brings none.
        """
        self._note(engine, levels or {}, trades or {})
        self._books_due.update(books)
        private = []
        if messages:
            data = encode_account_news(engine.timestamp_ns, messages)
            private = [(accounts_channel(self._shard), data)]
        return News([*private, *self._due_news(engine)], self._due_books(engine))

    def send(
        self,
        news: News,
        *,
        answers: Sequence[Answer] = (),
        done: Sequence[Mark] = (),
        applied: str | None = None,
    ) -> None:
        """In one round trip: replies, `done` pending marks gone, the stream trimmed up to `applied`, news."""
        pipeline = self._client.pipeline(transaction=False)
        self._queue_replies(pipeline, answers)
        for mark in done:
            pipeline.srem(mark.key, mark.member)
        if applied is not None:
            pipeline.xtrim(stream_key(self._shard), minid=trim_argument(applied), approximate=False)
        for channel, data in news.published:
            pipeline.publish(channel, data)
        for key, data in news.books:
            pipeline.set(key, data)
        pipeline.execute()

    def send_books(self, engine: Engine) -> None:
        """What is due of market data, when there is nothing else to send."""
        self.send(self.gather(engine=engine, books=()))

    def _queue_replies(self, pipeline: Any, answers: Sequence[Answer]) -> None:
        by_process: dict[str, list[tuple[bytes, int, int, bytes]]] = defaultdict(list)
        for answer in answers:
            if answer.reply_to:
                by_process[answer.reply_to].append(answer[1:])
        for process, replies in by_process.items():
            pipeline.publish(reply_channel(process), encode_replies(replies))

    def _note(
        self,
        engine: Engine,
        levels: Mapping[str, Iterable[tuple[int, int]]],
        trades: Mapping[str, Sequence[PublicTrade]],
    ) -> None:
        if self._engine is None or self._engine() is not engine:
            # Another engine: what was sent before is not known, so the next messages begin from here. One
            # that covers nothing says so at once, in a market where nothing happens too.
            self._engine = weakref.ref(engine)
            self._begun_at = engine.sequence - 1 if levels or trades else engine.sequence
            self._news.clear()
            self._news_due = set(engine.markets())
            for market in self._news_due:
                self._of(market)
        for market, touched in levels.items():
            self._of(market).levels.update(touched)
            self._news_due.add(market)
        for market, made in trades.items():
            self._of(market).trades.extend(made)
            self._news_due.add(market)

    def _of(self, market: str) -> _MarketNews:
        found = self._news.get(market)
        if found is None:
            found = self._news[market] = _MarketNews(self._begun_at)
        return found

    def _due_news(self, engine: Engine) -> list[tuple[str, bytes]]:
        now = time.monotonic()
        found = []
        for market in [market for market in self._news_due if self._is_due(market, now)]:
            news = self._news[market]
            found.append((market_channel(market), encode_market(_message(engine, market, news))))
            news.covered, news.sent_at = engine.sequence, now
            news.levels.clear()
            news.trades.clear()
            self._news_due.discard(market)
        return found

    def _is_due(self, market: str, now: float) -> bool:
        return now - self._news[market].sent_at >= MARKET_INTERVAL_S

    def _due_books(self, engine: Engine) -> list[tuple[str, bytes]]:
        now = time.monotonic()
        if not self._books_due or now - self._books_sent_at < BOOK_INTERVAL_S:
            return []
        self._books_sent_at = now
        found = []
        for market in self._books_due:
            bids, asks = engine.depth(market, BOOK_DEPTH)
            snapshot = BookSnapshot(engine.sequence, engine.timestamp_ns, bids, asks)
            found.append((book_key(market), msgspec.msgpack.encode(snapshot)))
        self._books_due.clear()
        return found


def _message(engine: Engine, market: str, news: _MarketNews) -> MarketMessage:
    bids, asks = (
        [
            (price_ticks, engine.level_lots(market, side, price_ticks))
            for level_side, price_ticks in news.levels
            if level_side == side
        ]
        for side in (Side.BUY, Side.SELL)
    )
    return MarketMessage(news.covered + 1, engine.sequence, engine.timestamp_ns, bids, asks, news.trades)
