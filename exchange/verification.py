"""Replays the journal through a fresh engine and holds the result against the live tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from exchange.batch_rows import Applied, BatchRows, MarketFacts
from exchange.engine.engine import Engine
from exchange.message_checks import ReplayedMessages
from exchange.projection import fold
from exchange.recovery import load_engine, load_market_facts
from exchange.row_checks import CANDLE_COLUMNS, ORDER_COLUMNS, ReplayedCandles, ReplayedOrders, TableCheck
from exchange.wire import decode_command, encode_events

_ENTRIES = """
SELECT sequence, epoch, timestamp_ns, command_id, command, events FROM exchange_journalentry
 WHERE shard_id = %s ORDER BY id"""
_TRADES = """
SELECT t.id, t.market_id, t.trade_id, t.sequence, t.timestamp_ns, t.maker_order_id, t.taker_order_id,
       t.maker_account, t.taker_account, t.taker_side, t.price_ticks, t.quantity_lots, t.notional_atoms,
       t.maker_fee_atoms, t.taker_fee_atoms
  FROM exchange_trade AS t JOIN exchange_market AS m ON m.id = t.market_id
 WHERE m.shard_id = %s ORDER BY t.sequence, t.id"""
_MESSAGES = """
SELECT account_id, min(sequence), max(sequence), count(*) FROM exchange_accountmessage
 WHERE shard_id = %s GROUP BY account_id HAVING count(*) <> max(sequence) - min(sequence) + 1
 ORDER BY account_id LIMIT 5"""
_CHUNK = 5_000
MAX_PROBLEMS = 20


@dataclass
class Report:
    """What was replayed and what did not agree. No problem means that journal and tables tell one story."""

    entries: int = 0
    trades: int = 0
    replayed_digest: str = ""
    live_digest: str = ""
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)


def verify_journal(connection: psycopg.Connection[Any], shard: int) -> Report:
    """Check one shard on one snapshot of the database; a running engine is not disturbed.

    Raises AssertionError where the tables are such that no engine would start from them.
    """
    report = Report()
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with connection.cursor() as cursor:
            live = load_engine(cursor, shard)
            markets = load_market_facts(cursor, shard)
        replayed = _replay(connection, shard, markets, report)
        for account, first, last, number in connection.execute(_MESSAGES, [shard]):
            report.add(f"account {account} has {number} messages from {first} to {last}")
    report.replayed_digest, report.live_digest = replayed.state_digest(), live.state_digest()
    if report.replayed_digest != report.live_digest:
        report.add(f"state differs: {_difference(replayed, live)}")
    return report


def _replay(
    connection: psycopg.Connection[Any], shard: int, markets: dict[str, MarketFacts], report: Report
) -> Engine:
    engine = Engine(shard)
    epoch = 0
    tables = _Tables(connection, shard, report)
    for sequence, entry_epoch, timestamp_ns, command_id, command, events in _rows(
        connection, "entries", _ENTRIES, shard
    ):
        report.entries += 1
        if sequence != engine.sequence + 1:
            report.add(f"sequence {engine.sequence} is followed by {sequence}")
            return engine
        if entry_epoch < epoch:
            report.add(f"sequence {sequence} has epoch {entry_epoch} after {epoch}")
        epoch = max(epoch, entry_epoch)
        tables.begin(timestamp_ns, engine)
        entry = _apply(engine, sequence, timestamp_ns, command_id, bytes(command))
        if entry.events_bytes != bytes(events):
            report.add(f"sequence {sequence}: the journal has other events than its replay")
        tables.take(
            fold(shard=shard, timestamp_ns=timestamp_ns, markets=markets, entries=[entry]), timestamp_ns
        )
    tables.finish(engine)
    return engine


class _Tables:
    """What the replay says of trades, orders, candles and messages, held against the tables as it goes on."""

    def __init__(self, connection: psycopg.Connection[Any], shard: int, report: Report) -> None:
        self._shard = shard
        self._report = report
        self._trades = _rows(connection, "trades", _TRADES, shard)
        self._orders = ReplayedOrders(
            TableCheck(connection, "exchange_order", ORDER_COLUMNS, report.add),
        )
        self._candles = ReplayedCandles(
            TableCheck(connection, "exchange_candle", CANDLE_COLUMNS, report.add),
        )
        self._messages = ReplayedMessages(connection, shard, report.add)

    def begin(self, timestamp_ns: int, engine: Engine) -> None:
        self._messages.begin(timestamp_ns, engine)

    def take(self, rows: BatchRows, timestamp_ns: int) -> None:
        self._report.trades += len(rows.trades)
        for trade in rows.trades:
            if next(self._trades, None) != trade:
                self._report.add(f"sequence {trade[3]}: trade {trade[2]} stands otherwise in the table")
        self._orders.take(rows, timestamp_ns)
        self._candles.take(rows.trades)
        self._messages.take(rows)

    def finish(self, engine: Engine) -> None:
        if next(self._trades, None) is not None:
            self._report.add("the table has trades that the journal does not explain")
        self._orders.finish(self._shard)
        self._candles.finish(self._shard)
        self._messages.finish(engine)


def _apply(engine: Engine, sequence: int, timestamp_ns: int, command_id: UUID, command: bytes) -> Applied:
    decoded = decode_command(command)
    events = engine.apply(decoded, timestamp_ns)
    return Applied(sequence, command_id, decoded, command, events, encode_events(events))


def _rows(
    connection: psycopg.Connection[Any], name: str, statement: str, shard: int
) -> Iterator[tuple[Any, ...]]:
    with connection.cursor(name=name) as cursor:
        cursor.itersize = _CHUNK
        cursor.execute(statement, [shard])
        yield from cursor


def _difference(replayed: Engine, live: Engine) -> str:
    """The first part of the state that is not the same, for a person to read."""
    left, right = replayed.snapshot(), live.snapshot()
    for name in left._fields:
        mine, theirs = getattr(left, name), getattr(right, name)
        if mine != theirs:
            if not isinstance(mine, tuple):
                return f"{name}: journal {mine}, tables {theirs}"
            journal, tables = set(mine), set(theirs)
            only = next((row for row in mine if row not in tables), None)
            other = next((row for row in theirs if row not in journal), None)
            return f"{name}: only in the journal {only}, only in the tables {other}"
    return "none"
