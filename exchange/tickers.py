"""Each market's last 24 hours, from its stored candles, to the minute: read and shown."""

import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection

from exchange.broadcast import BookSnapshot
from exchange.models import Market
from exchange.rendering import render_price, render_quantity
from exchange.rules import CANDLE_START_BITS, candle_id
from ledger.money import format_atoms

FRESH_S = 1.0
DAY_S, MINUTE_S = 86_400, 60
_PPM = 1_000_000


class DayStatistics(NamedTuple):
    """`last_ticks` is of the last trade, however old; `open_ticks` of the last one before the day began, or
    of its first. None: no trade. Volumes may be beyond 64 bits."""

    last_ticks: int | None
    open_ticks: int | None
    high_ticks: int | None
    low_ticks: int | None
    volume_lots: int
    volume_quote_atoms: int
    trades: int


NO_TRADE = DayStatistics(None, None, None, None, 0, 0, 0)

# One range of the primary key for each market: its candles of one minute since the day began, and before.
_QUERY = """
SELECT market.id, last.close_ticks, coalesce(before.close_ticks, first.open_ticks, last.close_ticks),
       day.high, day.low, coalesce(day.lots, 0), coalesce(day.atoms, 0), coalesce(day.trades, 0)
  FROM (SELECT id, (id::bigint * 16 + %(place)s) << %(bits)s AS low FROM exchange_market
        WHERE %(market)s::integer IS NULL OR id = %(market)s) AS market
 CROSS JOIN LATERAL (SELECT max(high_ticks) AS high, min(low_ticks) AS low, sum(volume_lots) AS lots,
                            sum(volume_quote_atoms) AS atoms, sum(trades) AS trades
                       FROM exchange_candle
                      WHERE id >= market.low + %(since)s AND id < market.low + (1::bigint << %(bits)s)) AS day
  LEFT JOIN LATERAL (SELECT open_ticks FROM exchange_candle
                      WHERE id >= market.low + %(since)s AND id < market.low + (1::bigint << %(bits)s)
                      ORDER BY id LIMIT 1) AS first ON true
  LEFT JOIN LATERAL (SELECT close_ticks FROM exchange_candle
                      WHERE id >= market.low AND id < market.low + %(since)s
                      ORDER BY id DESC LIMIT 1) AS before ON true
  LEFT JOIN LATERAL (SELECT close_ticks FROM exchange_candle
                      WHERE id >= market.low AND id < market.low + (1::bigint << %(bits)s)
                      ORDER BY id DESC LIMIT 1) AS last ON true"""

_reading = threading.Lock()
_read: tuple[float, Mapping[int, DayStatistics]] = (float("-inf"), {})


def day_statistics() -> Mapping[int, DayStatistics]:
    """By market id, read at most once a second. May block on the database."""
    global _read
    if time.monotonic() - _read[0] > FRESH_S:
        with _reading:
            if time.monotonic() - _read[0] > FRESH_S:  # another thread may have read them meanwhile
                _read = (time.monotonic(), _read_statistics())
    return _read[1]


def statistics_of(market_id: int) -> DayStatistics:
    """Read now: with everything that is committed. Blocks on the database."""
    return _read_statistics(market_id).get(market_id, NO_TRADE)


def _read_statistics(market_id: int | None = None) -> dict[int, DayStatistics]:
    """Of one market or of all."""
    now_s = int(time.time())
    since = now_s - now_s % MINUTE_S - DAY_S
    place = candle_id(0, MINUTE_S, 0) >> CANDLE_START_BITS
    with connection.cursor() as cursor:
        cursor.execute(
            _QUERY, {"market": market_id, "place": place, "bits": CANDLE_START_BITS, "since": since}
        )
        return {row[0]: DayStatistics(*row[1:5], *map(int, row[5:])) for row in cursor.fetchall()}


def render_ticker(
    market: Market, day: DayStatistics, book: BookSnapshot | None, time_ms: int
) -> dict[str, Any]:
    bid, ask = _best(market, book.bids if book else []), _best(market, book.asks if book else [])
    return {
        "market": market.symbol,
        "status": market.status,
        **render_day(market, day),
        "best_bid": bid[0],
        "best_bid_quantity": bid[1],
        "best_ask": ask[0],
        "best_ask_quantity": ask[1],
        "time_ms": time_ms,
    }


def render_day(market: Market, day: DayStatistics) -> dict[str, Any]:
    last, opened = day.last_ticks, day.open_ticks
    change = None if last is None or opened is None else last - opened
    return {
        "last_price": _price(market, last),
        "open_price": _price(market, opened),
        "high_price": _price(market, day.high_ticks),
        "low_price": _price(market, day.low_ticks),
        "price_change": _price(market, change),
        "price_change_ppm": change * _PPM // opened if change is not None and opened else None,
        "volume": render_quantity(market, day.volume_lots),
        "quote_volume": format_atoms(day.volume_quote_atoms, market.quote_decimals),
        "trades": day.trades,
    }


def _price(market: Market, ticks: int | None) -> str | None:
    return None if ticks is None else render_price(market, ticks)


def _best(market: Market, levels: list[tuple[int, int]]) -> tuple[str | None, str | None]:
    if not levels:
        return None, None
    ticks, lots = levels[0]
    return render_price(market, ticks), render_quantity(market, lots)
