"""What was: candles of the accepted prices, and their time-weighted average over any window."""

from typing import NamedTuple

from django.db import connection

from access.intervals import DAY_S, HOUR_S, MINUTE_S, MONDAY_S, WEEK_S, Interval, Wanted, filled, span
from oracle.models import Minute, Round
from oracle.selectors import accepted_until

INTERVALS: dict[str, Interval] = {
    one.name: one
    for one in (
        Interval("1m", MINUTE_S, MINUTE_S),
        Interval("5m", MINUTE_S, 5 * MINUTE_S),
        Interval("15m", MINUTE_S, 15 * MINUTE_S),
        Interval("1h", MINUTE_S, HOUR_S),
        Interval("4h", MINUTE_S, 4 * HOUR_S),
        Interval("1d", MINUTE_S, DAY_S),
        Interval("1w", MINUTE_S, WEEK_S, MONDAY_S),
    )
}
MAX_MINUTES = 500_000  # that one list of candles is made of: 347 days or 49 weeks
# The ends of each group are looked up by their key: joined, all of the table would be read.
_SUMS = """
    SELECT (place * %(width)s + %(offset)s) / 1000,
           (SELECT open_e8 FROM oracle_minute WHERE start_ms = first), high, low,
           (SELECT close_e8 FROM oracle_minute WHERE start_ms = last), rounds::bigint, simulated
    FROM (
        SELECT (start_ms - %(offset)s) / %(width)s AS place, min(start_ms) AS first, max(start_ms) AS last,
               max(high_e8) AS high, min(low_e8) AS low, sum(rounds) AS rounds,
               bool_or(is_simulated) AS simulated
        FROM oracle_minute WHERE start_ms >= %(start)s AND start_ms < %(end)s GROUP BY place
    ) AS groups
    ORDER BY place
"""


class Bar(NamedTuple):
    """One candle of accepted prices; `rounds` 0: nothing was accepted, the close before stands."""

    start_s: int
    open_e8: int
    high_e8: int
    low_e8: int
    close_e8: int
    rounds: int
    is_simulated: bool


def candles(*, interval: str, wanted: Wanted) -> list[Bar]:
    """As `access.intervals.span` cuts them, oldest first. `interval` is a key of INTERVALS, else KeyError."""
    kind = INTERVALS[interval]
    first = Minute.objects.order_by("start_ms").values_list("start_ms", flat=True).first()
    if first is None:
        return []
    most = MAX_MINUTES * MINUTE_S // kind.width_s
    found = span(kind, first // 1_000, wanted._replace(limit=min(wanted.limit, most)))
    if found is None:
        return []
    return filled(
        _bars(kind, *found),
        kind,
        found,
        before=_bar_before(found[0]),
        merged=lambda _, bars: bars[0],
        empty=_empty,
    )


def _empty(start_s: int, last: Bar) -> Bar:
    close_e8 = last.close_e8
    return Bar(start_s, close_e8, close_e8, close_e8, close_e8, 0, last.is_simulated)


def _bars(kind: Interval, start_s: int, end_s: int) -> list[Bar]:
    milliseconds = {"width": kind.width_s, "offset": kind.offset_s, "start": start_s, "end": end_s}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {name: seconds * 1_000 for name, seconds in milliseconds.items()})
        return [Bar._make(row) for row in cursor.fetchall()]


def _bar_before(start_s: int) -> Bar | None:
    row = Minute.objects.filter(start_ms__lt=start_s * 1_000).order_by("-start_ms").first()
    if row is None:
        return None
    return Bar(
        row.start_ms // 1_000,
        row.open_e8,
        row.high_e8,
        row.low_e8,
        row.close_e8,
        row.rounds,
        row.is_simulated,
    )


class Average(NamedTuple):
    """`price_e8` None: no price of the window is known. Of [start, end] prices cover `covered_ms`."""

    price_e8: int | None
    start_ms: int
    end_ms: int
    covered_ms: int
    is_simulated: bool


def twap_of(*, window_ms: int, end_ms: int) -> Average:
    """Of the window that ends at `end_ms`, or with the latest round where that is before: each accepted price
    counts for as long as it was the last one. Exact, for the sums are stored; rounded down."""
    latest = Round.objects.order_by("-id").values_list("time_ms", flat=True).first()
    end_ms = end_ms if latest is None else min(end_ms, latest)
    start_ms = end_ms - window_ms
    last = accepted_until(end_ms).first()
    if last is None:
        return Average(None, start_ms, end_ms, 0, is_simulated=False)
    first = accepted_until(start_ms).first() or accepted_until(end_ms).last()
    assert first is not None
    covered_ms = end_ms - max(start_ms, first.time_ms)
    made_up = Minute.objects.filter(
        start_ms__gt=max(start_ms, first.time_ms) - MINUTE_S * 1_000, start_ms__lte=end_ms, is_simulated=True
    )
    if covered_ms == 0:
        average_e8 = last.price_e8
    else:
        average_e8 = (_sum_at(last, end_ms) - _sum_at(first, end_ms - covered_ms)) // covered_ms
    # The first may be the last price of a minute long before the window.
    is_simulated = first.is_simulated or last.is_simulated or made_up.exists()
    return Average(average_e8, start_ms, end_ms, covered_ms, is_simulated)


def _sum_at(accepted: Round, time_ms: int) -> int:
    """Of price x ms, up to a time at which this accepted price was the last one."""
    assert accepted.price_e8 is not None
    return int(accepted.cumulative) + accepted.price_e8 * (time_ms - accepted.time_ms)
