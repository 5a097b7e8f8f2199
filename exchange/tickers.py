"""Each market's last 24 hours, or any other time until now, from its stored candles, to the minute: read and
shown."""

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import connection

from exchange.broadcast import BookSnapshot
from exchange.models import Market
from exchange.rendering import render_price, render_quantity
from exchange.rules import CANDLE_START_BITS, TRADE_ID_BITS, candle_id
from ledger.money import format_atoms

FRESH_S = 1.0
DAY_S, MINUTE_S = 86_400, 60
_PPM = 1_000_000


class DayStatistics(NamedTuple):
    """`last_ticks` is of the last trade, however old; `open_ticks` of the last one before the day began, or
    of its first. None: no trade. Volumes may be beyond 64 bits.

    `last_lots` belongs to `last_ticks`. `first_ticks` and `first_trade_id` are of the first trade of the day,
    None and 0 where it has none; `previous_close_ticks` is of the last one before it.
    """

    last_ticks: int | None
    open_ticks: int | None
    high_ticks: int | None
    low_ticks: int | None
    volume_lots: int
    volume_quote_atoms: int
    trades: int
    last_lots: int
    first_ticks: int | None
    first_trade_id: int
    previous_close_ticks: int | None

    @property
    def last_trade_id(self) -> int:
        return self.first_trade_id + self.trades - 1 if self.first_trade_id else 0


NO_TRADE = DayStatistics(None, None, None, None, 0, 0, 0, 0, None, 0, None)

# One range of the primary key for each market: its candles of one minute since the day began, and before.
_QUERY = """
SELECT market.id, last.close_ticks, coalesce(before.close_ticks, first.open_ticks, last.close_ticks),
       day.high, day.low, coalesce(day.lots, 0), coalesce(day.atoms, 0), coalesce(day.trades, 0),
       coalesce(trade.quantity_lots, 0), first.open_ticks, coalesce(first.first_trade_id, 0),
       before.close_ticks
  FROM (SELECT id, (id::bigint * 16 + %(place)s) << %(bits)s AS low FROM exchange_market
        WHERE %(markets)s::integer[] IS NULL OR id = ANY(%(markets)s)) AS market
 CROSS JOIN LATERAL (SELECT max(high_ticks) AS high, min(low_ticks) AS low, sum(volume_lots) AS lots,
                            sum(volume_quote_atoms) AS atoms, sum(trades) AS trades
                       FROM exchange_candle
                      WHERE id >= market.low + %(since)s AND id < market.low + (1::bigint << %(bits)s)) AS day
  LEFT JOIN LATERAL (SELECT open_ticks, first_trade_id FROM exchange_candle
                      WHERE id >= market.low + %(since)s AND id < market.low + (1::bigint << %(bits)s)
                      ORDER BY id LIMIT 1) AS first ON true
  LEFT JOIN LATERAL (SELECT close_ticks FROM exchange_candle
                      WHERE id >= market.low AND id < market.low + %(since)s
                      ORDER BY id DESC LIMIT 1) AS before ON true
  LEFT JOIN LATERAL (SELECT close_ticks FROM exchange_candle
                      WHERE id >= market.low AND id < market.low + (1::bigint << %(bits)s)
                      ORDER BY id DESC LIMIT 1) AS last ON true
  LEFT JOIN LATERAL (SELECT quantity_lots FROM exchange_trade
                      WHERE id >= market.id::bigint << %(trade_bits)s
                        AND id < (market.id + 1)::bigint << %(trade_bits)s
                      ORDER BY id DESC LIMIT 1) AS trade ON true"""

_reading = threading.Lock()
_read: tuple[float, Mapping[int, DayStatistics]] = (float("-inf"), {})


def day_statistics() -> Mapping[int, DayStatistics]:
    """By market id, read at most once a second. May block on the database."""
    global _read
    if time.monotonic() - _read[0] > FRESH_S:
        with _reading:
            if time.monotonic() - _read[0] > FRESH_S:  # another thread may have read them meanwhile
                _read = (time.monotonic(), _read_statistics(None, day_since_s()))
    return _read[1]


def statistics_of(market_id: int) -> DayStatistics:
    """Read now: with everything that is committed. Blocks on the database."""
    return statistics_since([market_id], day_since_s()).get(market_id, NO_TRADE)


def statistics_since(market_ids: Iterable[int], since_s: int) -> Mapping[int, DayStatistics]:
    """Of each of these, read now, since the beginning of a minute. Blocks on the database."""
    assert since_s % MINUTE_S == 0
    return _read_statistics(list(market_ids), since_s)


def day_since_s(now_s: int | None = None) -> int:
    """Where the last 24 hours begin: with a whole minute."""
    now_s = int(time.time()) if now_s is None else now_s
    return now_s - now_s % MINUTE_S - DAY_S


def _read_statistics(market_ids: list[int] | None, since_s: int) -> dict[int, DayStatistics]:
    """Of these markets, or of all."""
    place = candle_id(0, MINUTE_S, 0) >> CANDLE_START_BITS
    with connection.cursor() as cursor:
        cursor.execute(
            _QUERY,
            {
                "markets": market_ids,
                "place": place,
                "bits": CANDLE_START_BITS,
                "trade_bits": TRADE_ID_BITS,
                "since": since_s,
            },
        )
        return {row[0]: DayStatistics(*row[1:5], *map(int, row[5:8]), *row[8:]) for row in cursor.fetchall()}


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
