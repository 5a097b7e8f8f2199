"""What a page shows of the markets before it is live: as the API renders them, at most a second old.

May block on the database.
"""

import time
from typing import Any

from exchange.rendering import render_market
from exchange.selectors import find_market, fresh_markets
from exchange.tickers import NO_TRADE, day_statistics, render_ticker

_NS_PER_MS = 1_000_000


def shown_symbols() -> list[str]:
    """Of every market, in the order in which they were opened."""
    return list(fresh_markets())


def shown_market(symbol: str) -> dict[str, Any]:
    """Its facts, and its last 24 hours without the best of its book. Raises MarketNotFound."""
    market = find_market(symbol)
    day = day_statistics().get(market.pk, NO_TRADE)
    ticker = render_ticker(market, day, None, time.time_ns() // _NS_PER_MS)
    return {"facts": render_market(market), "ticker": ticker}
