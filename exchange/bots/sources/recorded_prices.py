"""Recorded prices played against the clock, again and again, for a market that is made up around them.

The file has a header and a price in its second column; the first is a time: `time_ms`, or seconds.
"""

import asyncio
import csv
from bisect import bisect_right
from itertools import pairwise
from pathlib import Path

from exchange.bots.rules.units import e8_of

MOST_ROWS = 1_000_000


class NoRecording(ValueError):
    """The file is none; the message says where."""


class RecordedPrices:
    """Where in the file it is follows from the time alone."""

    def __init__(self, path: Path) -> None:
        self._rows = _read(path)
        self._times = [time_ms for time_ms, _ in self._rows]
        self._length_ms = self._times[-1] - self._times[0] + 1

    async def run(self) -> None:
        await asyncio.Event().wait()

    def price_e8(self, time_ms: int) -> int | None:
        place = bisect_right(self._times, self._times[0] + time_ms % self._length_ms) - 1
        return self._rows[place][1]


def _read(path: Path) -> list[tuple[int, int]]:
    """Raises NoRecording."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file)
        scale = 1 if header[0] == "time_ms" else 1_000
        rows = [(int(line[0]) * scale, e8_of(line[1])) for line in lines]
    except (OSError, ValueError, IndexError) as error:
        raise NoRecording(f"{path} has no recorded prices: {error}") from error
    if not rows or len(rows) > MOST_ROWS or min(price for _, price in rows) < 1:
        raise NoRecording(f"{path} has no rows, too many, or a price of nothing")
    if any(later[0] <= earlier[0] for earlier, later in pairwise(rows)):
        raise NoRecording(f"{path} is not in the order of its times")
    return rows
