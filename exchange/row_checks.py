"""Holds rows that a replay of the journal gives against those of a table, a chunk at a time.

A replay knows a row's final state long before its end; such a row is handed over here and forgotten there, so
that memory does not grow with history.
"""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from exchange.batch_rows import BatchRows
from exchange.candles import Bar, merged, stored_bars
from exchange.engine.order_state import OPEN_STATUSES
from exchange.rules import candle_id

CHUNK = 5_000
Row = tuple[Any, ...]

# As in `batch_sql.NEW_ORDERS`, then what an order gets later, then its times.
ORDER_COLUMNS = (
    "id", "account_id", "market_id", "client_order_id", "side", "order_type", "time_in_force", "post_only",
    "price_ticks", "quantity_lots", "budget_atoms", "self_trade_prevention", "maker_fee_ppm", "taker_fee_ppm",
    "trigger_price_ticks", "expires_ns", "status", "close_reason", "reject_reason", "filled_lots",
    "prevented_lots", "filled_quote_atoms", "taker_quote_atoms", "fee_atoms", "original_price_ticks",
    "original_quantity_lots", "original_trigger_price_ticks", "queued_sequence", "queued_index",
    "triggered_ns", "created_ns", "updated_ns",
)  # fmt: skip
CANDLE_COLUMNS = ("id", "market_id", "interval_s", *Bar._fields)
_AMENDED = ("price_ticks", "quantity_lots", "trigger_price_ticks")
_ADDED = ("filled_lots", "filled_quote_atoms", "taker_quote_atoms", "fee_atoms")
_OPEN = {int(status) for status in OPEN_STATUSES}


class TableCheck:
    """Compares rows by their ids, the first column, and at the end their number."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        table: str,
        columns: Sequence[str],
        tell: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._table = table
        self._select = f"SELECT {', '.join(columns)} FROM {table} WHERE id = ANY(%s)"  # noqa: S608 (ours)
        self._columns = columns
        self._tell = tell
        self._waiting: dict[int, Row] = {}
        self._seen = 0

    def add(self, row: Row) -> None:
        self._waiting[row[0]] = row
        if len(self._waiting) >= CHUNK:
            self._compare()

    def finish(self, shard: int) -> None:
        """Call it once, when every row has been handed over."""
        self._compare()
        found = self._connection.execute(
            f"SELECT count(*) FROM {self._table} AS t JOIN exchange_market AS m ON m.id = t.market_id"  # noqa: S608
            " WHERE m.shard_id = %s".encode(),
            [shard],
        ).fetchone()
        if found is None or found[0] != self._seen:
            self._tell(f"{self._table} has {found and found[0]} rows, the journal explains {self._seen}")

    def _compare(self) -> None:
        stored = self._connection.execute(self._select.encode(), [list(self._waiting)])
        found = {row[0]: row for row in stored}
        for key, row in self._waiting.items():
            if found.get(key) != row:
                self._tell(f"{self._table} {key}: {self._difference(row, found.get(key))}")
        self._seen += len(self._waiting)
        self._waiting.clear()

    def _difference(self, expected: Row, found: Row | None) -> str:
        if found is None:
            return "is not there"
        return ", ".join(
            f"{name} is {theirs} instead of {mine}"
            for name, mine, theirs in zip(self._columns, expected, found, strict=True)
            if mine != theirs
        )


class ReplayedOrders:
    """The rows of all orders, as the journal says; those that are closed go to the check."""

    def __init__(self, check: TableCheck) -> None:
        self._check = check
        self._open: dict[int, dict[str, Any]] = {}

    def take(self, rows: BatchRows, timestamp_ns: int) -> None:
        """As the statements of `batch_sql` do, in their order."""
        for new in rows.new_orders:
            later = (None, None, None, 0, 0, 0, timestamp_ns, timestamp_ns)
            self._open[new[0]] = dict(zip(ORDER_COLUMNS, (*new, *later), strict=True))
        for moved in rows.moved_orders:
            self._move(*moved)
        for changed in rows.changed_orders:
            self._change(changed, timestamp_ns)
        for key in [*(row[0] for row in rows.new_orders), *(row[0] for row in rows.changed_orders)]:
            if key in self._open and self._open[key]["status"] not in _OPEN:
                self._hand_over(key)

    def _move(self, key: int, *values: Any) -> None:
        row, terms, first = self._open[key], values[:3], values[3:6]
        for name, new, original in zip(_AMENDED, terms, first, strict=True):
            if terms[0] is not None and row[f"original_{name}"] is None:
                row[f"original_{name}"] = row[name] if original is None else original
            if new is not None:
                row[name] = new
        for name, value in zip(("queued_sequence", "queued_index", "triggered_ns"), values[6:], strict=True):
            if value is not None:
                row[name] = value

    def _change(self, changed: Row, timestamp_ns: int) -> None:
        key, status, close_reason, filled, prevented, quote, taker_quote, fee, remaining = changed
        row = self._open[key]
        for name, more in zip(_ADDED, (filled, quote, taker_quote, fee), strict=True):
            row[name] += more
        if remaining is not None and row["quantity_lots"]:
            row["prevented_lots"] = row["quantity_lots"] - row["filled_lots"] - remaining
        else:
            row["prevented_lots"] += prevented
        row["status"] = row["status"] if status is None else status
        row["close_reason"] = close_reason
        row["updated_ns"] = timestamp_ns

    def _hand_over(self, key: int) -> None:
        row = self._open.pop(key)
        # The engine knows whole numbers; the table says of this one whether it is true.
        row["post_only"] = bool(row["post_only"])
        self._check.add(tuple(row.values()))

    def finish(self, shard: int) -> None:
        for key in list(self._open):
            self._hand_over(key)
        self._check.finish(shard)


class ReplayedCandles:
    """The rows of all candles, as the journal's trades say. Engine time never goes back, so an interval that
    is over goes to the check."""

    def __init__(self, check: TableCheck) -> None:
        self._check = check
        self._current: dict[tuple[int, int], Bar] = {}

    def take(self, trades: Sequence[Row]) -> None:
        for market_id, interval_s, bar in stored_bars(trades):
            before = self._current.get((market_id, interval_s))
            if before is not None and before.start_s == bar.start_s:
                bar = merged(bar.start_s, (before, bar))
            elif before is not None:
                self._hand_over(market_id, interval_s, before)
            self._current[market_id, interval_s] = bar

    def _hand_over(self, market_id: int, interval_s: int, bar: Bar) -> None:
        self._check.add((candle_id(market_id, interval_s, bar.start_s), market_id, interval_s, *bar))

    def finish(self, shard: int) -> None:
        for (market_id, interval_s), bar in self._current.items():
            self._hand_over(market_id, interval_s, bar)
        self._check.finish(shard)
