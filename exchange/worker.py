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
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import redis

from exchange.account_feed import AccountFeed
from exchange.broadcast import Answer, Broadcaster
from exchange.clearing import Clearing
from exchange.committing import Committer, finish
from exchange.engine.engine import Engine
from exchange.faults import fault_point
from exchange.intake import (
    Announcement,
    Work,
    decode_entries,
    due_markets,
    due_requests,
    due_rows,
    due_transfers,
    resolve,
)
from exchange.isolation import Isolation
from exchange.leadership import Fenced, Leadership
from exchange.lease import clock_difference_ns, give_back_lease, prepare_session, renew_lease, take_lease
from exchange.meters import note_lead
from exchange.pipeline import Pipeline
from exchange.queue import CommandReader, Entry
from exchange.recovery import load_engine, load_market_facts, load_policies, load_shard
from exchange.rules import StreamPosition

__all__ = ["Fenced", "Limits", "Worker"]
logger = logging.getLogger(__name__)

_MS = 10**6
# From so many commands on the next batch is decided while this one is written. A smaller one is waited for:
# what comes meanwhile is then in the next one and not in the one after it, and there is little to decide.
OVERLAPS_FROM = 100
_KNOWN = (
    "SELECT command_id, sequence, timestamp_ns, events FROM exchange_journalentry WHERE command_id = ANY(%s)"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes and times of the loop. `batch` bounds how many commands share one transaction, `transaction_s`
    how long that may take before the database ends it, `skew_ns` how far the clock of a leader may differ
    from the database's when it begins."""

    batch: int = 1_000
    block_ms: int = 200
    lease_s: float = 3.0
    transaction_s: float = 6.0
    chores_s: float = 1.0
    skew_ns: int = 10**9


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
        self._lead: Leadership | None = None
        self._committer: Committer  # there is one whenever there is a lead
        self._broadcaster = Broadcaster(client, shard)
        self._clearing = Clearing(shard)
        self._isolation = Isolation()
        self._skewed = False

    @property
    def leads(self) -> bool:
        return self._lead is not None

    @property
    def _limit(self) -> int:
        """How many commands to take next: one while the cause of a failure is looked for."""
        return 1 if self._isolation.searching else self.limits.batch

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
        lead, committer = self._lead, self._committer
        if time.monotonic() - lead.chores_at >= self.limits.chores_s:
            committer.settle()
            self._chores(lead)
        limit, busy = self._limit, committer.busy
        entries = lead.reader.read(limit, 0 if busy else self._patience_ms(lead))
        if entries:
            fault_point("after_read")
            self._apply_entries(lead, entries, wait=len(entries) < min(limit, OVERLAPS_FROM))
            return True
        if busy:
            committer.settle()
            return True
        if lead.due_in_ns(self._clock_ns()) == 0:
            committer.commit([])
            return True
        if self._broadcaster.waiting:
            self._broadcaster.send_books(lead.engine)
        return False

    def _patience_ms(self, lead: Leadership) -> int:
        """How long to wait for a command: until something is due, or a market is to be told of."""
        block_ms = 10 if self._broadcaster.waiting else self.limits.block_ms
        due_in_ns = lead.due_in_ns(self._clock_ns())
        return block_ms if due_in_ns is None else min(block_ms, -(-due_in_ns // _MS))

    def forget(self) -> None:
        """Drop the engine and the connection; the next `run_once` begins from what is committed."""
        self._lead = None
        note_lead(self.shard, False)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def stop(self) -> None:
        """Settle what is on its way, and give the lease back: a successor need not wait for its end."""
        if self._lead is not None and self._connection is not None:
            finish(self._committer)
            with suppress(psycopg.Error):  # then it runs out by itself
                give_back_lease(self._connection, shard=self.shard, epoch=self._lead.epoch)
        self.forget()

    def _start(self) -> bool:
        self._client.ping()  # who cannot reach the queue leaves the lease to somebody who can
        connection = self._connection or self._connect()
        self._connection = connection
        if not self._clock_is_right(connection):
            return False
        with connection.transaction(), connection.cursor() as cursor:
            # The lease keeps the row locked, and nothing of the shard changes without it: one snapshot.
            lease_s = self.limits.lease_s
            epoch = take_lease(cursor, shard=self.shard, holder=self._holder, seconds=lease_s)
            if epoch is None:
                return False
            engine = load_engine(cursor, self.shard)
            stored = load_shard(cursor, self.shard).position
            markets = load_market_facts(cursor, self.shard)
            policies = load_policies(cursor, self.shard)
            renew_lease(cursor, shard=self.shard, epoch=epoch, seconds=lease_s)
        prepare_session(connection, seconds=self.limits.transaction_s)
        reader = CommandReader(self._client, self.shard)
        resume = reader.resume(stored)
        feed = AccountFeed(self.shard)
        feed.meet(connection)
        self._clearing.meet(connection)
        self._lead = lead = Leadership(
            connection=connection,
            epoch=epoch,
            engine=engine,
            markets=markets,
            policies=policies,
            position=StreamPosition(reader.generation, resume.entry_id),
            reader=reader,
            feed=feed,
            clearing=self._clearing,
            pipeline=Pipeline(connection),
            renewed_at=time.monotonic(),
        )
        self._committer = Committer(
            lead=lead,
            broadcaster=self._broadcaster,
            isolation=self._isolation,
            lease_s=lease_s,
            clock_ns=self._clock_ns,
        )
        note_lead(self.shard, True)
        logger.info("leading shard %s, epoch %s, sequence %s", self.shard, epoch, engine.sequence)
        self._broadcaster.after_commit(
            engine=engine, answers=(), done=(), applied=None, books=engine.markets()
        )
        return True

    def _clock_is_right(self, connection: psycopg.Connection[Any]) -> bool:
        """Whose clock is wrong would refuse good orders as late, or make engine time run ahead for good."""
        difference_ns = clock_difference_ns(connection, self._clock_ns)
        wrong = abs(difference_ns) > self.limits.skew_ns
        if wrong and not self._skewed:
            logger.error(
                "not leading shard %s: this machine's clock differs from the database's by %s ms",
                self.shard,
                difference_ns // _MS,
            )
        self._skewed = wrong
        return not wrong

    def _chores(self, lead: Leadership) -> None:
        """What is due each second: rows that wait, the lease, and whether the stream is still the same."""
        lead.chores_at = time.monotonic()
        # Before anything is committed, which trims the stream: it may be another one by now.
        if not lead.reader.is_same_stream(lead.position):
            self._resume(lead)
        lead.policies = load_policies(self._cursor(), self.shard)
        due = self._waiting_rows(lead)
        if due:
            self._committer.commit(due)
        elif time.monotonic() - lead.renewed_at >= self.limits.lease_s / 3:
            self._committer.renew()
        self._broadcaster.alive()

    def _resume(self, lead: Leadership) -> None:
        resume = lead.reader.resume(lead.position)
        lead.position = StreamPosition(lead.reader.generation, resume.entry_id)
        self._broadcaster.after_commit(
            engine=lead.engine, answers=(), done=(), applied=None, books=lead.engine.markets()
        )
        logger.warning("the queue is another one than before: reading it from %s", resume.entry_id)

    def _waiting_rows(self, lead: Leadership) -> list[Work]:
        """What waits in rows, found by looking: nothing depends on having been told."""
        cursor, poison = self._cursor(), self._isolation.poison
        markets = due_markets(cursor, shard=self.shard, poison=poison)
        if markets:
            lead.markets = load_market_facts(cursor, self.shard)
        requests = due_requests(cursor, shard=self.shard, limit=self.limits.batch, poison=poison)
        transfers = due_transfers(cursor, shard=self.shard, limit=self.limits.batch, poison=poison)
        return [*markets, *requests.values(), *transfers.values()][: self._limit]

    def _apply_entries(self, lead: Leadership, entries: Sequence[Entry], *, wait: bool) -> None:
        position = StreamPosition(lead.reader.generation, entries[-1].entry_id)
        poison = self._isolation.poison
        items = decode_entries(entries, poison, self.shard)
        due: dict[UUID, Work] = {}
        if any(isinstance(item, Announcement) for item in items):
            self._committer.settle()  # it may end rows that still seem to wait
            due = due_rows(self._cursor(), items, shard=self.shard, limit=self.limits.batch, poison=poison)
        known = self._known(lead, [item.command_id for item in items])
        work = resolve(items, due)
        if known:
            work = [item for item in work if item.command_id not in known]
        if self._isolation.searching:
            work = work[:1]  # rows that nobody announced come last, and are found again
            wait = True
        repeats: list[Answer] = []
        if known:
            waiting = {item.command_id: item.reply_to for item in items}
            repeats = [answer._replace(reply_to=waiting[command_id]) for command_id, answer in known.items()]
        marks = [item.mark for item in items if isinstance(item, Work) and item.mark is not None]
        self._committer.commit(lead.arrange(work), position, repeats=repeats, marks=marks, wait=wait)

    def _known(self, lead: Leadership, command_ids: Sequence[UUID]) -> dict[UUID, Answer]:
        """The committed outcomes among these. Asked of the journal only where a repeat is possible."""
        everything = lead.reader.suspect or self._isolation.distrust
        possible = [command_id for command_id in command_ids if everything or command_id in lead.recent]
        if not possible:
            return {}
        self._committer.settle()
        rows = self._cursor().execute(_KNOWN, [possible]).fetchall()
        return {row[0]: Answer("", row[0].bytes, row[1], row[2], row[3]) for row in rows}

    def _cursor(self) -> psycopg.Cursor[Any]:
        assert self._connection is not None
        return self._connection.cursor()
