"""Prices of markets: last, best, average; statistics of the last 24 hours, a trading day, any window."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from access.intervals import DAY_S, HOUR_S, MINUTE_S
from access.threads import in_thread
from exchange.api.session import read_books
from exchange.compat.binance import refusals
from exchange.compat.binance.amounts import price_text
from exchange.compat.binance.operations import Call, Operation
from exchange.compat.binance.parameters import Parameter, Values, choice
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot import ticker_words
from exchange.compat.binance.spot.symbol_lists import (
    CHOSEN,
    at_most_one,
    chosen_markets,
    exactly_one,
    one_or_list,
    weight_by_number,
    weight_each,
)
from exchange.compat.binance.spot.time_zones import TIME_ZONE
from exchange.compat.binance.symbols import find_by_symbol, symbol, symbol_of
from exchange.models import Market
from exchange.rendering import NS_PER_MS
from exchange.selectors_candles import traded_since
from exchange.selectors_trades import last_trades
from exchange.tickers import (
    NO_TRADE,
    DayStatistics,
    day_since_s,
    day_statistics,
    statistics_since,
)

AVERAGE_MINUTES = 5
_FULL = "FULL"
_WINDOW = r"^([1-9][0-9]?)([mhd])$"
_WINDOW_LIMITS = {"m": (59, MINUTE_S), "h": (23, HOUR_S), "d": (7, DAY_S)}
_LEGAL_WINDOW = re.compile(_WINDOW, re.ASCII)


def window_seconds(name: str, text: str) -> int:
    """1m to 59m, 1h to 23h, 1d to 7d. Raises Refusal."""
    form = _LEGAL_WINDOW.fullmatch(text)
    if form is None:
        raise refusals.illegal_characters(name, _WINDOW)
    most, unit_s = _WINDOW_LIMITS[form[2]]
    if int(form[1]) > most:
        raise refusals.invalid_data(name)
    return int(form[1]) * unit_s


async def day(call: Call) -> object:
    """Of all markets as of a second ago at most; of those that are named as of now."""
    values = call.values
    now_ms, since_s = _now_ms(), day_since_s()
    markets, days = await in_thread(_day, values, since_s)
    books = await read_books([market.symbol for market in markets]) if values["type"] == _FULL else []
    shown = []
    for at, market in enumerate(markets):
        found = days.get(market.pk, NO_TRADE)
        one = _statistic(market, found, values, since_s * 1_000, now_ms)
        if books:
            one = {**one, **ticker_words.day_only(market, found, books[at])}
        shown.append(one)
    return one_or_list(values, shown)


def _day(values: Values, since_s: int) -> tuple[list[Market], Mapping[int, DayStatistics]]:
    markets = chosen_markets(values)
    if values["symbol"] is None and values["symbols"] is None:
        return markets, day_statistics()
    return markets, statistics_since([market.pk for market in markets], since_s)


def trading_day(call: Call) -> object:
    """From midnight in the time zone to the next one."""
    ahead_s = call.values["timeZone"]
    now_s = int(time.time()) + ahead_s
    since_s = now_s - now_s % DAY_S - ahead_s
    return _since(call.values, since_s, (since_s + DAY_S) * 1_000 - 1)


def rolling(call: Call) -> object:
    """From a whole minute on until now."""
    now_ms = _now_ms()
    now_s = now_ms // 1_000
    return _since(call.values, now_s - now_s % MINUTE_S - call.values["windowSize"], now_ms)


def _since(values: Values, since_s: int, close_ms: int) -> object:
    markets = chosen_markets(values)
    found = statistics_since([market.pk for market in markets], since_s)
    shown = [
        _statistic(market, found.get(market.pk, NO_TRADE), values, since_s * 1_000, close_ms)
        for market in markets
    ]
    return one_or_list(values, shown)


def _statistic(
    market: Market, found: DayStatistics, values: Values, open_ms: int, close_ms: int
) -> dict[str, Any]:
    shown = ticker_words.statistic(market, found, open_ms, close_ms)
    return {**shown, **ticker_words.movement(market, found)} if values["type"] == _FULL else shown


def price(call: Call) -> object:
    """Of the last trade; zero before the first."""
    markets = chosen_markets(call.values)
    traded = last_trades([market.pk for market in markets])
    shown: list[dict[str, object]] = []
    for market in markets:
        last = traded.get(market.pk)
        ticks = last.price_ticks if last is not None else 0
        shown.append({"symbol": symbol_of(market), "price": price_text(market, ticks)})
    return one_or_list(call.values, shown)


async def best(call: Call) -> object:
    markets = await in_thread(chosen_markets, call.values)
    books = await read_books([market.symbol for market in markets])
    return one_or_list(
        call.values,
        [
            {"symbol": symbol_of(market), **ticker_words.best_levels(market, book)}
            for market, book in zip(markets, books, strict=True)
        ],
    )


def average(call: Call) -> dict[str, Any]:
    """By volume, over the last minutes; where they have no trade, the price of the last one."""
    return average_of(find_by_symbol(call.values["symbol"]))


def average_of(market: Market) -> dict[str, Any]:
    """Blocks on the database."""
    last = last_trades([market.pk]).get(market.pk)
    if last is None:
        return _average(ticker_words.average_price(market, 0, 0), 0)
    lots, atoms = traded_since(market, int(time.time()) - AVERAGE_MINUTES * MINUTE_S)
    if not lots:
        lots, atoms = last.quantity_lots, last.notional_atoms
    return _average(ticker_words.average_price(market, atoms, lots), last.timestamp_ns // NS_PER_MS)


def _average(shown: str, close_ms: int) -> dict[str, Any]:
    return {"mins": AVERAGE_MINUTES, "price": shown, "closeTime": close_ms}


def _now_ms() -> int:
    return time.time_ns() // NS_PER_MS


_TYPE = Parameter("type", choice((_FULL, "MINI"), Refusal(-1139, "Invalid ticker type.")), default=_FULL)


def _operation(name: str, path: str, method: str, run: Any, **rest: Any) -> Operation:
    parameters: Sequence[Parameter] = rest.pop("more", ())
    return Operation(
        f"binance.spot.{name}",
        run,
        http=("GET", f"/api/v3/{path}"),
        socket=method,
        parameters=(*CHOSEN, *parameters),
        **rest,
    )


_PRICES = {"weight": weight_by_number(2, 4, 4, some_from=1), "check": at_most_one}
_WINDOWS = {"weight": weight_each(4, 200), "check": exactly_one}

OPERATIONS: tuple[Operation, ...] = (
    _operation(
        "ticker_day",
        "ticker/24hr",
        "ticker.24hr",
        day,
        more=(_TYPE,),
        weight=weight_by_number(2, 40, 80, some_from=21),
        check=at_most_one,
    ),
    _operation(
        "ticker_trading_day",
        "ticker/tradingDay",
        "ticker.tradingDay",
        trading_day,
        more=(TIME_ZONE, _TYPE),
        **_WINDOWS,
    ),
    _operation(
        "ticker_window",
        "ticker",
        "ticker",
        rolling,
        more=(Parameter("windowSize", window_seconds, default=DAY_S), _TYPE),
        **_WINDOWS,
    ),
    _operation("ticker_price", "ticker/price", "ticker.price", price, **_PRICES),
    _operation("ticker_best", "ticker/bookTicker", "ticker.book", best, **_PRICES),
    Operation(
        "binance.spot.average_price",
        average,
        http=("GET", "/api/v3/avgPrice"),
        socket="avgPrice",
        parameters=(symbol(),),
        weight=2,
    ),
)
