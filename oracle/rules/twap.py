"""The time-weighted price: each counts for as long as it was the last one. Integer sums, rounded down."""

from collections import deque
from collections.abc import Sequence

POINT_MS = 1_000  # at most one point is kept of each second


def twap(points: Sequence[tuple[int, int]], start_ms: int, end_ms: int) -> int | None:
    """Of (time, price) in order of time, from `start_ms` to `end_ms`; what lies before the first point counts
    for nothing. None where no price is known by the end."""
    known = [point for point in points if point[0] <= end_ms]
    if not known:
        return None
    start_ms = max(start_ms, known[0][0])
    if start_ms >= end_ms:
        return known[-1][1]
    ends = [time_ms for time_ms, _ in known[1:]] + [end_ms]
    weighted = sum(
        price_e8 * (until_ms - max(since_ms, start_ms))
        for (since_ms, price_e8), until_ms in zip(known, ends, strict=True)
        if until_ms > start_ms
    )
    return weighted // (end_ms - start_ms)


class TwapWindow:
    """The prices of the last window, as (time, sum of price x ms up to it) at most once a second.

    Where two points are prices next to each other the result is exact; where more came in a second, the
    window begins with their mean.
    """

    __slots__ = ("_points", "_price_e8", "_time_ms", "cumulative")

    def __init__(self) -> None:
        self.cumulative = 0
        self._points: deque[tuple[int, int]] = deque()
        self._time_ms = 0
        self._price_e8 = 0

    def add(self, time_ms: int, price_e8: int, cumulative: int | None = None) -> None:
        """Times never go back. `cumulative`: what an earlier track had counted up to here."""
        if cumulative is not None:
            self.cumulative = cumulative
        elif self._points:
            self.cumulative += self._price_e8 * (time_ms - self._time_ms)
        self._time_ms, self._price_e8 = time_ms, price_e8
        if not self._points or time_ms // POINT_MS > self._points[-1][0] // POINT_MS:
            self._points.append((time_ms, self.cumulative))

    def value(self, now_ms: int, window_ms: int) -> tuple[int | None, int]:
        """The TWAP of the window that ends now, and how much of the window prices are known for."""
        points = self._points
        if not points:
            return None, 0
        start_ms = now_ms - window_ms
        while len(points) > 1 and points[1][0] <= start_ms:
            points.popleft()
        start_ms = max(start_ms, points[0][0])
        covered_ms = now_ms - start_ms
        if covered_ms <= 0:
            return self._price_e8, 0
        total = self.cumulative + self._price_e8 * (now_ms - self._time_ms) - self._sum_at(start_ms)
        return total // covered_ms, covered_ms

    def _sum_at(self, time_ms: int) -> int:
        """`time_ms` lies between the first point and the second, or after the only one."""
        since_ms, before = self._points[0]
        next_ms, after = self._points[1] if len(self._points) > 1 else (self._time_ms, self.cumulative)
        if time_ms >= next_ms:
            return after + self._price_e8 * (time_ms - next_ms)
        return before + (after - before) * (time_ms - since_ms) // (next_ms - since_ms)
