"""Candles: what trades come to per interval of time. Pure: folds trades into what is stored, and what is
stored into any interval (see `access.intervals`); it reads and writes nothing.

An interval without a trade has the close before it as its four prices, and no volume.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from access.intervals import DAY_S, HOUR_S, MINUTE_S, MONDAY_S, WEEK_S, Interval, filled
from exchange.engine.types import Side
from exchange.rules import STORED_INTERVALS_S

NS = 10**9


class Bar(NamedTuple):
    """One candle. `start_s` is seconds UTC; `taker_buy_*` is the part of the volume that buyers took. Trade
    ids are dense, so the first one's and their number say which they are; 0: none, or it is not known."""

    start_s: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume_lots: int
    volume_quote_atoms: int
    taker_buy_lots: int
    taker_buy_quote_atoms: int
    trades: int
    first_trade_id: int

    @property
    def last_trade_id(self) -> int:
        return self.first_trade_id + self.trades - 1 if self.first_trade_id else 0


def _fixed(stored_s: int, unit: str, numbers: Sequence[int]) -> list[Interval]:
    return [Interval(f"{number}{unit}", stored_s, number * stored_s) for number in numbers]


INTERVALS: dict[str, Interval] = {
    interval.name: interval
    for interval in (
        *_fixed(1, "s", (1, 5, 15, 30)),
        *_fixed(MINUTE_S, "m", (1, 3, 5, 15, 30)),
        *_fixed(HOUR_S, "h", (1, 2, 4, 6, 8, 12)),
        *_fixed(DAY_S, "d", (1, 3)),
        Interval("1w", DAY_S, WEEK_S, MONDAY_S),
        Interval("1M", DAY_S, 0),
    )
}


def in_time_zone(kind: Interval, ahead_s: int) -> Interval:
    """The same interval where clocks are so much ahead of UTC: whole minutes, of either sign."""
    offset_s = kind.offset_s - ahead_s
    if kind.width_s:
        offset_s %= kind.width_s
    stored_s = max(width for width in STORED_INTERVALS_S if width <= kind.stored_s and offset_s % width == 0)
    return Interval(kind.name, stored_s, kind.width_s, offset_s)


def widths_of(kind: Interval) -> list[int]:
    """The stored intervals that can be inside of it, widest first."""
    most = kind.width_s or DAY_S
    return [width for width in reversed(STORED_INTERVALS_S) if kind.stored_s <= width <= most]


def merged(start_s: int, bars: Sequence[Bar]) -> Bar:
    """These bars, in the order of time, as one."""
    sums = (sum(column) for column in list(zip(*bars, strict=True))[5:10])
    prices = (
        bars[0].open_ticks,
        max(bar.high_ticks for bar in bars),
        min(bar.low_ticks for bar in bars),
        bars[-1].close_ticks,
    )
    return Bar._make((start_s, *prices, *sums, bars[0].first_trade_id))


def empty(start_s: int, close_ticks: int) -> Bar:
    return Bar(start_s, close_ticks, close_ticks, close_ticks, close_ticks, 0, 0, 0, 0, 0, 0)


def aggregate(
    bars: Iterable[Bar], interval: Interval, *, start_s: int, end_s: int, previous_close: int | None
) -> list[Bar]:
    """The candles that begin in [start_s, end_s), both at an interval's beginning, from bars of that time.

    `previous_close` is that of the last trade before; None where there was none.
    """
    before = None if previous_close is None else empty(start_s, previous_close)
    return filled(
        bars,
        interval,
        (start_s, end_s),
        before=before,
        merged=merged,
        empty=lambda empty_s, last: empty(empty_s, last.close_ticks),
    )


def stored_bars(trades: Iterable[tuple[Any, ...]]) -> list[tuple[int, int, Bar]]:
    """(market id, stored interval, bar) of trades in the order of time, each as `projection` has its row."""
    seconds: dict[tuple[int, int], list[int]] = {}
    for row in trades:
        _add(seconds, row[1], row[2], row[4], row[9], row[10], row[11], row[12])
    by_second = [(market, Bar(second, *totals)) for (market, second), totals in seconds.items()]
    if len(by_second) == 1:  # a batch of one market: all intervals have the same totals
        market, bar = by_second[0]
        return [
            (market, width, bar._replace(start_s=bar.start_s - bar.start_s % width))
            for width in STORED_INTERVALS_S
        ]
    found = []
    for width in STORED_INTERVALS_S:
        groups: dict[tuple[int, int], list[Bar]] = {}
        for market, bar in by_second:
            groups.setdefault((market, bar.start_s - bar.start_s % width), []).append(bar)
        found += [(market, width, merged(start_s, bars)) for (market, start_s), bars in groups.items()]
    return found


def _add(
    seconds: dict[tuple[int, int], list[int]],
    market: int,
    trade_id: int,
    timestamp_ns: int,
    taker_side: int,
    price: int,
    lots: int,
    notional: int,
) -> None:
    totals = seconds.get((market, timestamp_ns // NS))
    if totals is None:
        totals = seconds[market, timestamp_ns // NS] = [price, price, price, price, 0, 0, 0, 0, 0, trade_id]
    if price > totals[1]:
        totals[1] = price
    if price < totals[2]:
        totals[2] = price
    totals[3] = price
    totals[4] += lots
    totals[5] += notional
    if taker_side == Side.BUY:
        totals[6] += lots
        totals[7] += notional
    totals[8] += 1
