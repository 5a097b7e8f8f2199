"""An engine and its tables without a queue, a ledger or a clock: batches are applied and written as the
worker does it, at times that the test chooses.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import psycopg

from exchange.account_feed import AccountFeed
from exchange.batch_rows import Applied
from exchange.engine.commands import Command, tick
from exchange.engine.engine import Engine
from exchange.engine.events import NamedEvent, named
from exchange.journal import Fence, write_batch
from exchange.live_wire import AccountNews
from exchange.models import LanePolicy
from exchange.pipeline import Pipeline
from exchange.projection import fold
from exchange.recovery import load_engine, load_market_facts, market_commands
from exchange.services.markets import open_market
from exchange.wire import encode_command, encode_events
from ledger.services import open_asset, seed_assets

ACCOUNTS = range(1, 5)
MARKETS = ("BTC-USDB", "ETH-USDB")


class Tables:
    """Two markets; `tell` is a batch of one command."""

    def __init__(self, connection: psycopg.Connection[Any], **parameters: int) -> None:
        seed_assets()
        open_asset(code="ETH", name="Ether", decimals=8)
        for symbol in MARKETS:
            open_market(
                symbol=symbol,
                price_decimals=2,
                quantity_decimals=5,
                lane_policy=LanePolicy.FIFO,
                **parameters,
            )
        self.connection = connection
        self.pipeline = Pipeline(connection)
        self.engine = Engine(0)
        self.feed = AccountFeed(0)
        with connection.cursor() as cursor:
            self.markets = load_market_facts(cursor, 0)
            created = [command for _, command in market_commands(cursor, 0, pending=True)]
        self.batch(created, 1)

    def batch(self, commands: Sequence[Command], now_ns: int) -> list[list[NamedEvent]]:
        engine = self.engine
        due_ns = engine.next_due_ns
        if due_ns and due_ns <= max(now_ns, engine.timestamp_ns):
            commands = [tick(), *commands]
        first = engine.sequence + 1
        outcomes = engine.apply_batch(commands, now_ns)
        applied = [
            Applied(first + index, uuid4(), command, encode_command(command), events, encode_events(events))
            for index, (command, events) in enumerate(zip(commands, outcomes, strict=True))
        ]
        self._write(applied)
        return [[named(event) for event in events] for events in outcomes]

    def _write(self, applied: Sequence[Applied]) -> list[AccountNews]:
        engine = self.engine
        now_ns, sequence = engine.timestamp_ns, engine.sequence
        rows = fold(shard=0, timestamp_ns=now_ns, markets=self.markets, entries=applied)
        balances = [(account, asset, *engine.balance(account, asset)) for account, asset in rows.touched]
        messages = self.feed.messages(self.connection, rows, balances)
        write_batch(
            self.pipeline,
            fence=Fence(0, 0, sequence - len(applied), sequence, now_ns, "generation", "1-1", 3.0),
            rows=rows,
            balances=balances,
            post_to_ledger=lambda cursor: None,
            messages=messages,
        )
        self.pipeline.finish()
        return messages

    def tell(self, command: Command, now_ns: int) -> list[NamedEvent]:
        return self.batch([command], now_ns)[-1]

    def loaded(self) -> Engine:
        with self.connection.cursor() as cursor:
            return load_engine(cursor, 0)
