"""The engine of a shard with everything that is only true while this process leads: thrown away as a whole.

It applies commands and writes what came of them; where they come from and who is told is the worker's.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from exchange.account_feed import AccountFeed
from exchange.batch_rows import Applied, BatchRows, MarketFacts
from exchange.clearing import Clearing
from exchange.engine.engine import Engine
from exchange.engine.types import Side
from exchange.intake import Work
from exchange.journal import FENCED, Collected, Fence, batch_statements, send_batch
from exchange.lanes import Policies, arranged
from exchange.live_wire import AccountNews
from exchange.pipeline import Pipeline
from exchange.projection import fold
from exchange.queue import CommandReader
from exchange.rules import StreamPosition
from exchange.wire import encode_events

MAX_RECENT = 100_000


class Fenced(Exception):
    """Another process leads this shard now."""


class Draft(NamedTuple):
    """What the engine's decisions change, as values: the engine may go on."""

    fence: Fence
    position: StreamPosition
    rows: BatchRows
    balances: list[tuple[int, str, int, int]]


class Prepared(NamedTuple):
    """A batch as it is sent to the database, and what is told of it when it is committed."""

    fence: Fence
    position: StreamPosition
    rows: BatchRows
    messages: list[AccountNews]
    statements: Collected


@dataclass
class Leadership:
    """`position` is how far the queue is committed; `recent` the commands that were applied lately."""

    connection: psycopg.Connection[Any]
    epoch: int
    engine: Engine
    markets: dict[str, MarketFacts]
    policies: Policies
    position: StreamPosition
    reader: CommandReader
    feed: AccountFeed
    clearing: Clearing
    pipeline: Pipeline
    renewed_at: float
    chores_at: float = 0.0
    recent: set[UUID] = field(default_factory=set)

    def due_in_ns(self, now_ns: int) -> int | None:
        """How long until time itself makes something happen: 0 is at once, None is never."""
        due_ns = self.engine.next_due_ns
        return max(due_ns - max(now_ns, self.engine.timestamp_ns), 0) if due_ns else None

    def arrange(self, work: Sequence[Work]) -> Sequence[Work]:
        """In the order of the lanes of their markets."""
        places = arranged([item.command for item in work], self.policies, self._find_order)
        return [work[place] for place in places]

    def _find_order(self, account: int, order_id: int, client_order_id: str) -> tuple[str, bool] | None:
        found = self.engine.find_order(account, order_id, client_order_id)
        return None if found is None else (found[0], found[1].post_only)

    def apply(self, work: Sequence[Work], now_ns: int) -> list[Applied]:
        engine = self.engine
        first = engine.sequence + 1
        outcomes = engine.apply_batch([item.command for item in work], now_ns)
        return [
            Applied(
                first + index,
                item.command_id,
                item.command,
                item.command_bytes,
                events,
                encode_events(events),
                item.requested,
            )
            for index, (item, events) in enumerate(zip(work, outcomes, strict=True))
        ]

    def draft(self, applied: Sequence[Applied], position: StreamPosition, lease_s: float) -> Draft:
        """What was applied last, before anything else is. Asks nobody."""
        engine = self.engine
        rows = fold(
            shard=engine.shard, timestamp_ns=engine.timestamp_ns, markets=self.markets, entries=applied
        )
        self._remember(applied)
        self._add_levels_of_triggered(rows)
        fence = Fence(
            engine.shard,
            self.epoch,
            engine.sequence - len(applied),
            engine.sequence,
            engine.timestamp_ns,
            position.generation,
            position.entry_id,
            lease_s,
        )
        balances = [(account, asset, *engine.balance(account, asset)) for account, asset in rows.touched]
        return Draft(fence, position, rows, balances)

    def has_questions(self, draft: Draft) -> bool:
        """Whether `prepare` will use the connection, so that nothing else may be on its way there."""
        return self.feed.lacks(draft.rows) or self.clearing.lacks(draft.rows)

    def prepare(self, draft: Draft) -> Prepared:
        """Raises psycopg.Error."""
        fence, position, rows, balances = draft
        messages = self.feed.messages(self.connection, rows, balances)
        statements = batch_statements(
            fence=fence,
            rows=rows,
            balances=balances,
            post_to_ledger=self.clearing.prepare(self.connection, rows, fence.to_sequence),
            messages=messages,
        )
        return Prepared(fence, position, rows, messages, statements)

    def send(self, prepared: Prepared) -> None:
        """Begin to write; the answer is `settle`'s. Raises psycopg.Error."""
        send_batch(self.pipeline, prepared.statements)

    def settle(self, prepared: Prepared) -> None:
        """Wait until what was sent is committed. Raises Fenced, psycopg.Error."""
        try:
            self.pipeline.finish()
        except psycopg.Error as error:
            if error.sqlstate == FENCED:
                raise Fenced(f"epoch {self.epoch} of shard {self.engine.shard} is over") from error
            raise
        self.position = prepared.position
        self.renewed_at = time.monotonic()

    def _remember(self, applied: Sequence[Applied]) -> None:
        self.recent.update(entry.command_id for entry in applied)
        if len(self.recent) > MAX_RECENT:
            self.recent.clear()

    def _add_levels_of_triggered(self, rows: BatchRows) -> None:
        """A triggered order rests at its own limit price, which its events need not say."""
        for market, account, order_id in rows.triggered:
            found = self.engine.find_order(account, order_id)
            if found is not None and found[1].price_ticks:
                rows.levels[market].add((Side(found[1].side), found[1].price_ticks))
