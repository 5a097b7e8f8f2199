"""The engine of a shard with everything that is only true while this process leads: thrown away as a whole.

It applies commands and writes what came of them; where they come from and who is told is the worker's.
"""

import logging
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
from exchange.journal import FENCED, Fence, write_batch
from exchange.lanes import Policies, arranged
from exchange.live_wire import AccountNews
from exchange.pipeline import Pipeline
from exchange.projection import fold
from exchange.queue import CommandReader
from exchange.rules import StreamPosition
from exchange.wire import encode_events

logger = logging.getLogger(__name__)
MAX_RECENT = 100_000


class Fenced(Exception):
    """Another process leads this shard now."""


class Written(NamedTuple):
    """What was committed, for those who are told of it."""

    rows: BatchRows
    messages: list[AccountNews]


@dataclass
class Leadership:
    """`position` is how far the queue is committed; `recent` the commands that were applied lately."""

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

    def write(
        self,
        connection: psycopg.Connection[Any],
        applied: Sequence[Applied],
        position: StreamPosition,
        lease_s: float,
    ) -> Written:
        """Commit what was applied. Raises Fenced, psycopg.Error."""
        engine = self.engine
        shard = engine.shard
        rows = fold(shard=shard, timestamp_ns=engine.timestamp_ns, markets=self.markets, entries=applied)
        fence = Fence(
            shard,
            self.epoch,
            engine.sequence - len(applied),
            engine.sequence,
            engine.timestamp_ns,
            position.generation,
            position.entry_id,
            lease_s,
        )
        balances = [(account, asset, *engine.balance(account, asset)) for account, asset in rows.touched]
        messages = self.feed.messages(connection, rows, balances)
        posting = self.clearing.prepare(connection, rows, engine.sequence)
        try:
            write_batch(
                self.pipeline,
                fence=fence,
                rows=rows,
                balances=balances,
                post_to_ledger=posting,
                messages=messages,
            )
            self.pipeline.finish()
        except psycopg.Error as error:
            if error.sqlstate == FENCED:
                raise Fenced(f"epoch {self.epoch} of shard {shard} is over") from error
            raise
        self.position = position
        self.renewed_at = time.monotonic()
        self._remember(applied)
        self._add_levels_of_triggered(rows)
        return Written(rows, messages)

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
