"""A price as text becomes an integer of 1e-8, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.rules import PriceError, parse_confidence, parse_price
from oracle.rules.parsing import MAX_PRICE_E8


@pytest.mark.parametrize(
    ("text", "price_e8"),
    [
        ("45000", 4_500_000_000_000),
        ("45000.5", 4_500_050_000_000),
        ("45000.", 4_500_000_000_000),
        ("+1", 100_000_000),
        ("007", 700_000_000),
        ("4.5e4", 4_500_000_000_000),
        ("4.5E+4", 4_500_000_000_000),
        ("450000000e-4", 4_500_000_000_000),
        ("0.00000001", 1),
        ("1e-8", 1),
        ("0.000000019", 1),  # rounded down
        ("10000000000", MAX_PRICE_E8),
    ],
)
def test_it_reads_plain_decimals_and_small_exponents(text: str, price_e8: int) -> None:
    assert parse_price(text) == price_e8


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "-1",
        "0",
        "0.0",
        "0.000000009",
        "1e-9",
        "1e999999",
        "1e31",
        "1e-999",
        "10000000000.00000001",
        "1" * 61,
        "1,000",
        "1 000",
        " 1",
        "1\n",
        "1_000",
        "0x10",
        "１２",
        "٣",
        "1.2.3",
        "1e",
        "e5",
        ".",
        "[1]",
        "<html>",
        "null",
    ],
)
def test_it_refuses_what_is_no_price(text: str) -> None:
    with pytest.raises(PriceError):
        parse_price(text)


def test_a_confidence_may_be_zero_and_is_rounded_up() -> None:
    assert parse_confidence("0") == 0
    assert parse_confidence("0.000000011") == 2
    with pytest.raises(PriceError):
        parse_confidence("-0.1")


@given(st.integers(1, MAX_PRICE_E8))
def test_every_price_comes_back_from_its_own_text(price_e8: int) -> None:
    assert parse_price(f"{price_e8 // 10**8}.{price_e8 % 10**8:08d}") == price_e8


@given(st.text(max_size=80))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        price_e8 = parse_price(text)
    except PriceError:
        return
    assert 0 < price_e8 <= MAX_PRICE_E8
