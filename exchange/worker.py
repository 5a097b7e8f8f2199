"""Takes commands from the queue, lets the engine decide, commits what came of it, then says so.

One thread, one engine, one database connection. The engine in memory is only ever a copy of what is
committed: whenever that is in doubt (a failed commit, a lost connection) the worker forgets it, loads
the tables again and goes on from the stored place in the queue.
"""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import redis

from exchange.broadcast import Answer, Broadcaster
from exchange.clearing import Clearing
from exchange.engine.engine import Engine
from exchange.faults import fault_point
from exchange.intake import Announcement, Work, decode_entries, due_markets, due_transfers, resolve
from exchange.journal import FENCED, LEDGER_REFUSES, Fence, write_batch
from exchange.lease import give_back_lease, prepare_session, renew_lease, take_lease
from exchange.projection import Applied, MarketFacts, fold
from exchange.queue import CommandReader, Entry, Mark
from exchange.recovery import load_engine, load_market_facts, load_shard
from exchange.rules import STREAM_START, StreamPosition
from exchange.wire import encode_events

logger = logging.getLogger(__name__)

_KNOWN = (
    "SELECT command_id, sequence, timestamp_ns, events FROM exchange_journalentry WHERE command_id = ANY(%s)"
)


class Fenced(Exception):
    """Another process leads this shard now."""


def _is_the_work_to_blame(error: Exception) -> bool:
    """Whether the same commands would fail again: what no row can hold, what the ledger refuses, a bug."""
    if isinstance(error, psycopg.Error):
        refused = (error.sqlstate or "").startswith(LEDGER_REFUSES)
        return refused or isinstance(error, psycopg.DataError | psycopg.IntegrityError)
    return not isinstance(error, Fenced)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes and times of the loop. `batch` bounds how many commands share one transaction, `transaction_s`
    how long that may take before the database ends it."""

    batch: int = 1_000
    block_ms: int = 200
    lease_s: float = 3.0
    transaction_s: float = 6.0
    chores_s: float = 1.0


@dataclass
class _Leadership:
    """Everything that is only true while this process leads, thrown away as a whole."""

    epoch: int
    engine: Engine
    markets: dict[str, MarketFacts]
    position: StreamPosition
    reader: CommandReader
    renewed_at: float
    chores_at: float = 0.0
    recent: set[UUID] = field(default_factory=set)


class Worker:
    """`run_once` is the loop's body: it says whether it found work. Tests and `run_engine` call it."""

    def __init__(
        self,
        *,
        shard: int,
        holder: str,
        connect: Callable[[], psycopg.Connection[Any]],
        client: redis.Redis,
        limits: Limits | None = None,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.shard = shard
        self.limits = limits or Limits()
        self._holder = f"{holder}:{secrets.token_hex(4)}"
        self._connect = connect
        self._client = client
        self._clock_ns = clock_ns
        self._connection: psycopg.Connection[Any] | None = None
        self._lead: _Leadership | None = None
        self._broadcaster = Broadcaster(client, shard)
        self._clearing = Clearing(shard)
        self._poison: set[UUID] = set()
        self._one_by_one = 0
        self._distrust = False

    @property
    def leads(self) -> bool:
        return self._lead is not None

    @property
    def _limit(self) -> int:
        """How many commands to take next: one while the cause of a failure is looked for."""
        return 1 if self._one_by_one else self.limits.batch

    @property
    def engine(self) -> Engine:
        assert self._lead is not None, "no engine without the lease"
        return self._lead.engine

    def run_once(self) -> bool:
        """Take the lease if there is none, else apply what waits.

        Raises Fenced, psycopg.Error or redis.RedisError: call `forget`, and try again.
        """
        if self._lead is None:
            return self._start()
        lead = self._lead
        if time.monotonic() - lead.chores_at >= self.limits.chores_s:
            self._chores(lead)
        block_ms = 10 if self._broadcaster.waiting else self.limits.block_ms
        entries = lead.reader.read(self._limit, block_ms)
        if entries:
            fault_point("after_read")
            self._apply_entries(lead, entries)
        elif self._broadcaster.waiting:
            self._broadcaster.send_books(lead.engine)
        return bool(entries)

    def forget(self) -> None:
        """Drop the engine and the connection; the next `run_once` begins from what is committed."""
        self._lead = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def stop(self) -> None:
        """Give the lease back, so that a successor need not wait for it to run out."""
        if self._lead is not None and self._connection is not None:
            with suppress(psycopg.Error):  # then it runs out by itself
                give_back_lease(self._connection, shard=self.shard, epoch=self._lead.epoch)
        self.forget()

    def _start(self) -> bool:
        self._client.ping()  # who cannot reach the queue leaves the lease to somebody who can
        connection = self._connection or self._connect()
        self._connection = connection
        with connection.transaction(), connection.cursor() as cursor:
            # The lease keeps the row locked, and nothing of the shard changes without it: one snapshot.
            lease_s = self.limits.lease_s
            epoch = take_lease(cursor, shard=self.shard, holder=self._holder, seconds=lease_s)
            if epoch is None:
                return False
            engine = load_engine(cursor, self.shard)
            stored = load_shard(cursor, self.shard).position
            markets = load_market_facts(cursor, self.shard)
            renew_lease(cursor, shard=self.shard, epoch=epoch, seconds=lease_s)
        prepare_session(connection, seconds=self.limits.transaction_s)
        reader = CommandReader(self._client, self.shard)
        resume = reader.resume(stored)
        position = StreamPosition(reader.generation, resume.entry_id)
        self._lead = _Leadership(epoch, engine, markets, position, reader, time.monotonic())
        logger.info("leading shard %s, epoch %s, sequence %s", self.shard, epoch, engine.sequence)
        self._broadcaster.after_commit(
            engine=engine, answers=(), done=(), applied=None, books=engine.markets()
        )
        return True

    def _chores(self, lead: _Leadership) -> None:
        """What is due each second: rows that wait, the lease, and whether the stream is still the same."""
        lead.chores_at = time.monotonic()
        # Before anything is committed, which trims the stream: it may be another one by now.
        if not lead.reader.is_same_stream(lead.position):
            self._resume(lead)
        due = self._waiting_rows(lead)
        if due:
            self._commit(lead, due, lead.position, ())
        elif time.monotonic() - lead.renewed_at >= self.limits.lease_s / 3:
            self._write(lead, [], lead.position)
        self._broadcaster.alive()

    def _resume(self, lead: _Leadership) -> None:
        resume = lead.reader.resume(lead.position)
        lead.position = StreamPosition(lead.reader.generation, resume.entry_id)
        self._broadcaster.after_commit(
            engine=lead.engine, answers=(), done=(), applied=None, books=lead.engine.markets()
        )
        logger.warning("the queue is another one than before: reading it from %s", resume.entry_id)

    def _waiting_rows(self, lead: _Leadership) -> list[Work]:
        """Markets to create and money on its way, found by looking: nothing depends on having been told."""
        cursor = self._cursor()
        markets = due_markets(cursor, shard=self.shard, poison=self._poison)
        if markets:
            lead.markets = load_market_facts(cursor, self.shard)
        transfers = due_transfers(cursor, shard=self.shard, limit=self.limits.batch, poison=self._poison)
        return [*markets, *transfers.values()][: self._limit]

    def _apply_entries(self, lead: _Leadership, entries: Sequence[Entry]) -> None:
        position = StreamPosition(lead.reader.generation, entries[-1].entry_id)
        items = decode_entries(entries, self._poison, self.shard)
        due: dict[UUID, Work] = {}
        if any(isinstance(item, Announcement) for item in items):
            due = due_transfers(
                self._cursor(), shard=self.shard, limit=self.limits.batch, poison=self._poison
            )
        known = self._known(lead, [item.command_id for item in items])
        work = [item for item in resolve(items, due) if item.command_id not in known]
        if self._one_by_one:
            work = work[:1]  # rows that nobody announced come last, and are found again
        waiting = {item.command_id: item.reply_to for item in items}
        repeats = [answer._replace(reply_to=waiting[command_id]) for command_id, answer in known.items()]
        marks = [item.mark for item in items if isinstance(item, Work) and item.mark is not None]
        self._commit(lead, work, position, repeats, marks)
        lead.reader.applied(position.entry_id)
        self._distrust = False

    def _known(self, lead: _Leadership, command_ids: Sequence[UUID]) -> dict[UUID, Answer]:
        """The committed outcomes among these. Asked of the journal only where a repeat is possible."""
        everything = lead.reader.suspect or self._distrust
        possible = [command_id for command_id in command_ids if everything or command_id in lead.recent]
        if not possible:
            return {}
        rows = self._cursor().execute(_KNOWN, [possible]).fetchall()
        return {row[0]: Answer("", row[0].bytes, row[1], row[2], row[3]) for row in rows}

    def _commit(
        self,
        lead: _Leadership,
        work: Sequence[Work],
        position: StreamPosition,
        repeats: Sequence[Answer],
        marks: Sequence[Mark] = (),
    ) -> None:
        try:
            applied = self._apply(lead, work)
            fault_point("before_commit")
            books = self._write(lead, applied, position)
        except Exception as error:
            if _is_the_work_to_blame(error):
                self._isolate(work, error)
            raise
        self._one_by_one = max(self._one_by_one - max(len(work), 1), 0)
        fault_point("after_commit")
        engine = lead.engine
        answers = [
            Answer(
                item.reply_to, item.command_id.bytes, entry.sequence, engine.timestamp_ns, entry.events_bytes
            )
            for item, entry in zip(work, applied, strict=True)
        ]
        self._broadcaster.after_commit(
            engine=engine,
            answers=[*answers, *repeats],
            done=marks,
            applied=position.entry_id if position.entry_id != STREAM_START else None,
            books=books,
        )
        fault_point("after_reply")

    def _apply(self, lead: _Leadership, work: Sequence[Work]) -> list[Applied]:
        engine = lead.engine
        first = engine.sequence + 1
        outcomes = engine.apply_batch([item.command for item in work], self._clock_ns())
        return [
            Applied(
                first + index,
                item.command_id,
                item.command,
                item.command_bytes,
                events,
                encode_events(events),
            )
            for index, (item, events) in enumerate(zip(work, outcomes, strict=True))
        ]

    def _isolate(self, work: Sequence[Work], error: Exception) -> None:
        """A command that cannot be carried out is refused the next time, so that it cannot stop the others.

        To find it, as many as failed together are taken one by one.
        """
        repeated = isinstance(error, psycopg.errors.UniqueViolation) and not self._distrust
        self._distrust = isinstance(error, psycopg.errors.UniqueViolation)
        if repeated:  # most likely by a command that was applied before: the journal will tell
            return
        if len(work) > 1:
            self._one_by_one = len(work)
        elif work:
            self._poison.add(work[0].command_id)
            logger.error("command %s cannot be carried out", work[0].command_id, exc_info=error)

    def _write(self, lead: _Leadership, applied: Sequence[Applied], position: StreamPosition) -> set[str]:
        engine, connection = lead.engine, self._connection
        assert connection is not None
        rows = fold(
            shard=self.shard,
            timestamp_ns=engine.timestamp_ns,
            markets=lead.markets,
            entries=applied,
        )
        fence = Fence(
            self.shard,
            lead.epoch,
            engine.sequence - len(applied),
            engine.sequence,
            engine.timestamp_ns,
            position.generation,
            position.entry_id,
            self.limits.lease_s,
        )
        balances = [(account, asset, *engine.balance(account, asset)) for account, asset in rows.touched]
        posting = self._clearing.prepare(connection, rows, engine.sequence)
        try:
            write_batch(connection, fence=fence, rows=rows, balances=balances, post_to_ledger=posting)
        except psycopg.Error as error:
            if error.sqlstate == FENCED:
                raise Fenced(f"epoch {lead.epoch} of shard {self.shard} is over") from error
            raise
        lead.position = position
        lead.renewed_at = time.monotonic()
        lead.recent.update(entry.command_id for entry in applied)
        if len(lead.recent) > 100_000:
            lead.recent.clear()
        return rows.books

    def _cursor(self) -> psycopg.Cursor[Any]:
        assert self._connection is not None
        return self._connection.cursor()
