"""Loads an engine from the tables: what a worker does at its start, and what the journal is held against."""

from typing import Any, NamedTuple

import psycopg

from exchange.engine.commands import CreateMarket, create_market
from exchange.engine.engine import Engine
from exchange.engine.snapshot import BalanceState, ClientOrderState, MarketState, OrderState, Snapshot
from exchange.engine.types import CLIENT_ORDER_ID_RETENTION_NS, SHARD_SLOTS, OrderStatus
from exchange.projection import MarketFacts
from exchange.rules import TRADE_ID_BITS, StreamPosition

_MARKET_COLUMNS = """
SELECT id, symbol, base_asset, quote_asset, base_decimals - quantity_decimals,
       quote_decimals - price_decimals - quantity_decimals, price_step_ticks, quantity_step_lots,
       min_notional_atoms, max_notional_atoms, max_open_orders, maker_fee_ppm, taker_fee_ppm, band_ppm,
       breaker_ppm, breaker_window_ns, breaker_halt_ns
  FROM exchange_market WHERE shard_id = %s AND status = %s ORDER BY id"""

_SHARD = """
SELECT epoch, sequence, timestamp_ns, stream_generation, stream_id FROM exchange_shard WHERE number = %s"""

_LAST_TRADE = """
SELECT trade_id, price_ticks FROM exchange_trade WHERE id >= %s AND id < %s ORDER BY id DESC LIMIT 1"""

_OPEN_ORDERS = """
SELECT id, account_id, client_order_id, side, order_type, time_in_force, post_only, price_ticks,
       quantity_lots, budget_atoms, self_trade_prevention, trigger_price_ticks, expires_ns, false,
       filled_lots, prevented_lots, filled_quote_atoms, taker_quote_atoms, maker_fee_ppm, taker_fee_ppm
  FROM exchange_order WHERE market_id = %s AND status IN (%s, %s) ORDER BY id"""

_BALANCES = """
SELECT account_id, asset, free_atoms, locked_atoms FROM exchange_balance
 WHERE shard_id = %s AND (free_atoms <> 0 OR locked_atoms <> 0) ORDER BY account_id, asset COLLATE "C\""""

_CLIENT_ORDERS = """
SELECT o.account_id, o.client_order_id, o.id, o.created_ns, m.symbol, o.side, o.order_type,
       o.time_in_force, o.post_only, o.price_ticks, o.quantity_lots, o.budget_atoms,
       o.self_trade_prevention, o.trigger_price_ticks, o.expires_ns
  FROM exchange_order AS o JOIN exchange_market AS m ON m.id = o.market_id
 WHERE m.shard_id = %s AND o.client_order_id <> '' AND o.status <> %s AND o.created_ns > %s AND o.id > %s
 ORDER BY o.id"""

_TIME_OF = "SELECT timestamp_ns FROM exchange_journalentry WHERE id = %s"


class ShardRow(NamedTuple):
    """What the shard's row says of the last committed batch."""

    epoch: int
    sequence: int
    timestamp_ns: int
    position: StreamPosition


def load_shard(cursor: psycopg.Cursor[Any], shard: int) -> ShardRow:
    row = cursor.execute(_SHARD, [shard]).fetchone()
    assert row is not None, f"shard {shard} has no row"
    return ShardRow(row[0], row[1], row[2], StreamPosition(row[3], row[4]))


def load_engine(cursor: psycopg.Cursor[Any], shard: int) -> Engine:
    """The engine as of the last committed batch. Call it inside one transaction with a stable snapshot."""
    state = load_shard(cursor, shard)
    return Engine.restore(
        Snapshot(
            shard=shard,
            sequence=state.sequence,
            timestamp_ns=state.timestamp_ns,
            markets=tuple(_market_states(cursor, shard)),
            balances=tuple(BalanceState(*row) for row in cursor.execute(_BALANCES, [shard])),
            client_orders=_client_orders(cursor, shard, state),
        )
    )


def load_market_facts(cursor: psycopg.Cursor[Any], shard: int) -> dict[str, MarketFacts]:
    """What folding needs of every market of the shard, open or still to be created, by symbol."""
    return {
        command.market: MarketFacts(
            market_id, command.base_asset, command.quote_asset, command.base_atoms_per_lot
        )
        for status in ("OPEN", "PENDING")
        for market_id, command in market_commands(cursor, shard, status)
    }


def market_commands(cursor: psycopg.Cursor[Any], shard: int, status: str) -> list[tuple[int, CreateMarket]]:
    """The markets in this status, each with the command that creates it."""
    cursor.execute(_MARKET_COLUMNS, [shard, status])
    return [(row[0], _create_command(row)) for row in cursor.fetchall()]


def _create_command(row: tuple[Any, ...]) -> CreateMarket:
    return create_market(
        market=row[1],
        base_asset=row[2],
        quote_asset=row[3],
        base_atoms_per_lot=10 ** row[4],
        quote_atoms_per_tick_lot=10 ** row[5],
        price_step_ticks=row[6],
        quantity_step_lots=row[7],
        min_notional_atoms=row[8],
        max_notional_atoms=row[9],
        max_open_orders=row[10],
        maker_fee_ppm=row[11],
        taker_fee_ppm=row[12],
        band_ppm=row[13],
        breaker_ppm=row[14],
        breaker_window_ns=row[15],
        breaker_halt_ns=row[16],
    )


def _market_states(cursor: psycopg.Cursor[Any], shard: int) -> list[MarketState]:
    found = []
    for market_id, command in market_commands(cursor, shard, "OPEN"):
        low = market_id << TRADE_ID_BITS
        last = cursor.execute(_LAST_TRADE, [low, low + (1 << TRADE_ID_BITS)]).fetchone() or (0, 0)
        statuses = [int(OrderStatus.NEW), int(OrderStatus.PARTIALLY_FILLED)]
        orders = tuple(OrderState(*row) for row in cursor.execute(_OPEN_ORDERS, [market_id, *statuses]))
        found.append(MarketState(*command[1:], 0, 0, 0, 0, 0, (), last[0], last[1], orders, ()))
    return sorted(found)


def _client_orders(cursor: psycopg.Cursor[Any], shard: int, state: ShardRow) -> tuple[ClientOrderState, ...]:
    since_ns = state.timestamp_ns - CLIENT_ORDER_ID_RETENTION_NS
    last_old_id = _last_old_sequence(cursor, shard, state.sequence, since_ns) * SHARD_SLOTS + shard
    cursor.execute(_CLIENT_ORDERS, [shard, int(OrderStatus.REJECTED), since_ns, last_old_id])
    return tuple(
        ClientOrderState(row[0], row[1], row[2], row[2] // SHARD_SLOTS, *row[3:]) for row in cursor.fetchall()
    )


def _last_old_sequence(cursor: psycopg.Cursor[Any], shard: int, sequence: int, since_ns: int) -> int:
    """The last command up to `sequence` that came at `since_ns` or before; 0 if there is none.

    Found by halving the journal, whose times never decrease: orders have no index by time, and all that
    there ever were would have to be read.
    """
    old, new = 0, sequence + 1
    while new - old > 1:
        middle = (old + new) // 2
        row = cursor.execute(_TIME_OF, [middle * SHARD_SLOTS + shard]).fetchone()
        if row is not None and row[0] <= since_ns:
            old = middle
        else:
            new = middle
    return old
