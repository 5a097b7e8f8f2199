"""Reads from PostgreSQL what live data begins from. Everything here blocks: call it in a thread."""

from typing import NamedTuple

from django.db import connection

from exchange.engine.types import OrderStatus, Side
from exchange.live_wire import Levels, PublicTrade
from exchange.models import Market, Trade
from exchange.selectors import trades_of_market

RECENT_TRADES = 50
MISSED_TRADES = 1_000

# One statement is one moment: the sums and the sequence belong together.
_BOOK = """
    SELECT shard.sequence, shard.timestamp_ns, level.side, level.price_ticks, level.lots
    FROM exchange_shard shard LEFT JOIN (
        SELECT side, price_ticks, sum(quantity_lots - prevented_lots - filled_lots)::bigint AS lots
        FROM exchange_order WHERE market_id = %s AND status IN (%s, %s)
        GROUP BY side, price_ticks
    ) level ON level.lots > 0
    WHERE shard.number = %s
"""


class LoadedMarket(NamedTuple):
    """Trades are oldest first: those after the one asked for, or the latest."""

    sequence: int
    timestamp_ns: int
    bids: Levels
    asks: Levels
    trades: list[PublicTrade]


def load_market(market: Market, after_trade: int) -> LoadedMarket:
    """The book, and then the trades: those of later commands come again with their message, and are known."""
    with connection.cursor() as cursor:
        resting = (int(OrderStatus.NEW), int(OrderStatus.PARTIALLY_FILLED))
        cursor.execute(_BOOK, [market.pk, *resting, market.shard_id])
        rows = cursor.fetchall()
    bids, asks = (
        [(row[3], row[4]) for row in rows if row[2] == side] for side in (int(Side.BUY), int(Side.SELL))
    )
    return LoadedMarket(rows[0][0], rows[0][1], bids, asks, _trades(market, after_trade))


def _trades(market: Market, after_trade: int) -> list[PublicTrade]:
    latest = trades_of_market(market_id=market.pk).order_by("-id")
    if after_trade:
        latest = latest.filter(trade_id__gt=after_trade)
    limit = MISSED_TRADES if after_trade else RECENT_TRADES
    return [_public(trade) for trade in latest[:limit]][::-1]


def _public(trade: Trade) -> PublicTrade:
    return PublicTrade(
        trade.trade_id,
        trade.price_ticks,
        trade.quantity_lots,
        trade.notional_atoms,
        trade.taker_side,
        trade.timestamp_ns,
        trade.taker_order_id,
    )
