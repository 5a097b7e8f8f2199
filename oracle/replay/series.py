"""Recorded prices of one source, read from a file line by line. A bar's close is known at the bar's end."""

import csv
import gzip
import lzma
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from oracle.replay.failures import ReplayError
from oracle.rules.parsing import PriceError, parse_price

UNITS = {"s": 1_000, "ms": 1, "iso": 0}
MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class SeriesFormat:
    """`time` and `price` are names of columns, or their numbers from 1 in a file that has no header.

    `bar_ms` is added to each time: that of a bar is its beginning. 0 where times are those of the prices.
    """

    time: str | int
    price: str | int
    time_unit: str = "iso"
    bar_ms: int = 0

    @property
    def has_header(self) -> bool:
        return isinstance(self.time, str)


class Point(NamedTuple):
    """From `time_ms` on the price is known."""

    time_ms: int
    price_e8: int


def read_series(path: Path, form: SeriesFormat) -> Iterator[Point]:
    """In order of time. Raises ReplayError at the line that is wrong."""
    before_ms = -1
    reader = _rows(path)
    line, row = 0, [""]
    try:
        columns = _columns(path, form, reader)
        for line, row in reader:
            point = _point(row, columns, form)
            if point.time_ms <= before_ms:
                raise ReplayError(path, "this time is not after the one before", line)
            before_ms = point.time_ms
            yield point
    except (PriceError, ValueError, IndexError) as error:
        raise ReplayError(path, str(error), line) from error
    if not line:
        raise ReplayError(path, "there are no prices in it")


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with _opened(path) as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if row:
                    yield reader.line_num, row
    except (OSError, EOFError, lzma.LZMAError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise ReplayError(path, f"cannot be read: {error}") from error


def _opened(path: Path) -> IO[str]:
    match path.suffix:
        case ".xz":
            return lzma.open(path, "rt", encoding="utf-8", newline="")
        case ".gz":
            return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _columns(path: Path, form: SeriesFormat, rows: Iterator[tuple[int, list[str]]]) -> tuple[int, int]:
    if isinstance(form.time, int) and isinstance(form.price, int):
        return form.time - 1, form.price - 1
    header: Sequence[str] = next(rows, (1, []))[1]
    found = [header.index(str(name)) for name in (form.time, form.price) if name in header]
    if len(found) < 2:
        raise ReplayError(path, f"columns {form.time!r} and {form.price!r} are not both in its header", 1)
    return found[0], found[1]


def _point(row: Sequence[str], columns: tuple[int, int], form: SeriesFormat) -> Point:
    time_column, price_column = columns
    if len(row) <= max(columns):
        raise ValueError(f"only {len(row)} columns")
    return Point(time_ms_of(row[time_column], form.time_unit) + form.bar_ms, parse_price(row[price_column]))


def time_ms_of(text: str, unit: str) -> int:
    """A time without an offset is UTC. Raises ValueError."""
    if unit != "iso":
        if not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS:
            raise ValueError(f"{text[:40]!r} is no time in {unit}")
        return int(text) * UNITS[unit]
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000
