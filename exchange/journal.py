"""Writes a batch: the fence, the journal and every row it changes, in one transaction and one round trip.

Statements are sent as one pipeline: if any of them fails, the fence first of all, nothing of it exists.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from exchange import batch_sql
from exchange.batch_rows import MARKET_COLUMNS, BatchRows, RequestEnd, TransferEnd
from exchange.batch_sql import Statement
from exchange.candles import stored_bars
from exchange.engine.types import SHARD_SLOTS
from exchange.live_wire import AccountNews
from exchange.pipeline import Pipeline
from exchange.rules import RequestStatus, TransferStatus, candle_id
from ledger.batch import Statements
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


def _send(pipeline: Pipeline, statement: Statement, rows: Sequence[tuple[Any, ...]], *constants: int) -> None:
    """One statement for all of the rows, if there are any."""
    if rows:
        pipeline.execute(statement.sql, [*constants, *encoded(rows, statement.encoders)])


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


def write_batch(
    pipeline: Pipeline,
    *,
    fence: Fence,
    rows: BatchRows,
    balances: Sequence[tuple[int, str, int, int]],
    post_to_ledger: Callable[[Statements], None],
    messages: Sequence[AccountNews] = (),
) -> None:
    """Send a batch, all of which or nothing will be committed: `pipeline.finish` says which.

    `balances` are (account, asset, free, locked) after the batch, `messages` what accounts will be told.
    `post_to_ledger` adds the ledger's statements to the same transaction. An error whose sqlstate is `FENCED`
    means that another process leads the shard.
    """
    try:
        pipeline.begin()
        _queue(pipeline, fence, rows, balances, messages)
        post_to_ledger(pipeline)
        pipeline.commit()
    except BaseException:
        pipeline.abandon()
        raise


def _queue(
    pipeline: Pipeline,
    fence: Fence,
    rows: BatchRows,
    balances: Sequence[tuple[int, str, int, int]],
    messages: Sequence[AccountNews],
) -> None:
    shard, epoch, now_ns = fence.shard, fence.epoch, fence.timestamp_ns
    pipeline.execute("SELECT exchange_advance_shard(%s::integer,%s,%s,%s,%s,%s,%s,%s)", fence)
    _send(pipeline, batch_sql.JOURNAL, rows.journal, SHARD_SLOTS, shard, shard, epoch, now_ns)
    _send(pipeline, batch_sql.NEW_ORDERS, rows.new_orders, now_ns, now_ns)
    _send(pipeline, batch_sql.MOVED_ORDERS, rows.moved_orders)
    _send(pipeline, batch_sql.CHANGED_ORDERS, rows.changed_orders, now_ns)
    _send(pipeline, batch_sql.TRADES, rows.trades)
    _send(pipeline, batch_sql.CANDLES, _candles(rows.trades))
    _send(pipeline, batch_sql.BALANCES, balances, shard)
    _send(pipeline, batch_sql.MESSAGES, messages, shard, now_ns)
    _send(pipeline, batch_sql.TRANSFER_ENDS, _transfer_ends(rows.transfer_ends))
    _send(pipeline, batch_sql.REQUEST_ENDS, _request_ends(rows.request_ends))
    _queue_settings(pipeline, shard, rows)


def _queue_settings(pipeline: Pipeline, shard: int, rows: BatchRows) -> None:
    """What batches seldom change: markets, tiers and switches."""
    markets = [
        (symbol, change.get("status"), *(change.get(name) for name in MARKET_COLUMNS))
        for symbol, change in rows.market_changes.items()
    ]
    _send(pipeline, batch_sql.MARKETS, markets)
    _send(pipeline, batch_sql.FEE_TIERS, [(*key, *rates) for key, rates in rows.fee_tiers.items()])
    _send(pipeline, batch_sql.ACCOUNT_TIERS, list(rows.account_tiers.items()), shard)
    armed = [(*key, due_ns) for key, due_ns in rows.switches.items() if due_ns]
    _send(pipeline, batch_sql.SWITCHES, armed, shard)
    if disarmed := [key for key, due_ns in rows.switches.items() if not due_ns]:
        parameters = [*encoded(disarmed, batch_sql.SWITCHES_OFF.encoders), shard]
        pipeline.execute(batch_sql.SWITCHES_OFF.sql, parameters)
