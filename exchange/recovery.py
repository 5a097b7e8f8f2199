"""Loads an engine from the tables: what a worker does at its start, and what the journal is held against."""

from typing import Any, NamedTuple

import psycopg

from exchange.batch_rows import MarketFacts
from exchange.engine.commands import CreateMarket
from exchange.engine.engine import Engine
from exchange.engine.snapshot import (
    AccountTierState,
    BalanceState,
    ClientOrderState,
    FeeTierState,
    MarketState,
    OrderState,
    Snapshot,
    SwitchState,
)
from exchange.engine.types import CLIENT_ORDER_ID_RETENTION_NS, SHARD_SLOTS, MarketStatus, OrderStatus
from exchange.lanes import Policies
from exchange.market_terms import COLUMNS, creating_command
from exchange.rules import TRADE_ID_BITS, StreamPosition

_CHANGING = ("status", "resume_ns", "reference_price_ticks", "breaker_price_ticks", "breaker_since_ns")
_MARKETS = f"""
SELECT id, {", ".join((*COLUMNS, *_CHANGING))}
  FROM exchange_market WHERE shard_id = %s AND (status = 'PENDING') = %s ORDER BY id"""  # noqa: S608 (names of ours)

_POLICIES = """
SELECT symbol, lane_policy,
       ARRAY(SELECT account_id FROM exchange_marketmaker AS k WHERE k.market_id = m.id)
  FROM exchange_market AS m WHERE shard_id = %s"""

_SHARD = """
SELECT epoch, sequence, timestamp_ns, stream_generation, stream_id FROM exchange_shard WHERE number = %s"""

_LAST_TRADE = """
SELECT trade_id, price_ticks FROM exchange_trade WHERE id >= %s AND id < %s ORDER BY id DESC LIMIT 1"""

_ORDERS = """
SELECT id, account_id, client_order_id, side, order_type, time_in_force, post_only, price_ticks,
       quantity_lots, budget_atoms, self_trade_prevention, trigger_price_ticks, expires_ns, status = %s,
       filled_lots, prevented_lots, filled_quote_atoms, taker_quote_atoms, maker_fee_ppm, taker_fee_ppm
  FROM exchange_order WHERE market_id = %s AND status IN (%s, %s)"""
# Where it entered its queue: at its own command, or since.
_IN_QUEUE = f" ORDER BY COALESCE(NULLIF(queued_sequence, 0), id / {SHARD_SLOTS}), queued_index"

_FEE_TIERS = (
    "SELECT tier, maker_fee_ppm, taker_fee_ppm FROM exchange_feetier WHERE market_id = %s ORDER BY tier"
)

_ACCOUNT_TIERS = """
SELECT account_id, tier FROM exchange_accounttier WHERE shard_id = %s AND tier > 0 ORDER BY account_id"""

_SWITCHES = """
SELECT account_id, market, due_ns FROM exchange_deadmansswitch
 WHERE shard_id = %s ORDER BY account_id, market COLLATE "C\""""

_BALANCES = """
SELECT account_id, asset, free_atoms, locked_atoms FROM exchange_balance
 WHERE shard_id = %s AND (free_atoms <> 0 OR locked_atoms <> 0) ORDER BY account_id, asset COLLATE "C\""""

_CLIENT_ORDERS = """
SELECT o.account_id, o.client_order_id, o.id, o.created_ns, m.symbol, o.side, o.order_type,
       o.time_in_force, o.post_only, COALESCE(o.original_price_ticks, o.price_ticks),
       COALESCE(o.original_quantity_lots, o.quantity_lots), o.budget_atoms, o.self_trade_prevention,
       COALESCE(o.original_trigger_price_ticks, o.trigger_price_ticks), o.expires_ns
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
            account_tiers=tuple(AccountTierState(*row) for row in cursor.execute(_ACCOUNT_TIERS, [shard])),
            switches=tuple(SwitchState(*row) for row in cursor.execute(_SWITCHES, [shard])),
        )
    )


def load_market_facts(cursor: psycopg.Cursor[Any], shard: int) -> dict[str, MarketFacts]:
    """What folding needs of every market of the shard, created or still to be, by symbol."""
    return {
        command.market: MarketFacts(
            market_id, command.base_asset, command.quote_asset, command.base_atoms_per_lot
        )
        for pending in (False, True)
        for market_id, command in market_commands(cursor, shard, pending=pending)
    }


def load_policies(cursor: psycopg.Cursor[Any], shard: int) -> Policies:
    """How the commands of a batch are put in order in the markets of the shard."""
    rows = cursor.execute(_POLICIES, [shard]).fetchall()
    lanes = frozenset(symbol for symbol, policy, _ in rows if policy == "LANES")
    return Policies(
        fifo=frozenset(symbol for symbol, _, _ in rows) - lanes,
        lanes=lanes,
        makers=frozenset((symbol, account) for symbol, _, makers in rows for account in makers),
    )


def market_commands(
    cursor: psycopg.Cursor[Any], shard: int, *, pending: bool
) -> list[tuple[int, CreateMarket]]:
    """The markets that are still to be created, or those that are, each with the command that creates it."""
    rows = _market_rows(cursor, shard, pending=pending)
    return [(row["id"], creating_command(row)) for row in rows]


def _market_rows(cursor: psycopg.Cursor[Any], shard: int, *, pending: bool) -> list[dict[str, Any]]:
    names = ("id", *COLUMNS, *_CHANGING)
    return [
        dict(zip(names, row, strict=True)) for row in cursor.execute(_MARKETS, [shard, pending]).fetchall()
    ]


def _market_states(cursor: psycopg.Cursor[Any], shard: int) -> list[MarketState]:
    return sorted(_market_state(cursor, row) for row in _market_rows(cursor, shard, pending=False))


def _market_state(cursor: psycopg.Cursor[Any], row: dict[str, Any]) -> MarketState:
    low = row["id"] << TRADE_ID_BITS
    last = cursor.execute(_LAST_TRADE, [low, low + (1 << TRADE_ID_BITS)]).fetchone() or (0, 0)
    return MarketState._make(
        (
            *creating_command(row)[1:],
            int(MarketStatus[row["status"]]),
            *(row[name] for name in _CHANGING[1:]),
            tuple(FeeTierState(*tier) for tier in cursor.execute(_FEE_TIERS, [row["id"]])),
            *last,
            _orders(cursor, row["id"], OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED),
            _orders(cursor, row["id"], OrderStatus.UNTRIGGERED, OrderStatus.UNTRIGGERED),
        )
    )


def _orders(cursor: psycopg.Cursor[Any], market_id: int, *statuses: OrderStatus) -> tuple[OrderState, ...]:
    waiting = int(OrderStatus.UNTRIGGERED)
    order = " ORDER BY id" if waiting in statuses else _IN_QUEUE
    found = cursor.execute((_ORDERS + order).encode(), [waiting, market_id, *map(int, statuses)])
    return tuple(OrderState(*row) for row in found)


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
