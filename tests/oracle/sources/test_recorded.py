"""A recording is played against the clock, round and round, the same in every process."""

from pathlib import Path

import pytest

from oracle.rules.names import NoSource, read_name
from oracle.sources.recorded import Recorded
from oracle.sources.surroundings import Surroundings

HEADER = "time_ms,price\n"
ROWS = "time_ms,price,confidence\n5000,100,1.5\n6000,101,\n8000,102.00000001,0\n"


def recorded(folder: Path, text: str) -> Recorded:
    (folder / "it.csv").write_text(text)
    return Recorded("recorded:it", read_name("recorded:it"), Surroundings(recordings=folder))


def test_it_plays_the_rows_at_their_distances(tmp_path: Path) -> None:
    source = recorded(tmp_path, ROWS)
    length_ms = 3001  # from the first row to the last one, which lasts a millisecond
    began_ms = 400_000 * length_ms
    places = {0: 100, 999: 100, 1000: 101, 2999: 101, 3000: 102, length_ms: 100}
    assert {at: source.at(began_ms + at).price_e8 // 10**8 for at in places} == places


def test_a_quote_is_of_the_time_at_which_its_row_was_played(tmp_path: Path) -> None:
    quote = recorded(tmp_path, ROWS).at(3001 * 7 + 2500)
    assert quote.time_ms == 3001 * 7 + 1000
    assert quote.simulated


def test_a_confidence_may_be_missing(tmp_path: Path) -> None:
    source = recorded(tmp_path, ROWS)
    assert [source.at(at).confidence_e8 for at in (0, 1000, 3000)] == [150_000_000, None, 0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEADER,
        "a,b\n1,2\n",
        HEADER + "1000\n",
        HEADER + "1000,2,3,4\n",
        HEADER + "1000,NaN\n",
        HEADER + "1000,-1\n",
        HEADER + "1000,1e999999\n",
        HEADER + "x,1\n",
        HEADER + "2000,1\n1000,1\n",
        HEADER + "1000,1\n1000,1\n",
    ],
)
def test_a_file_that_is_no_recording_is_refused_at_once(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoSource):
        recorded(tmp_path, text)


def test_a_line_that_is_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSource, match="line 3"):
        recorded(tmp_path, HEADER + "1000,1\n2000,none\n")
