"""The intervals that lists of candles are asked for in, and how stored bars fill them. Pure.

Half-open and in UTC; a week begins on Monday, a month with its first day. An interval in which nothing
happened has the close before it; before anything ever happened there is none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
WEEK_S = 7 * DAY_S
MONDAY_S = 4 * DAY_S  # time began on a Thursday
MAX_CANDLES = 1_000
_FIRST_DAY = date(1970, 1, 1).toordinal()
_LATEST_S = 200_000_000_000  # the year 8307: what is asked for beyond is as good as this


class _Bar(Protocol):
    @property
    def start_s(self) -> int: ...


Bar = TypeVar("Bar", bound=_Bar)


@dataclass(frozen=True, slots=True)
class Interval:
    """`stored_s`: the stored bars that it is made of. `width_s` 0: a calendar month. `offset_s`: how much
    later than the epoch, or than midnight, it begins."""

    name: str
    stored_s: int
    width_s: int
    offset_s: int = 0

    def start(self, second: int) -> int:
        """The beginning of the interval that the second is in."""
        if self.width_s:
            return second - (second - self.offset_s) % self.width_s
        day = date.fromordinal(_FIRST_DAY + (second - self.offset_s) // DAY_S)
        return _midnight(day.replace(day=1)) + self.offset_s

    def after(self, start_s: int, number: int = 1) -> int:
        """The beginning of the interval that is so many after (below 0: before) the one that begins here."""
        if self.width_s:
            return start_s + number * self.width_s
        day = date.fromordinal(_FIRST_DAY + (start_s - self.offset_s) // DAY_S)
        years, month = divmod(day.month - 1 + number, 12)
        return _midnight(date(day.year + years, month + 1, 1)) + self.offset_s

    def from_on(self, milliseconds: int) -> int:
        """The first beginning of an interval that is not before this time."""
        seconds = -(-milliseconds // 1_000)
        start_s = self.start(min(seconds, _LATEST_S))
        return start_s if start_s == seconds else self.after(start_s)


def _midnight(day: date) -> int:
    return (day.toordinal() - _FIRST_DAY) * DAY_S


class Wanted(NamedTuple):
    """Which candles are asked for: see `span`. Times are ms."""

    start_ms: int | None
    end_ms: int | None
    limit: int
    now_ms: int


def span(kind: Interval, first_s: int, wanted: Wanted) -> tuple[int, int] | None:
    """At most `limit` (and never over MAX_CANDLES) intervals that begin in [start_ms, end_ms), as seconds.

    With a start the first ones from there, without one the last ones before the end; without an end up to the
    one that `now_ms` is in; none before the one that `first_s` is in. None where there is none.
    """
    limit = min(wanted.limit, MAX_CANDLES)
    end_s = kind.after(kind.start(wanted.now_ms // 1_000))
    if wanted.end_ms is not None:
        end_s = min(end_s, kind.from_on(max(wanted.end_ms, 0)))
    oldest = kind.start(first_s)
    if wanted.start_ms is None:
        start_s = max(oldest, kind.after(end_s, -limit))
    else:
        start_s = max(oldest, kind.from_on(min(max(wanted.start_ms, 0), end_s * 1_000)))
    if start_s >= end_s or limit < 1:
        return None
    return start_s, min(end_s, kind.after(start_s, limit))


def filled(
    bars: Iterable[Bar],
    kind: Interval,
    span_s: tuple[int, int],
    *,
    before: Bar | None,
    merged: Callable[[int, Sequence[Bar]], Bar],
    empty: Callable[[int, Bar], Bar],
) -> list[Bar]:
    """The candles that begin in [start, end) of `span_s`, both at an interval's beginning, from bars of that
    time in its order.

    `before` is the last bar before. `merged` makes one bar of several, `empty` one of nothing after another.
    """
    groups: dict[int, list[Bar]] = {}
    for bar in bars:
        groups.setdefault(kind.start(bar.start_s), []).append(bar)
    found: list[Bar] = []
    start_s, end_s = span_s
    while start_s < end_s:
        if start_s in groups:
            found.append(merged(start_s, groups[start_s]))
            before = found[-1]
        elif before is not None:
            found.append(empty(start_s, before))
        start_s = kind.after(start_s)
    return found
