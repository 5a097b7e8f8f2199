"""The door to the engine: one Redis stream per shard. It carries commands, it never records them.

What the stream holds may be lost (Redis is not the truth): nothing is acknowledged from here, and what
was applied is known from the database. Every key of the exchange in Redis is named in this file.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import redis

from exchange.rules import STREAM_START, ResumeAfter, StreamPosition, next_entry_id, resume_point
from logs.context import MAX_REQUEST_ID

MAX_QUEUE_LENGTH = 20_000
ALIVE_MS = 3_000
RESTORED = "restored:"  # begins the generation of a shard whose rows came out of a backup
PENDING_MS = 70_000  # longer than the longest receive window, after which the engine refuses anyway
FIELD = b"c"
REQUEST_FIELD = b"r"  # beside the message, so that engines of before it read the queue as they did


def stream_key(shard: int) -> str:
    return f"engine:{shard}:commands"


def generation_key(shard: int) -> str:
    return f"engine:{shard}:generation"


def alive_key(shard: int) -> str:
    return f"engine:{shard}:alive"


def pending_key(shard: int, account: int, client_order_id: str) -> str:
    """The set of the queued placements with this client order id, by command id: each ends for itself."""
    return f"pending:{shard}:{account}:{client_order_id}"


def reply_channel(process: str) -> str:
    return f"replies:{process}"


def book_key(market: str) -> str:
    return f"book:{market}"


def market_channel(market: str) -> str:
    return f"market:{market}"


def accounts_channel(shard: int) -> str:
    return f"accounts:{shard}"


MARKET_CHANNELS = market_channel("*")
ACCOUNTS_CHANNELS = "accounts:*"


class Mark(NamedTuple):
    """That one placement is queued: a member of the set at `key`."""

    key: str
    member: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`request_id`: of what asked for it, in the log lines of web."""

    entry_id: str
    message: bytes
    request_id: str = ""


class CommandReader:
    """The engine's end of the stream. Not thread-safe; every fault of Redis is a `redis.RedisError`."""

    def __init__(self, client: redis.Redis, shard: int) -> None:
        self._client = client
        self._shard = shard
        self._after = STREAM_START
        self._suspect_until: str | None = None
        self.generation = ""

    @property
    def suspect(self) -> bool:
        """Whether what is read now may have been applied before."""
        return self._suspect_until is not None

    def resume(self, stored: StreamPosition) -> ResumeAfter:
        """Find the place to go on from, given what is committed. Of rows that came out of a backup the stream
        of their other life is no queue: what it holds was decided there, or never acknowledged."""
        if stored.generation.startswith(RESTORED):
            self._client.delete(stream_key(self._shard))
        generation, last_generated_id = self._state()
        decision = resume_point(stored=stored, generation=generation, last_generated_id=last_generated_id)
        self.generation = generation
        self._after = decision.entry_id
        self._suspect_until = decision.until if decision.suspect else None
        return decision

    def is_same_stream(self, applied: StreamPosition) -> bool:
        """Whether the stream still is the one that was being read: asked every second."""
        generation, last_generated_id = self._state()
        return not resume_point(
            stored=applied, generation=generation, last_generated_id=last_generated_id
        ).suspect

    def read(self, limit: int, block_ms: int) -> list[Entry]:
        """Up to `limit` entries in order, waiting up to `block_ms` (0: not at all) for the first."""
        found = self._client.xread(
            {stream_key(self._shard): self._after}, count=limit, block=block_ms or None
        )
        if not found:
            return []
        entries = [
            Entry(entry_id.decode(), fields.get(FIELD, b""), _text(fields.get(REQUEST_FIELD, b"")))
            for entry_id, fields in cast(Sequence[Any], found)[0][1]
        ]
        self._after = entries[-1].entry_id
        return entries

    def applied(self, entry_id: str) -> None:
        """What stands up to here is committed; suspicion ends where the found stream ended."""
        if self._suspect_until is not None and not _before(entry_id, self._suspect_until):
            self._suspect_until = None

    def _state(self) -> tuple[str, str]:
        """The stream's generation (server run and token, so that a restart is a new one) and last id."""
        key = generation_key(self._shard)
        pipeline = self._client.pipeline(transaction=True)
        pipeline.set(key, secrets.token_hex(8), nx=True)
        pipeline.get(key)
        pipeline.info("server")
        _, token, server = pipeline.execute()
        try:
            stream = self._client.xinfo_stream(stream_key(self._shard))
        except redis.ResponseError:  # no such key: nothing was ever added in this generation
            stream = {"last-generated-id": STREAM_START.encode()}
        return f"{server['run_id'][:16]}/{token.decode()}", stream["last-generated-id"].decode()


def _text(request_id: bytes) -> str:
    return request_id.decode("ascii", "replace")[:MAX_REQUEST_ID]


def _before(left: str, right: str) -> bool:
    return tuple(map(int, left.split("-"))) < tuple(map(int, right.split("-")))


def trim_argument(entry_id: str) -> str:
    """The MINID that removes everything up to and including this entry."""
    return next_entry_id(entry_id)
