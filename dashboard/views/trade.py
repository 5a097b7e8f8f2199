"""The trade page of a market: its shell, and first values where the database has them."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from dashboard.modules import modules_of
from dashboard.pages import render_page
from exchange.errors import MarketNotFound
from exchange.selectors_shown import shown_market, shown_symbols

INTERVALS = ("1m", "5m", "15m", "1h", "4h", "1d", "1w")
_SCRIPTS = tuple(f"dashboard/js/{name}.js" for name in ("frame", "trade/page", "trade/deeds"))
MORE_INTERVALS = ("3m", "30m", "2h", "6h", "8h", "12h", "3d", "1M")


def trade(request: HttpRequest, symbol: str = "") -> HttpResponse:
    """Without a symbol the first market. While the database is away the page's own script finds out."""
    if symbol != symbol.upper():
        return HttpResponseRedirect(f"/trade/{symbol.upper()}")
    try:
        symbols = shown_symbols()
        first = shown_market(symbol or symbols[0]) if symbol or symbols else None
    except MarketNotFound:
        return _page(request, "nowhere", {"symbol": symbol, "symbols": symbols}, status=404)
    except DatabaseError:
        return _trading(request, symbol, None)
    if first is None:
        return _page(request, "nothing", {})
    return _trading(request, first["facts"]["symbol"], first)


def _trading(request: HttpRequest, symbol: str, first: dict[str, Any] | None) -> HttpResponse:
    base, _, quote = symbol.partition("-")
    context = {
        "symbol": symbol,
        "base": base,
        "quote": quote,
        "first": {"symbol": symbol, **(first or {"facts": None, "ticker": None})},
        "intervals": INTERVALS,
        "more_intervals": MORE_INTERVALS,
        "modules": modules_of(*_SCRIPTS),
    }
    return _page(request, "page", context)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render_page(request, f"dashboard/trade/{name}.html", context, status=status)
