"""Writes a batch: the fence, the journal and every row it changes, in one transaction and one round trip.

Statements are sent as one pipeline: if any of them fails, the fence first of all, nothing of it exists.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from exchange import batch_sql
from exchange.batch_rows import MARKET_COLUMNS, BatchRows, RequestEnd, TransferEnd
from exchange.batch_sql import Statement
from exchange.candles import stored_bars
from exchange.engine.types import SHARD_SLOTS
from exchange.live_wire import AccountNews
from exchange.pipeline import Parameter, Pipeline
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


def _add(found: "Collected", statement: Statement, rows: Sequence[tuple[Any, ...]], *constants: int) -> None:
    """One statement for all of the rows, if there are any."""
    if not rows:
        return
    try:
        columns = encoded(rows, statement.encoders)
    except OverflowError as error:  # what the database would say of it
        raise psycopg.DataError(str(error)) from error
    found.execute(statement.sql, [*constants, *columns])


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


class Collected:
    """The statements of a batch with their parameters as they are sent, in their order."""

    __slots__ = ("statements",)

    def __init__(self) -> None:
        self.statements: list[tuple[str, Sequence[Parameter]]] = []

    def execute(self, query: str, params: Sequence[Parameter], /) -> None:
        self.statements.append((query, params))


def batch_statements(
    *,
    fence: Fence,
    rows: BatchRows,
    balances: Sequence[tuple[int, str, int, int]],
    post_to_ledger: Callable[[Statements], None],
    messages: Sequence[AccountNews] = (),
) -> Collected:
    """All that a batch writes, the fence first.

    `balances` are (account, asset, free, locked) after the batch, `messages` what accounts will be told.
    `post_to_ledger` adds the ledger's statements to the same transaction.
    """
    found = Collected()
    _collect(found, fence, rows, balances, messages)
    post_to_ledger(found)
    return found


def send_batch(pipeline: Pipeline, collected: Collected) -> None:
    """All of it or nothing will be committed: `pipeline.finish` says which.

    An error whose sqlstate is `FENCED` means that another process leads the shard.
    """
    try:
        pipeline.begin()
        for query, params in collected.statements:
            pipeline.execute(query, params)
        pipeline.commit()
    except BaseException:
        pipeline.abandon()
        raise


def write_batch(pipeline: Pipeline, **batch: Any) -> None:
    """Send a batch as soon as it is put together; takes what `batch_statements` does."""
    send_batch(pipeline, batch_statements(**batch))


def _collect(
    found: Collected,
    fence: Fence,
    rows: BatchRows,
    balances: Sequence[tuple[int, str, int, int]],
    messages: Sequence[AccountNews],
) -> None:
    shard, epoch, now_ns = fence.shard, fence.epoch, fence.timestamp_ns
    found.execute("SELECT exchange_advance_shard(%s::integer,%s,%s,%s,%s,%s,%s,%s)", fence)
    _add(found, batch_sql.JOURNAL, rows.journal, SHARD_SLOTS, shard, shard, epoch, now_ns)
    _add(found, batch_sql.NEW_ORDERS, rows.new_orders, now_ns, now_ns)
    _add(found, batch_sql.MOVED_ORDERS, rows.moved_orders)
    _add(found, batch_sql.CHANGED_ORDERS, rows.changed_orders, now_ns)
    _add(found, batch_sql.TRADES, rows.trades)
    _add(found, batch_sql.CANDLES, _candles(rows.trades))
    _add(found, batch_sql.BALANCES, balances, shard)
    _add(found, batch_sql.MESSAGES, messages, shard, now_ns)
    _add(found, batch_sql.TRANSFER_ENDS, _transfer_ends(rows.transfer_ends))
    _add(found, batch_sql.REQUEST_ENDS, _request_ends(rows.request_ends))
    _collect_settings(found, shard, rows)


def _collect_settings(found: Collected, shard: int, rows: BatchRows) -> None:
    """What batches seldom change: markets, tiers and switches."""
    markets = [
        (symbol, change.get("status"), *(change.get(name) for name in MARKET_COLUMNS))
        for symbol, change in rows.market_changes.items()
    ]
    _add(found, batch_sql.MARKETS, markets)
    _add(found, batch_sql.FEE_TIERS, [(*key, *rates) for key, rates in rows.fee_tiers.items()])
    _add(found, batch_sql.ACCOUNT_TIERS, list(rows.account_tiers.items()), shard)
    armed = [(*key, due_ns) for key, due_ns in rows.switches.items() if due_ns]
    _add(found, batch_sql.SWITCHES, armed, shard)
    if disarmed := [key for key, due_ns in rows.switches.items() if not due_ns]:
        parameters = [*encoded(disarmed, batch_sql.SWITCHES_OFF.encoders), shard]
        found.execute(batch_sql.SWITCHES_OFF.sql, parameters)
