"""Symbols without hyphens: BTCUSDB is the market BTC-USDB."""

import threading

from access.threads import in_thread
from exchange.compat.binance import refusals
from exchange.compat.binance.parameters import SYMBOL, Parameter, matching
from exchange.errors import MarketNotFound
from exchange.models import Market
from exchange.selectors import fresh_markets, market_of

_known: tuple[dict[str, Market], dict[str, Market]] = ({}, {})
_making = threading.Lock()


def symbol_of(market: Market) -> str:
    return market.symbol.replace("-", "")


def markets_by_symbol() -> dict[str, Market]:
    """Every market, at most a second old. May block on the database."""
    global _known
    fresh = fresh_markets()
    if _known[0] is not fresh:
        with _making:
            _known = (fresh, {symbol_of(market): market for market in fresh.values()})
    return _known[1]


def find_by_symbol(symbol: str) -> Market:
    """May block on the database. Raises Refusal -1121."""
    market = markets_by_symbol().get(symbol)
    if market is None:
        raise refusals.invalid_symbol()
    return market


async def market_of_symbol(symbol: str) -> Market:
    """For the event loop, as `exchange.selectors.market_of`. Raises Refusal -1121."""
    known = _known[1].get(symbol)
    if known is None:
        return await in_thread(find_by_symbol, symbol)
    try:
        return await market_of(known.symbol)
    except MarketNotFound:
        raise refusals.invalid_symbol() from None


def symbol(*, required: bool = True) -> Parameter:
    """Text; whether there is such a market says `find_by_symbol`."""
    return Parameter("symbol", matching(SYMBOL), required)
