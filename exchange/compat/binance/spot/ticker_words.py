"""Prices and statistics as Binance's tickers write them, for lists and streams. Pure."""

from typing import Any

from exchange.broadcast import BookSnapshot
from exchange.compat.binance.amounts import price_text, quantity_text, quote_text
from exchange.compat.binance.symbols import symbol_of
from exchange.models import Market
from exchange.tickers import DayStatistics
from ledger.money import format_atoms, mul_div_floor

NO_TRADE_ID = -1
_PERCENT_PLACES = 3
_AVERAGE_PLACES = 8


def statistic(market: Market, day: DayStatistics, open_ms: int, close_ms: int) -> dict[str, Any]:
    """What MINI has. Where the time has no trade its prices are the last one before; where there never was a
    trade they are zero."""
    return {
        "symbol": symbol_of(market),
        "openPrice": price_text(market, opened(day)),
        "highPrice": price_text(market, highest(day)),
        "lowPrice": price_text(market, lowest(day)),
        "lastPrice": price_text(market, last(day)),
        "volume": quantity_text(market, day.volume_lots),
        "quoteVolume": quote_text(market, day.volume_quote_atoms),
        "openTime": open_ms,
        "closeTime": close_ms,
        "firstId": first_id(day),
        "lastId": last_id(day),
        "count": day.trades,
    }


def movement(market: Market, day: DayStatistics) -> dict[str, Any]:
    """What FULL has beside it."""
    return {
        "priceChange": change(market, day),
        "priceChangePercent": change_percent(day),
        "weightedAvgPrice": average_price(market, day.volume_quote_atoms, day.volume_lots),
    }


def day_only(market: Market, day: DayStatistics, book: BookSnapshot | None) -> dict[str, Any]:
    """What FULL of the last 24 hours has beside that."""
    return {
        "prevClosePrice": price_text(market, previous_close(day)),
        "lastQty": quantity_text(market, day.last_lots),
        **best_levels(market, book),
    }


def best_levels(market: Market, book: BookSnapshot | None) -> dict[str, str]:
    """Zero where a side is empty."""
    bid = book.bids[0] if book is not None and book.bids else (0, 0)
    ask = book.asks[0] if book is not None and book.asks else (0, 0)
    return {
        "bidPrice": price_text(market, bid[0]),
        "bidQty": quantity_text(market, bid[1]),
        "askPrice": price_text(market, ask[0]),
        "askQty": quantity_text(market, ask[1]),
    }


def last(day: DayStatistics) -> int:
    return day.last_ticks or 0


def opened(day: DayStatistics) -> int:
    """The first trade's price, as Binance opens a day; the house opens it with the last one before."""
    return last(day) if day.first_ticks is None else day.first_ticks


def highest(day: DayStatistics) -> int:
    return last(day) if day.high_ticks is None else day.high_ticks


def lowest(day: DayStatistics) -> int:
    return last(day) if day.low_ticks is None else day.low_ticks


def previous_close(day: DayStatistics) -> int:
    """Of the last trade before the day; of its first one where there was none."""
    return opened(day) if day.previous_close_ticks is None else day.previous_close_ticks


def first_id(day: DayStatistics) -> int:
    return day.first_trade_id or NO_TRADE_ID


def last_id(day: DayStatistics) -> int:
    return day.last_trade_id or NO_TRADE_ID


def change(market: Market, day: DayStatistics) -> str:
    return price_text(market, last(day) - opened(day))


def change_percent(day: DayStatistics) -> str:
    """Of the opening price, to the nearest thousandth, halves away from zero."""
    base, moved = opened(day), last(day) - opened(day)
    if not base:
        return format_atoms(0, _PERCENT_PLACES)
    thousandths = mul_div_floor(2 * abs(moved) * 100 * 10**_PERCENT_PLACES + base, 1, 2 * base)
    return format_atoms(thousandths if moved > 0 else -thousandths, _PERCENT_PLACES)


def average_price(market: Market, quote_atoms: int, lots: int) -> str:
    """By volume, to eight places, rounded down; zero without a trade."""
    if not lots:
        return format_atoms(0, _AVERAGE_PLACES)
    scale = 10 ** (_AVERAGE_PLACES + market.quantity_decimals)
    return format_atoms(mul_div_floor(quote_atoms, scale, lots * 10**market.quote_decimals), _AVERAGE_PLACES)
