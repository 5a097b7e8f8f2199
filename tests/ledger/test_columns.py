"""Columns reach PostgreSQL as they are, whatever stands in them."""

import pytest

from exchange.connections import engine_connection
from ledger.columns import integers, integers_or_nulls, texts

pytestmark = pytest.mark.django_db

HARD = ["", "null", "NULL", "a,b", "{x}", '"', "\\", '\\"', " ", "ä \n\t", "a'b", "%s"]


def _round_trip(literal: str, kind: str) -> list[object]:
    with engine_connection() as connection:
        row = connection.execute(f"SELECT %s::{kind}[]", [literal]).fetchone()
        assert row is not None
        return list(row[0])


@pytest.mark.parametrize("column", [HARD, ["", ""], [], *[[text] for text in HARD]])
def test_texts_are_not_taken_for_syntax(column: list[str]) -> None:
    assert _round_trip(texts(column), "text") == column


def test_integers_keep_all_their_bits_and_booleans_are_understood() -> None:
    assert _round_trip(integers([-(2**63), 0, 2**63 - 1]), "bigint") == [-(2**63), 0, 2**63 - 1]
    assert _round_trip(integers([True, False]), "boolean") == [True, False]
    assert _round_trip(integers_or_nulls([1, None, 3]), "smallint") == [1, None, 3]
