"""The names of market streams: `btcusdb@depth5@100ms`, `!miniTicker@arr`. Pure. Symbols are in lower case."""

import re
from enum import StrEnum
from typing import NamedTuple

from exchange.candles import INTERVALS

MAX_NAME_LENGTH = 64


class Kind(StrEnum):
    DIFFS = "depth"
    PARTIAL = "partial"
    TRADES = "trade"
    AGGREGATES = "aggTrade"
    KLINES = "kline"
    TICKER = "ticker"
    MINI_TICKER = "miniTicker"
    BOOK_TICKER = "bookTicker"
    AVERAGE = "avgPrice"


class StreamName(NamedTuple):
    """`symbol` in upper case; "" for every symbol. `levels`: of a partial book. `is_fast`: each 100 ms, not
    each second. `interval`: of candles; of a ticker the time that it looks back on."""

    text: str
    symbol: str
    kind: Kind
    levels: int = 0
    is_fast: bool = False
    interval: str = ""


_OF_SYMBOL = re.compile(r"([a-z0-9]{1,20})@(\w+)(@\w+)?", re.ASCII)
_PLAIN = {
    kind.value: kind
    for kind in (
        Kind.TRADES,
        Kind.AGGREGATES,
        Kind.TICKER,
        Kind.MINI_TICKER,
        Kind.BOOK_TICKER,
        Kind.AVERAGE,
    )
}
_BOOKS = {"depth": 0, "depth5": 5, "depth10": 10, "depth20": 20}
_SPEEDS = {"": False, "@1000ms": False, "@100ms": True}
WINDOWS = ("1h", "4h", "1d")
_OF_ALL = {
    "!ticker@arr": (Kind.TICKER, ""),
    # python-binance asks for a speed, which Binance takes and its documentation does not name.
    **{f"!miniTicker@arr{speed}": (Kind.MINI_TICKER, "") for speed in ("", "@1000ms", "@3000ms")},
    **{f"!ticker_{window}@arr": (Kind.TICKER, window) for window in WINDOWS},
}


def read_name(text: str) -> StreamName | None:
    """None: no stream has such a name."""
    if text in _OF_ALL:
        kind_of_all, window = _OF_ALL[text]
        return StreamName(text, "", kind_of_all, interval=window)
    match = _OF_SYMBOL.fullmatch(text) if len(text) <= MAX_NAME_LENGTH else None
    if match is None:
        return None
    symbol, kind, speed = match[1].upper(), match[2], match[3] or ""
    if kind in _BOOKS and speed in _SPEEDS:
        levels = _BOOKS[kind]
        return StreamName(text, symbol, Kind.PARTIAL if levels else Kind.DIFFS, levels, _SPEEDS[speed])
    if speed:
        return None
    if kind in _PLAIN:
        return StreamName(text, symbol, _PLAIN[kind])
    kind, _, interval = kind.partition("_")
    if kind == "kline" and interval in INTERVALS:
        return StreamName(text, symbol, Kind.KLINES, interval=interval)
    if kind == "ticker" and interval in WINDOWS:
        return StreamName(text, symbol, Kind.TICKER, interval=interval)
    return None
