"""What goes out after a commit: replies to waiting clients and the books' latest depth. Lossy on purpose.

A reply that is lost is found in the journal by its command id, a lost depth comes with the next one.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import redis

from exchange.engine.engine import Engine
from exchange.queue import ALIVE_MS, Mark, alive_key, book_key, reply_channel, stream_key, trim_argument
from exchange.wire import encode_replies

BOOK_DEPTH = 500
BOOK_INTERVAL_S = 0.05


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


class Broadcaster:
    """Sends what a batch produced in one round trip; books at most twenty times a second each."""

    def __init__(self, client: redis.Redis, shard: int) -> None:
        self._client = client
        self._shard = shard
        self._due: set[str] = set()
        self._sent_at = 0.0

    @property
    def waiting(self) -> bool:
        """Whether a book has changed since it was last sent."""
        return bool(self._due)

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
        books: Iterable[str],
    ) -> None:
        """Replies, `done` pending marks removed, the stream trimmed up to `applied`, books where due."""
        by_process: dict[str, list[tuple[bytes, int, int, bytes]]] = defaultdict(list)
        for answer in answers:
            if answer.reply_to:
                by_process[answer.reply_to].append(answer[1:])
        pipeline = self._client.pipeline(transaction=False)
        for process, replies in by_process.items():
            pipeline.publish(reply_channel(process), encode_replies(replies))
        for mark in done:
            pipeline.srem(mark.key, mark.member)
        if applied is not None:
            pipeline.xtrim(stream_key(self._shard), minid=trim_argument(applied), approximate=False)
        self._due.update(books)
        self._queue_books(pipeline, engine)
        pipeline.execute()

    def send_books(self, engine: Engine) -> None:
        """The depths that are due, when there is nothing else to send."""
        pipeline = self._client.pipeline(transaction=False)
        self._queue_books(pipeline, engine)
        pipeline.execute()

    def _queue_books(self, pipeline: Any, engine: Engine) -> None:
        now = time.monotonic()
        if not self._due or now - self._sent_at < BOOK_INTERVAL_S:
            return
        self._sent_at = now
        for market in self._due:
            bids, asks = engine.depth(market, BOOK_DEPTH)
            snapshot = BookSnapshot(engine.sequence, engine.timestamp_ns, bids, asks)
            pipeline.set(book_key(market), msgspec.msgpack.encode(snapshot))
        self._due.clear()
