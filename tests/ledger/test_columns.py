"""Columns reach PostgreSQL as they are, whatever stands in them."""

from uuid import UUID

import pytest
from psycopg.pq import Format

from exchange.connections import engine_connection
from ledger.columns import bigints, byteas, integers, integers_or_nulls, texts, texts_or_nulls, uuids

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


def test_texts_with_nulls_tell_a_null_from_its_name() -> None:
    assert _round_trip(texts_or_nulls([None, "NULL", "a,b", ""]), "text") == [None, "NULL", "a,b", ""]


def _sent_as_binary(column: bytes, kind: str, send: str) -> list[str]:
    with engine_connection() as connection:
        query = f"SELECT encode({send}(d), 'hex') FROM unnest($1::{kind}[]) AS d"
        result = connection.pgconn.exec_params(query.encode(), [column], param_formats=[Format.BINARY])
        return [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]


def test_bytes_and_uuids_go_in_binary_form() -> None:
    contents = [b"", b"\x00\xff", b"x" * 70_000]
    assert _sent_as_binary(byteas(contents), "bytea", "byteasend") == [content.hex() for content in contents]
    names = [UUID(int=0), UUID(int=2**128 - 1)]
    assert _sent_as_binary(uuids(names), "uuid", "uuid_send") == [name.hex for name in names]


@pytest.mark.parametrize(
    "column",
    [
        [7],
        [-1, 2**63 - 1],
        [5] * 40,
        [*range(-20, 20)],
        [-(2**63), 2**63 - 1, 0, 255, 256, -256] * 5,
    ],
    ids=["one", "few", "all the same", "many", "every bit"],
)
def test_numbers_go_in_binary_form(column: list[int]) -> None:
    sent = _sent_as_binary(bigints(column), "bigint", "int8send")
    assert [int.from_bytes(bytes.fromhex(one), signed=True) for one in sent] == column


@pytest.mark.parametrize("column", [[2**63], [0, 2**63], [-(2**63) - 1] * 20, [*range(20), 2**64 - 1]])
def test_a_number_of_more_than_64_bits_is_refused_however_many_there_are(column: list[int]) -> None:
    with pytest.raises(OverflowError):
        bigints(column)
