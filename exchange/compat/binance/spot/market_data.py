"""What everybody may see: the house's clock, its symbols, books."""

import time
from typing import Any

from access.errors import ServiceUnavailable
from exchange.compat.binance.amounts import level_texts
from exchange.compat.binance.limits import rate_limits
from exchange.compat.binance.operations import Call, Operation
from exchange.compat.binance.parameters import Parameter, Values, flag, limit
from exchange.compat.binance.spot import candle_lists, trade_lists
from exchange.compat.binance.spot.exchange_info import SPOT, symbol_info
from exchange.compat.binance.spot.fresh_books import fresh_book
from exchange.compat.binance.spot.symbol_lists import (
    STATUS,
    SYMBOL,
    SYMBOLS,
    at_most_one,
    bad_combination,
    chosen_markets,
    names_text,
)
from exchange.compat.binance.symbols import market_of_symbol, symbol
from exchange.rendering import NS_PER_MS

MAX_DEPTH = 5_000
_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1_000, 50), (MAX_DEPTH, 250))


async def ping(call: Call) -> dict[str, Any]:
    return {}


async def server_time(call: Call) -> dict[str, Any]:
    return {"serverTime": now_ms()}


def now_ms() -> int:
    return time.time_ns() // NS_PER_MS


def exchange_info(call: Call) -> dict[str, Any]:
    values = call.values
    wanted = values["permissions"]
    markets = chosen_markets(values) if wanted is None or SPOT in wanted else []
    with_sets = values["showPermissionSets"]
    return {
        "timezone": "UTC",
        "serverTime": now_ms(),
        "rateLimits": rate_limits(),
        "exchangeFilters": [],
        "symbols": [symbol_info(market, with_permission_sets=with_sets) for market in markets],
    }


def _check_info(values: Values) -> None:
    at_most_one(values)
    is_named = values["symbol"] is not None or values["symbols"] is not None
    if is_named and (values["permissions"] is not None or values["symbolStatus"] is not None):
        raise bad_combination()


async def depth(call: Call) -> dict[str, Any]:
    """As the engine last sent it: at most so many levels as it sends."""
    market = await market_of_symbol(call.values["symbol"])
    book = await fresh_book(market.symbol)
    if book is None:  # a market has one from its beginning: Redis was emptied
        raise ServiceUnavailable("market data")
    number = call.values["limit"]
    return {
        "lastUpdateId": book.sequence,
        "bids": level_texts(book.bids[:number], market),
        "asks": level_texts(book.asks[:number], market),
    }


def _depth_weight(values: Values) -> int:
    return next(weight for most, weight in _DEPTH_WEIGHTS if values["limit"] <= most)


OPERATIONS: tuple[Operation, ...] = (
    Operation("binance.spot.ping", ping, http=("GET", "/api/v3/ping"), socket="ping"),
    Operation("binance.spot.time", server_time, http=("GET", "/api/v3/time"), socket="time"),
    Operation(
        "binance.spot.exchange_info",
        exchange_info,
        http=("GET", "/api/v3/exchangeInfo"),
        socket="exchangeInfo",
        parameters=(
            SYMBOL,
            SYMBOLS,
            Parameter("permissions", names_text),
            Parameter("showPermissionSets", flag, default=True),
            STATUS,
        ),
        weight=20,
        check=_check_info,
    ),
    Operation(
        "binance.spot.depth",
        depth,
        http=("GET", "/api/v3/depth"),
        socket="depth",
        parameters=(symbol(), limit(100, MAX_DEPTH)),
        weight=_depth_weight,
    ),
    *trade_lists.OPERATIONS,
    *candle_lists.OPERATIONS,
)
