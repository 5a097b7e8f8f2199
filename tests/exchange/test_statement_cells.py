"""CSV as RFC 4180 has it, which no spreadsheet takes for formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.statements.cells import csv_line, csv_lines


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx", "-", "-1.", "-1e5", "--1", "+5"]
)
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    (cells,) = csv.reader(io.StringIO(csv_line([text]).decode(), newline=""))
    assert cells == [f"'{text}"]


@pytest.mark.parametrize("text", ["-12.50000000", "-1", "0.1", "a-b", "TRADE", "0:12:1"])
def test_numbers_and_plain_words_stay_as_they_are(text: str) -> None:
    assert csv_line([text, None]) == f"{text},\r\n".encode()


def test_separators_quotes_and_line_ends_are_quoted() -> None:
    assert csv_line(['a,b"c', "d\r\ne", 5]) == b'"a,b""c","d\r\ne",5\r\n'


def test_rows_have_their_values_in_the_order_of_the_names() -> None:
    assert csv_lines(("b", "a"), [{"a": 1, "b": "x"}, {"a": 2, "b": None}]) == b"x,1\r\n,2\r\n"


LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


@given(cells=st.lists(st.text(LETTERS, min_size=1), min_size=1))
def test_a_reader_of_csv_gets_every_text_back(cells: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(csv_line(cells).decode(), newline=""))
    assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in cells]
