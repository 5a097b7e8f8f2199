"""Takes work through the engine and into one transaction; tells of it once that is committed, never before.

While the database works on a batch, the engine may decide about the next one. The one on its way is settled
before anything else uses the connection and before another is sent. If it fails, whoever catches the error
forgets the engine, which holds the next one too: only what failed is blamed, and the next is read again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice

import psycopg
import redis

from exchange.batch_rows import Applied
from exchange.broadcast import Answer, Broadcaster, News
from exchange.faults import fault_point
from exchange.intake import Work, due_tick
from exchange.isolation import Failure, Isolation
from exchange.journal import LEDGER_REFUSES
from exchange.leadership import Fenced, Leadership, Prepared
from exchange.meters import note_batch
from exchange.queue import Mark
from exchange.rules import STREAM_START, StreamPosition

logger = logging.getLogger(__name__)

SLOW_BATCH_S = 1.0  # to decide about and to commit: whoever sent one of its commands has waited so long
MOST_NAMED = 20


def _blamed(error: Exception) -> Failure | None:
    """How the work made it fail; None where the same commands may well go through the next time."""
    if isinstance(error, psycopg.errors.UniqueViolation):
        return Failure.REPEATED
    if isinstance(error, psycopg.Error):
        refused = (error.sqlstate or "").startswith(LEDGER_REFUSES)
        to_blame = refused or isinstance(error, psycopg.DataError | psycopg.IntegrityError)
        return Failure.REFUSED if to_blame else None
    return None if isinstance(error, Fenced) else Failure.REFUSED


class _Batch:
    """What has been decided and is to be committed, and what is told of it then: all of it as values, for the
    engine goes on. `read` says whether it came from the queue."""

    __slots__ = ("answers", "applied", "apply_s", "marks", "news", "prepared", "read", "sent_at", "work")

    def __init__(self, work: Sequence[Work], *, read: bool, marks: Sequence[Mark]) -> None:
        self.work = work
        self.read = read
        self.marks = marks
        self.applied: list[Applied] = []
        self.answers: list[Answer] = []
        self.apply_s = self.sent_at = 0.0
        self.news: News
        self.prepared: Prepared


class Committer:
    """One for each leadership, and thrown away with it after any error."""

    def __init__(
        self,
        *,
        lead: Leadership,
        broadcaster: Broadcaster,
        isolation: Isolation,
        lease_s: float,
        clock_ns: Callable[[], int],
    ) -> None:
        self._lead = lead
        self._broadcaster = broadcaster
        self._isolation = isolation
        self._lease_s = lease_s
        self._clock_ns = clock_ns
        self._on_its_way: _Batch | None = None

    @property
    def busy(self) -> bool:
        """Whether a batch is on its way: the connection is not free, and `lead.position` is behind."""
        return self._on_its_way is not None

    def commit(
        self,
        work: Sequence[Work],
        position: StreamPosition | None = None,
        *,
        repeats: Sequence[Answer] = (),
        marks: Sequence[Mark] = (),
        wait: bool = True,
    ) -> None:
        """One batch; with a `position` in the queue it was read from there. Without `wait` it may still be on
        its way at the end.

        What is due by now happens first: alone, while the cause of a failure is looked for.
        """
        if position is None:
            self.settle()  # the place to write is that of the one on its way
        now_ns = self._clock_ns()
        if self._lead.due_in_ns(now_ns) == 0:
            if work and self._isolation.searching:
                self._commit(_Batch([due_tick()], read=False, marks=()), now_ns, self._lead.position, ())
                self.settle()
            else:
                work = [due_tick(), *work]
        batch = _Batch(work, read=position is not None, marks=marks)
        self._commit(batch, now_ns, position or self._lead.position, repeats)
        if wait:
            self.settle()

    def renew(self) -> None:
        """Write nothing but that this process still leads. Nothing may be on its way."""
        lead = self._lead
        prepared = lead.prepare(lead.draft([], lead.position, self._lease_s))
        lead.send(prepared)
        lead.settle(prepared)

    def settle(self) -> None:
        """Wait for the batch that is on its way, if there is one, and tell of it."""
        settled = self._settled()
        if settled is not None:
            self._tell(settled)

    def _commit(
        self, batch: _Batch, now_ns: int, position: StreamPosition, repeats: Sequence[Answer]
    ) -> None:
        lead = self._lead
        began = time.perf_counter()
        try:
            lead.pipeline.push()
            batch.applied = lead.apply(batch.work, now_ns)
            lead.pipeline.push()
            drafted = lead.draft(batch.applied, position, self._lease_s)
        except Exception as error:
            self.settle()  # it is right, whatever is wrong with this one
            self._look_for_the_cause(batch, error)
            raise
        if lead.has_questions(drafted):
            self.settle()
        try:
            lead.pipeline.push()
            batch.prepared = lead.prepare(drafted)
            self._note_what_to_tell(batch, repeats)
        except Exception as error:
            self.settle()
            self._look_for_the_cause(batch, error)
            raise
        batch.apply_s = time.perf_counter() - began
        settled = self._settled()
        try:
            self._send(batch)
        finally:
            if settled is not None:
                self._tell(settled)

    def _note_what_to_tell(self, batch: _Batch, repeats: Sequence[Answer]) -> None:
        rows, timestamp_ns = batch.prepared.rows, batch.prepared.fence.timestamp_ns
        batch.news = self._broadcaster.gather(
            engine=self._lead.engine,
            books=rows.books,
            levels=rows.levels,
            trades=rows.public_trades,
            messages=batch.prepared.messages,
        )
        batch.answers = [
            Answer(item.reply_to, item.command_id.bytes, entry.sequence, timestamp_ns, entry.events_bytes)
            for item, entry in zip(batch.work, batch.applied, strict=True)
        ]
        batch.answers += repeats

    def _send(self, batch: _Batch) -> None:
        fault_point("before_commit")
        batch.sent_at = time.perf_counter()
        try:
            self._lead.send(batch.prepared)
        except Exception as error:
            self._look_for_the_cause(batch, error)
            raise
        self._on_its_way = batch
        fault_point("on_its_way")

    def _settled(self) -> _Batch | None:
        """The batch that was on its way, committed. It alone is to blame if it is not."""
        batch, self._on_its_way = self._on_its_way, None
        if batch is None:
            return None
        try:
            self._lead.settle(batch.prepared)
        except Exception as error:
            self._look_for_the_cause(batch, error)
            raise
        self._isolation.committed(len(batch.work))
        if batch.read:
            self._lead.reader.applied(self._lead.position.entry_id)
            self._isolation.trusts_again()
        fault_point("after_commit")
        return batch

    def _look_for_the_cause(self, batch: _Batch, error: Exception) -> None:
        failure = _blamed(error)
        if failure is None:
            return
        poison = self._isolation.failed([item.command_id for item in batch.work], failure)
        facts = {"shard": self._lead.engine.shard, "request_ids": _request_ids(batch.work)}
        if poison is not None:
            logger.error("command %s cannot be carried out", poison, exc_info=error, extra=facts)
        else:
            logger.warning("a batch of %s commands failed: %s", len(batch.work), error, extra=facts)

    def _tell(self, batch: _Batch) -> None:
        commit_s = time.perf_counter() - batch.sent_at
        if batch.apply_s + commit_s > SLOW_BATCH_S:
            _say_slow(batch, commit_s)
        entry_id = batch.prepared.position.entry_id
        self._broadcaster.send(
            batch.news,
            answers=batch.answers,
            done=batch.marks,
            applied=entry_id if entry_id != STREAM_START else None,
        )
        fault_point("after_reply")
        note_batch(
            shard=batch.prepared.fence.shard,
            sequence=batch.prepared.fence.to_sequence,
            applied=batch.applied,
            apply_s=batch.apply_s,
            commit_s=commit_s,
        )


def _say_slow(batch: _Batch, commit_s: float) -> None:
    facts = {
        "shard": batch.prepared.fence.shard,
        "commands": len(batch.work),
        "apply_ms": round(batch.apply_s * 1000),
        "commit_ms": round(commit_s * 1000),
        "request_ids": _request_ids(batch.work),
    }
    logger.warning("a slow batch", extra=facts)


def _request_ids(work: Sequence[Work]) -> list[str]:
    """The first of them: a line has an end."""
    return list(islice(filter(None, (item.request_id for item in work)), MOST_NAMED))


def finish(committer: Committer) -> None:
    """For whoever leaves: what is on its way is settled, or left to whoever leads next."""
    with suppress(Fenced, psycopg.Error, redis.RedisError):
        committer.settle()
