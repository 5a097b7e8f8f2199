"""Strict parsing as pure functions: whatever comes in, there is a value or a refusal, never a surprise."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.errors import DomainError, InvalidCursor, InvalidJson, OutOfRange
from access.fields import MAX_TEXT, AmountField, IntegerField, SymbolField, TextField
from access.pagination import CursorField, PageQuery, encode_cursor
from access.parsing import (
    INT64_MAX,
    MAX_DEPTH,
    FloatNumber,
    decimal_to_atoms,
    parse_json,
    parse_query_string,
)
from access.serializers import StrictSerializer
from tests.access.endpoints import OrderBody

names = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.dictionaries(names, values, max_size=5))
def test_what_json_says_exactly_is_read_exactly(value: dict[str, Any]) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_give_an_object_or_a_refusal(body: bytes) -> None:
    try:
        assert type(parse_json(body)) is dict
    except DomainError as refused:
        assert refused.status == 400  # noqa: PT017


@given(st.binary(max_size=200))
def test_any_query_gives_parameters_or_a_refusal(raw: bytes) -> None:
    try:
        assert all(parse_query_string(raw))
    except DomainError as refused:
        assert refused.status == 400  # noqa: PT017


@pytest.mark.parametrize("spelled", ["1.0", "1e5", "-0.5", "1E400"])
def test_a_float_becomes_a_marker(spelled: str) -> None:
    assert type(parse_json(f'{{"a":{spelled}}}'.encode())["a"]) is FloatNumber


def test_the_depth_is_bounded_exactly() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' * depth + b"1" + b"}" * depth

    parse_json(nested(MAX_DEPTH))
    with pytest.raises(InvalidJson):
        parse_json(nested(MAX_DEPTH + 1))


@given(st.integers(0, INT64_MAX), st.integers(0, 10))
def test_an_amount_survives_its_spelling(atoms: int, decimals: int) -> None:
    text = format(Decimal(atoms).scaleb(-decimals), "f")
    if len(text.partition(".")[0]) > 18:
        with pytest.raises(OutOfRange):
            decimal_to_atoms(text, decimals=decimals)
    else:
        assert decimal_to_atoms(text, decimals=decimals) == atoms


@given(st.text(max_size=30))
def test_any_text_is_a_whole_number_of_atoms_or_is_refused(text: str) -> None:
    try:
        atoms = decimal_to_atoms(text, decimals=8)
    except DomainError:
        return
    assert 0 <= atoms <= INT64_MAX
    assert Decimal(text) * 10**8 == atoms


@pytest.mark.parametrize(
    ("text", "atoms"), [("0", 0), ("0.00000001", 1), ("92233720368.54775807", INT64_MAX)]
)
def test_the_edges_of_an_amount(text: str, atoms: int) -> None:
    assert decimal_to_atoms(text, decimals=8) == atoms


def test_one_atom_above_int64_is_out_of_range() -> None:
    with pytest.raises(OutOfRange):
        decimal_to_atoms("92233720368.54775808", decimals=8)


json_values = st.one_of(values, st.floats().map(lambda _: FloatNumber()), st.text(max_size=300))


@given(json_values, st.sampled_from([AmountField(8), IntegerField(), SymbolField(), TextField()]))
def test_any_value_is_parsed_or_refused(value: Any, field: Any) -> None:
    try:
        parsed = field.parse(value)
    except DomainError as refused:
        assert refused.status == 400  # noqa: PT017
    else:
        assert isinstance(parsed, str | int)
        assert not isinstance(parsed, str) or len(parsed) <= MAX_TEXT


@given(st.dictionaries(st.sampled_from([*OrderBody.strict_fields, "other"]), json_values))
def test_any_object_is_parsed_or_refused_and_the_field_named(value: dict[str, Any]) -> None:
    try:
        parsed = OrderBody.parse(value)
    except DomainError as refused:
        assert refused.status == 400  # noqa: PT017
        assert re.split(r"[.\[]", refused.field)[0] in {*OrderBody.strict_fields, "other"}  # noqa: PT017
    else:
        assert parsed.keys() == OrderBody.strict_fields.keys()


def test_drf_goes_the_same_way() -> None:
    order = {"symbol": "BTC-USDB", "side": "BUY", "price": "1"}
    serializer = OrderBody(data=order)
    assert serializer.is_valid()
    assert serializer.validated_data == OrderBody.parse(order)


def test_fields_that_exclude_each_other_are_refused_together() -> None:
    class Window(StrictSerializer):
        first = IntegerField()
        last = IntegerField()

        @classmethod
        def check_together(cls, values: dict[str, Any]) -> None:
            if values["first"] > values["last"]:
                raise OutOfRange(field="last")

    assert Window.parse({"first": 1, "last": 2}) == {"first": 1, "last": 2}
    with pytest.raises(OutOfRange):
        Window.parse({"first": 2, "last": 1})


@given(st.integers(0, INT64_MAX))
def test_a_cursor_comes_back_as_it_went(number: int) -> None:
    assert CursorField().parse(encode_cursor(number)) == number


@pytest.mark.parametrize(
    "cursor", ["", "7", "AAAAAAAAAA", "AAAAAAAAAAB", "__________8", "é", "A" * 5000, " "]
)
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        CursorField().parse(cursor)


def test_a_page_has_a_limit() -> None:
    assert PageQuery.parse_query({}) == {"limit": 50, "cursor": None}
    with pytest.raises(OutOfRange):
        PageQuery.parse_query({"limit": "201"})
