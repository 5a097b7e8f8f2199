"""Queries and form bodies are read as every reader of forms does, and refused in Binance's numbers."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.compat.binance.parameters import MAX_PARAMETERS, Parameter, choice, read_raw, read_values
from exchange.compat.binance.refusals import Refusal

PIECES = st.lists(st.sampled_from(["a", "b", "=", "&", "+", "%20", "%C3%A9", "%3D", "%26", "%zz", "%", ";"]))


def number_of(query: bytes, body: bytes = b"") -> int:
    with pytest.raises(Refusal) as refused:
        read_raw(query, body)
    return refused.value.number


@given(PIECES)
def test_a_form_is_read_as_the_library_reads_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        expected = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        assert number_of(text.encode()) in (-1100, -1101)
        return
    if len(dict(expected)) < len(expected):
        assert number_of(text.encode()) == -1101
    else:
        assert read_raw(text.encode(), b"") == dict(expected)
        assert read_raw(b"", text.encode()) == dict(expected)


def test_the_query_counts_before_the_body() -> None:
    assert read_raw(b"a=1&b=2", b"b=3&c=4") == {"a": "1", "b": "2", "c": "4"}


@pytest.mark.parametrize("raw", [b"a=\xff", b"a=%FF", b"%C3=1", b"a=%ED%A0%80"])
def test_it_rejects_what_is_no_text(raw: bytes) -> None:
    assert number_of(raw) == number_of(b"", raw) == -1100


def test_it_rejects_more_parameters_than_any_operation_has() -> None:
    many = "&".join(f"n{number}=1" for number in range(MAX_PARAMETERS + 2))
    assert number_of(many.encode()) == -1101


def test_a_refusal_that_stands_for_a_choice_is_new_each_time() -> None:
    parameter = Parameter("side", choice(["BUY"], Refusal(-1117, "Invalid side.")))
    raised = []
    for _ in range(2):
        with pytest.raises(Refusal, match="Invalid side") as refused:
            read_values({"side": "HOLD"}, [parameter])
        raised.append(refused.value)
    assert raised[0] is not raised[1]
