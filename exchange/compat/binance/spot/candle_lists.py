"""Candles as arrays, and the average price of the last minutes."""

import time
from typing import Any

from access.intervals import HOUR_S, MAX_CANDLES
from exchange.candles import INTERVALS, Bar, in_time_zone
from exchange.compat.binance.amounts import price_text, quantity_text, quote_text
from exchange.compat.binance.operations import Call, Operation
from exchange.compat.binance.parameters import Parameter, choice, limit, time_ms
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.time_zones import TIME_ZONE
from exchange.compat.binance.symbols import find_by_symbol, symbol
from exchange.models import Market
from exchange.rendering import NS_PER_MS
from exchange.selectors_candles import candles_of

# The house has more of them; Binance's clients know these.
BINANCE_INTERVALS = tuple(name for name in INTERVALS if name not in ("5s", "15s", "30s"))
MAX_OFF_THE_HOUR = 500  # where days begin between two stored hours: each edge is read by the minute


def candle_array(bar: Bar, end_s: int, market: Market) -> list[Any]:
    """`end_s`: where the next one begins."""
    return [
        bar.start_s * 1_000,
        price_text(market, bar.open_ticks),
        price_text(market, bar.high_ticks),
        price_text(market, bar.low_ticks),
        price_text(market, bar.close_ticks),
        quantity_text(market, bar.volume_lots),
        end_s * 1_000 - 1,
        quote_text(market, bar.volume_quote_atoms),
        bar.trades,
        quantity_text(market, bar.taker_buy_lots),
        quote_text(market, bar.taker_buy_quote_atoms),
        "0",
    ]


def candles(call: Call) -> list[list[Any]]:
    """Those that begin in the time that is asked for, its end included; in UTC whatever the time zone."""
    values = call.values
    market = find_by_symbol(values["symbol"])
    kind = in_time_zone(INTERVALS[values["interval"]], values["timeZone"])
    end_ms = values["endTime"]
    bars = candles_of(
        market=market,
        interval=kind,
        start_ms=values["startTime"],
        end_ms=None if end_ms is None else end_ms + 1,
        limit=min(values["limit"], MAX_OFF_THE_HOUR) if values["timeZone"] % HOUR_S else values["limit"],
        now_ms=time.time_ns() // NS_PER_MS,
    )
    return [candle_array(bar, kind.after(bar.start_s), market) for bar in bars]


INTERVAL = Parameter("interval", choice(BINANCE_INTERVALS, Refusal(-1120, "Invalid interval.")), True)
_PARAMETERS = (
    symbol(),
    INTERVAL,
    time_ms("startTime"),
    time_ms("endTime"),
    TIME_ZONE,
    limit(500, MAX_CANDLES),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "binance.spot.klines",
        candles,
        http=("GET", "/api/v3/klines"),
        socket="klines",
        parameters=_PARAMETERS,
        weight=2,
    ),
    Operation(
        "binance.spot.ui_klines",
        candles,
        http=("GET", "/api/v3/uiKlines"),
        socket="uiKlines",
        parameters=_PARAMETERS,
        weight=2,
    ),
)
