"""Writes a batch: the fence, the journal and every row it changes, in one transaction and one round trip.

SQL on a connection of its own, statements sent as one pipeline: if any of them fails, the fence first
of all, nothing of the batch exists.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from exchange import batch_sql
from exchange.batch_rows import MARKET_COLUMNS, BatchRows, RequestEnd, TransferEnd
from exchange.batch_sql import Statement
from exchange.candles import stored_bars
from exchange.engine.types import SHARD_SLOTS
from exchange.live_wire import AccountNews
from exchange.rules import RequestStatus, TransferStatus, candle_id
from ledger.columns import encoded

FENCED = "BL001"
LEDGER_REFUSES = "BL1"  # how the codes of the ledger's guards begin


class Fence(NamedTuple):
    """Who writes, from where to where: the arguments of `exchange_advance_shard`."""

    shard: int
    epoch: int
    from_sequence: int
    to_sequence: int
    timestamp_ns: int
    generation: str
    stream_id: str
    lease_seconds: float


def _send(
    cursor: psycopg.Cursor[Any],
    statement: Statement,
    rows: Sequence[tuple[Any, ...]],
    *constants: object,
) -> None:
    """One statement for all of the rows, if there are any."""
    if rows:
        cursor.execute(statement.sql, [*constants, *encoded(rows, statement.encoders)], prepare=True)


def _transfer_ends(ends: Sequence[TransferEnd]) -> list[tuple[int, str, int]]:
    return [
        (
            end.pending_id,
            TransferStatus.REFUSED if end.reject_reason else TransferStatus.POSTED,
            end.reject_reason,
        )
        for end in ends
    ]


def _request_ends(ends: Sequence[RequestEnd]) -> list[tuple[UUID, str, int, int]]:
    return [
        (
            end.command_id,
            RequestStatus.REFUSED if end.reject_reason else RequestStatus.APPLIED,
            end.reject_reason,
            end.sequence,
        )
        for end in ends
    ]


def _candles(trades: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [
        (candle_id(market_id, interval_s, bar.start_s), market_id, interval_s, *bar)
        for market_id, interval_s, bar in stored_bars(trades)
    ]


@contextmanager
def _rolled_back_on_error(connection: psycopg.Connection[Any]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if not connection.broken:
            connection.rollback()
        raise


def write_batch(
    connection: psycopg.Connection[Any],
    *,
    fence: Fence,
    rows: BatchRows,
    balances: Sequence[tuple[int, str, int, int]],
    post_to_ledger: Callable[[psycopg.Cursor[Any]], None],
    messages: Sequence[AccountNews] = (),
) -> None:
    """Commit a batch or nothing of it.

    `balances` are (account, asset, free, locked) after the batch, `messages` what accounts will be told.
    `post_to_ledger` adds the ledger's statements to the same transaction. Raises psycopg.Error; one with
    sqlstate `FENCED` means that another process leads the shard.
    """
    shard, epoch, now_ns = fence.shard, fence.epoch, fence.timestamp_ns
    # BEGIN and COMMIT travel in the pipeline too: `connection.transaction()` would wait once more before its
    # COMMIT. After a failed statement the server skips what follows, so that no half of a batch is committed.
    with _rolled_back_on_error(connection), connection.pipeline(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT exchange_advance_shard(%s,%s,%s,%s,%s,%s,%s,%s)", fence, prepare=True)
        _send(cursor, batch_sql.JOURNAL, rows.journal, SHARD_SLOTS, shard, shard, epoch, now_ns)
        _send(cursor, batch_sql.NEW_ORDERS, rows.new_orders, now_ns, now_ns)
        _send(cursor, batch_sql.MOVED_ORDERS, rows.moved_orders)
        _send(cursor, batch_sql.CHANGED_ORDERS, rows.changed_orders, now_ns)
        _send(cursor, batch_sql.TRADES, rows.trades)
        _send(cursor, batch_sql.CANDLES, _candles(rows.trades))
        _send(cursor, batch_sql.BALANCES, balances, shard)
        _send(cursor, batch_sql.MESSAGES, messages, shard, now_ns)
        _send(cursor, batch_sql.TRANSFER_ENDS, _transfer_ends(rows.transfer_ends))
        _send(cursor, batch_sql.REQUEST_ENDS, _request_ends(rows.request_ends))
        _write_settings(cursor, shard, rows)
        post_to_ledger(cursor)
        cursor.execute("COMMIT")


def _write_settings(cursor: psycopg.Cursor[Any], shard: int, rows: BatchRows) -> None:
    """What batches seldom change: markets, tiers and switches."""
    markets = [
        (symbol, change.get("status"), *(change.get(name) for name in MARKET_COLUMNS))
        for symbol, change in rows.market_changes.items()
    ]
    _send(cursor, batch_sql.MARKETS, markets)
    _send(cursor, batch_sql.FEE_TIERS, [(*key, *rates) for key, rates in rows.fee_tiers.items()])
    _send(cursor, batch_sql.ACCOUNT_TIERS, list(rows.account_tiers.items()), shard)
    armed = [(*key, due_ns) for key, due_ns in rows.switches.items() if due_ns]
    _send(cursor, batch_sql.SWITCHES, armed, shard)
    if disarmed := [key for key, due_ns in rows.switches.items() if not due_ns]:
        parameters = [*encoded(disarmed, batch_sql.SWITCHES_OFF.encoders), shard]
        cursor.execute(batch_sql.SWITCHES_OFF.sql, parameters)
