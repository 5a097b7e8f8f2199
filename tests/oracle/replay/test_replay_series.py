"""Recorded prices are read line by line, and a wrong line is named."""

import gzip
import lzma
from pathlib import Path

import pytest

from oracle.replay.failures import ReplayError
from oracle.replay.series import Point, SeriesFormat, read_series, time_ms_of

NUMBERED = SeriesFormat(time=1, price=2, time_unit="s")
NAMED = SeriesFormat(time="open_time", price="close", bar_ms=60_000)


def written(folder: Path, text: str, name: str = "prices.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_bars_close_is_known_at_the_bars_end(tmp_path: Path) -> None:
    path = written(tmp_path, "open,close,open_time\n1,45000.5,1970-01-01 00:01:00+00:00\n")
    assert list(read_series(path, NAMED)) == [Point(120_000, 4_500_050_000_000)]


def test_columns_may_be_numbered_where_there_is_no_header(tmp_path: Path) -> None:
    path = written(tmp_path, "1,100\n\n3,101\n")
    assert list(read_series(path, NUMBERED)) == [Point(1_000, 100 * 10**8), Point(3_000, 101 * 10**8)]


@pytest.mark.parametrize(("suffix", "squeeze"), [(".xz", lzma.compress), (".gz", gzip.compress)])
def test_it_reads_compressed_files(tmp_path: Path, suffix: str, squeeze: object) -> None:
    path = tmp_path / f"prices.csv{suffix}"
    assert callable(squeeze)
    path.write_bytes(squeeze(b"1,100\n"))
    assert len(list(read_series(path, NUMBERED))) == 1


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("1,100\n2,NaN\n", 2, "not a plain number"),
        ("1,100\n2,0\n", 2, "not a price"),
        ("1,100\n2,-5\n", 2, "not a plain number"),
        ("1,100\n2,\n", 2, "not a plain number"),
        ("1,100\n2\n", 2, "only 1 columns"),
        ("1,100\n1,100\n", 2, "not after the one before"),
        ("5,100\n\n4,100\n", 3, "not after the one before"),
        ("x,100\n", 1, "no time in s"),
        ("-1,100\n", 1, "no time in s"),
        ("1.5,100\n", 1, "no time in s"),
        ("9" * 16 + ",100\n", 1, "no time in s"),
        ("<html>\n", 1, "only 1 columns"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ReplayError, match=rf"prices.csv, line {line}: .*{words}"):
        list(read_series(written(tmp_path, text), NUMBERED))


def test_a_header_without_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="line 1: columns 'open_time' and 'close' are not both"):
        list(read_series(written(tmp_path, "open_time,last\n"), NAMED))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "no prices in it"),
        ("a.csv", b"\xff\xfe\x00", "cannot be read"),
        ("a.csv", b'1,"100\n', "cannot be read"),
        ("a.csv.xz", b"no xz at all", "cannot be read"),
        ("a.csv.xz", lzma.compress(b"1,100\n2,100\n")[:-8], "cannot be read"),
        ("a.csv.gz", b"no gzip", "cannot be read"),
        ("a.csv.gz", gzip.compress(b"1,100\n", mtime=0)[:10] + b"\xff" * 20, "cannot be read"),
    ],
)
def test_a_file_that_is_no_series_is_refused(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReplayError, match=words):
        list(read_series(path, NUMBERED))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"nowhere\.csv: cannot be read"):
        list(read_series(tmp_path / "nowhere.csv", NUMBERED))


@pytest.mark.parametrize(
    ("text", "unit", "time_ms"),
    [
        ("1584007140", "s", 1_584_007_140_000),
        ("1584007140001", "ms", 1_584_007_140_001),
        ("2020-03-12T09:59:00Z", "iso", 1_584_007_140_000),
        ("2020-03-12 09:59:00", "iso", 1_584_007_140_000),
        ("2020-03-12T10:59:00.250+01:00", "iso", 1_584_007_140_250),
        ("1969-12-31T23:59:59.999Z", "iso", -1),
    ],
)
def test_times_are_read_exactly(text: str, unit: str, time_ms: int) -> None:
    assert time_ms_of(text, unit) == time_ms
