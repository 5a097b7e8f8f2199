"""What a ticker and a live candle say on a socket, as over HTTP. Everything here blocks."""

import time

from exchange.models import Market
from exchange.rendering import NS_PER_MS, render_candle
from exchange.selectors_candles import candles_of
from exchange.tickers import render_day, statistics_of

LIVE_CANDLES = 2  # the current one, and the one before, whose last trade may not have been told


def ticker(market: Market) -> dict[str, object]:
    return {"ticker": render_day(market, statistics_of(market.pk))}


def live_candles(market: Market, interval: str) -> dict[str, object]:
    """The current candle last."""
    now_ms = time.time_ns() // NS_PER_MS
    bars = candles_of(market=market, interval=interval, limit=LIVE_CANDLES, now_ms=now_ms)
    return {"candles": [render_candle(bar, market) for bar in bars]}
