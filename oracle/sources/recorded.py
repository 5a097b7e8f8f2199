"""A recorded file played against the clock, again and again: for trying things, never for business.

The file is `NAME.csv` in the folder of recordings, with a header `time_ms,price` or
`time_ms,price,confidence`, rows in the order of their times. Its quotes count as simulated.
"""

import csv
from bisect import bisect_right
from pathlib import Path

from oracle.rules.names import NoSource, SourceName
from oracle.rules.quotes import Absent, Quote
from oracle.sources.shapes import confidence_of, now_ms, price_of, time_of
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings

MAX_ROWS = 1_000_000
_COLUMNS = (["time_ms", "price"], ["time_ms", "price", "confidence"])


class Recorded:
    """Where in the file it is, follows from the time alone, so that every process plays the same."""

    def __init__(self, text: str, name: SourceName, around: Surroundings) -> None:
        if around.recordings is None:
            raise NoSource(f"{text} needs a folder of recordings")
        self.name = text
        self.base = name.base
        self.currency = name.currency
        self._rows = _read(around.recordings / f"{name.label}.csv", text)
        self._times = [row[0] for row in self._rows]
        self._length_ms = self._times[-1] - self._times[0] + 1

    async def fetch(self) -> Quote:
        return self.at(now_ms())

    def at(self, time_ms: int) -> Quote:
        began_ms = time_ms - time_ms % self._length_ms
        place = bisect_right(self._times, self._times[0] + time_ms - began_ms) - 1
        recorded_ms, price_e8, confidence_e8 = self._rows[place]
        return Quote(
            source=self.name,
            base=self.base,
            currency=self.currency,
            price_e8=price_e8,
            time_ms=began_ms + recorded_ms - self._times[0],
            confidence_e8=confidence_e8,
            simulated=True,
        )

    async def close(self) -> None:
        """Nothing is open."""


def _read(path: Path, text: str) -> list[tuple[int, int, int | None]]:
    """Raises NoSource with the line that is wrong."""
    rows: list[tuple[int, int, int | None]] = []
    line = 1
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = csv.reader(file)
            if next(lines, None) not in _COLUMNS:
                raise NoSource(f"{text}: the file must begin with time_ms,price or time_ms,price,confidence")
            for line, cells in enumerate(lines, start=2):
                rows.append(_row(cells))
                if len(rows) > MAX_ROWS or (len(rows) > 1 and rows[-2][0] >= rows[-1][0]):
                    raise NoSource(f"{text}: line {line} is one too many or not later than the one before")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NoSource(f"{text}: {path.name} cannot be read: {type(error).__name__}") from error
    except (SourceFailure, ValueError) as error:
        raise error if isinstance(error, NoSource) else NoSource(f"{text}: line {line} is wrong") from error
    if not rows:
        raise NoSource(f"{text}: the file is empty")
    return rows


def _row(cells: list[str]) -> tuple[int, int, int | None]:
    if len(cells) not in (2, 3):
        raise SourceFailure(Absent.MALFORMED)
    confidence = cells[2] if len(cells) == 3 else ""
    return time_of(cells[0]), price_of(cells[1]), confidence_of(confidence) if confidence else None
