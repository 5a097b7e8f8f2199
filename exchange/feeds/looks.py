"""What a ticker and a live candle say, read from the stored candles. Everything here blocks."""

import time

from django.db import connection

from exchange.candles import DAY_S, MINUTE_S, Bar
from exchange.models import Market
from exchange.rendering import render_price, render_quantity
from exchange.rules import candle_id
from exchange.selectors_candles import candles_of
from ledger.money import format_atoms

LIVE_CANDLES = 2  # the current one, and the one before, whose last trade may not have been told
PPM = 1_000_000

# The minute that is only partly within the last 24 hours is left out.
_DAY = """
    SELECT (array_agg(open_ticks ORDER BY id))[1], max(high_ticks), min(low_ticks), sum(volume_lots),
           sum(volume_quote_atoms), sum(trades)
    FROM exchange_candle WHERE id > %s AND id <= %s
"""
_CLOSE = """
    SELECT close_ticks FROM exchange_candle WHERE id >= %s AND id <= %s ORDER BY id DESC LIMIT 1
"""


def ticker(market: Market) -> dict[str, object]:
    """Of the last 24 hours. Prices are null where there was no trade; `last` is that of any time."""
    now_s = time.time_ns() // 10**9
    start_s = now_s - DAY_S
    newest = candle_id(market.pk, MINUTE_S, now_s)
    with connection.cursor() as cursor:
        cursor.execute(_DAY, [candle_id(market.pk, MINUTE_S, start_s), newest])
        opened, high, low, lots, quote_atoms, trades = cursor.fetchone()
        cursor.execute(_CLOSE, [candle_id(market.pk, MINUTE_S, 0), newest])
        row = cursor.fetchone()
    last = row[0] if row else None
    change = None if last is None or opened is None else (last - opened) * PPM // opened
    return {
        "ticker": {
            "last_price": _price(market, last),
            "open_price": _price(market, opened),
            "high_price": _price(market, high),
            "low_price": _price(market, low),
            "price_change": _signed_price(market, last, opened),
            "price_change_ppm": change,
            "volume": render_quantity(market, int(lots or 0)),
            "quote_volume": format_atoms(int(quote_atoms or 0), market.quote_decimals),
            "trades": int(trades or 0),
        }
    }


def _price(market: Market, ticks: int | None) -> str | None:
    return None if ticks is None else render_price(market, ticks)


def _signed_price(market: Market, last: int | None, opened: int | None) -> str | None:
    if last is None or opened is None:
        return None
    return ("-" if last < opened else "") + render_price(market, abs(last - opened))


def live_candles(market: Market, interval: str) -> dict[str, object]:
    """The current candle last."""
    bars = candles_of(
        market=market, interval=interval, limit=LIVE_CANDLES, now_ms=time.time_ns() // 1_000_000
    )
    return {"candles": [candle(market, bar) for bar in bars]}


def candle(market: Market, bar: Bar) -> dict[str, object]:
    return {
        "start_ms": bar.start_s * 1_000,
        "open": render_price(market, bar.open_ticks),
        "high": render_price(market, bar.high_ticks),
        "low": render_price(market, bar.low_ticks),
        "close": render_price(market, bar.close_ticks),
        "volume": render_quantity(market, bar.volume_lots),
        "quote_volume": format_atoms(bar.volume_quote_atoms, market.quote_decimals),
        "taker_buy_volume": render_quantity(market, bar.taker_buy_lots),
        "taker_buy_quote_volume": format_atoms(bar.taker_buy_quote_atoms, market.quote_decimals),
        "trades": bar.trades,
    }
