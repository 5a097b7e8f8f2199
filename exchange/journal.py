"""Writes a batch: the fence, the journal and every row it changes, in one transaction and one round trip.

SQL on a connection of its own, statements sent as one pipeline: if any of them fails, the fence first
of all, nothing of the batch exists.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg

from exchange.engine.types import SHARD_SLOTS
from exchange.projection import BatchRows, TransferEnd
from exchange.rules import TransferStatus
from ledger.columns import Encoders, as_list, encoded, integers, integers_or_nulls, texts

FENCED = "BL001"
LEDGER_REFUSES = "BL1"  # how the codes of the ledger's guards begin

_JOURNAL = """
INSERT INTO exchange_journalentry
    (id, shard_id, sequence, epoch, timestamp_ns, command_id, command, events)
SELECT d.sequence * %s + %s, %s, d.sequence, %s, %s, d.command_id, d.command, d.events
  FROM unnest(%s::bigint[], %b::uuid[], %b::bytea[], %b::bytea[])
       AS d(sequence, command_id, command, events)"""

_NEW_ORDERS = """
INSERT INTO exchange_order
    (created_ns, updated_ns, id, account_id, market_id, client_order_id, side, order_type, time_in_force,
     post_only, price_ticks, quantity_lots, budget_atoms, self_trade_prevention, maker_fee_ppm, taker_fee_ppm,
     status, close_reason, reject_reason, filled_lots, prevented_lots, filled_quote_atoms,
     taker_quote_atoms, fee_atoms, trigger_price_ticks, expires_ns)
SELECT %s, %s, d.*
  FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::text[], %s::smallint[], %s::smallint[],
    %s::smallint[], %s::boolean[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[], %s::integer[],
    %s::integer[], %s::smallint[], %s::smallint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS d"""

_CHANGED_ORDERS = """
UPDATE exchange_order AS o
   SET status = COALESCE(d.status, o.status),
       close_reason = d.close_reason,
       filled_lots = o.filled_lots + d.filled_lots,
       prevented_lots = COALESCE(o.quantity_lots - o.filled_lots - d.filled_lots - d.remaining_lots,
                                 o.prevented_lots + d.prevented_lots),
       filled_quote_atoms = o.filled_quote_atoms + d.filled_quote_atoms,
       taker_quote_atoms = o.taker_quote_atoms + d.taker_quote_atoms,
       fee_atoms = o.fee_atoms + d.fee_atoms,
       updated_ns = %s
  FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[],
              %s::bigint[], %s::bigint[], %s::bigint[])
       AS d(id, status, close_reason, filled_lots, prevented_lots, filled_quote_atoms,
            taker_quote_atoms, fee_atoms, remaining_lots)
 WHERE o.id = d.id"""

_TRADES = """
INSERT INTO exchange_trade
    (id, market_id, trade_id, sequence, timestamp_ns, maker_order_id, taker_order_id, maker_account,
     taker_account, taker_side, price_ticks, quantity_lots, notional_atoms, maker_fee_atoms, taker_fee_atoms)
SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[])"""

_BALANCES = """
INSERT INTO exchange_balance (shard_id, account_id, asset, free_atoms, locked_atoms)
SELECT %s, d.* FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS d
ON CONFLICT (account_id, asset, shard_id)
DO UPDATE SET free_atoms = EXCLUDED.free_atoms, locked_atoms = EXCLUDED.locked_atoms"""

_TRANSFER_ENDS = """
UPDATE exchange_wallettransfer AS t
   SET status = d.status, reject_reason = d.reject_reason, resolved_at = clock_timestamp()
  FROM unnest(%s::bigint[], %s::text[], %s::smallint[]) AS d(pending_id, status, reject_reason)
 WHERE t.pending_id = d.pending_id AND t.status = 'PENDING'"""

_JOURNAL_COLUMNS: Encoders = (integers, as_list, as_list, as_list)
_ORDER_COLUMNS: Encoders = (*[integers] * 3, texts, *[integers] * 20)
_CHANGE_COLUMNS: Encoders = (integers, integers_or_nulls, *[integers] * 6, integers_or_nulls)
_TRADE_COLUMNS: Encoders = (integers,) * 15
_BALANCE_COLUMNS: Encoders = (integers, texts, integers, integers)
_END_COLUMNS: Encoders = (integers, texts, integers)

_MARKETS = "UPDATE exchange_market SET status = 'OPEN' WHERE symbol = ANY(%s)"


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
    statement: str,
    constants: Sequence[object],
    rows: Sequence[tuple[Any, ...]],
    encoders: Encoders,
) -> None:
    """One statement for all of the rows, if there are any: the constants first, then a column each."""
    if rows:
        cursor.execute(statement, [*constants, *encoded(rows, encoders)], prepare=True)


def _ends(ends: Sequence[TransferEnd]) -> list[tuple[int, str, int]]:
    return [
        (
            end.pending_id,
            TransferStatus.REFUSED if end.reject_reason else TransferStatus.POSTED,
            end.reject_reason,
        )
        for end in ends
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
) -> None:
    """Commit a batch or nothing of it.

    `balances` are (account, asset, free, locked) after the batch. `post_to_ledger` adds the ledger's
    statements to the same transaction. Raises psycopg.Error; one with sqlstate `FENCED` means that
    another process leads the shard.
    """
    shard, epoch, now_ns = fence.shard, fence.epoch, fence.timestamp_ns
    # BEGIN and COMMIT travel in the pipeline too: `connection.transaction()` would wait once more before its
    # COMMIT. After a failed statement the server skips what follows, so that no half of a batch is committed.
    with _rolled_back_on_error(connection), connection.pipeline(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT exchange_advance_shard(%s,%s,%s,%s,%s,%s,%s,%s)", fence, prepare=True)
        journal = (SHARD_SLOTS, shard, shard, epoch, now_ns)
        _send(cursor, _JOURNAL, journal, rows.journal, _JOURNAL_COLUMNS)
        _send(cursor, _NEW_ORDERS, (now_ns, now_ns), rows.new_orders, _ORDER_COLUMNS)
        _send(cursor, _CHANGED_ORDERS, (now_ns,), rows.changed_orders, _CHANGE_COLUMNS)
        _send(cursor, _TRADES, (), rows.trades, _TRADE_COLUMNS)
        _send(cursor, _BALANCES, (shard,), balances, _BALANCE_COLUMNS)
        _send(cursor, _TRANSFER_ENDS, (), _ends(rows.transfer_ends), _END_COLUMNS)
        if rows.created_markets:
            cursor.execute(_MARKETS, [rows.created_markets])
        post_to_ledger(cursor)
        cursor.execute("COMMIT")
