"""Engine numbers as operators read and write them: nothing is rounded, on the way out or on the way in."""

from decimal import Decimal

import pytest

from access.errors import DomainError
from exchange.admin.units import at, price, quantity, quote_amount, scaled
from exchange.models import Market

BTC = Market(
    symbol="BTC-USDB",
    quote_asset="USDB",
    price_decimals=2,
    quantity_decimals=5,
    quote_decimals=6,
)


@pytest.mark.parametrize(
    ("ticks", "text"), [(0, "0.00"), (1, "0.01"), (5_000_000, "50000.00"), (-150, "-1.50")]
)
def test_a_price_has_the_decimals_of_its_market(ticks: int, text: str) -> None:
    assert price(ticks, BTC) == text


@pytest.mark.parametrize(
    ("lots", "text"), [(1, "0.00001"), (2_000, "0.02000"), (2**63 - 1, "92233720368547.75807")]
)
def test_a_quantity_has_the_decimals_of_its_market(lots: int, text: str) -> None:
    assert quantity(lots, BTC) == text


def test_an_amount_of_quote_names_its_asset() -> None:
    assert quote_amount(1_500_000, BTC) == "1.500000 USDB"
    assert quote_amount(-1, BTC) == "-0.000001 USDB"


def test_of_a_market_that_is_not_known_the_bare_number_is_shown() -> None:
    assert price(7, None) == "7 ticks"
    assert quantity(7, None) == "7 lots"
    assert quote_amount(7, None) == "7 atoms"


@pytest.mark.parametrize(
    ("timestamp_ns", "text"),
    [
        (0, ""),
        (1, "1970-01-01 00:00:00.000000"),
        (999, "1970-01-01 00:00:00.000000"),
        (1_700_000_000_123_456_789, "2023-11-14 22:13:20.123456"),
        (1_709_164_800_000_000_000, "2024-02-29 00:00:00.000000"),
        (1_767_225_599_999_999_999, "2025-12-31 23:59:59.999999"),
    ],
)
def test_a_time_is_utc_to_the_microsecond_and_never_rounded_up(timestamp_ns: int, text: str) -> None:
    assert at(timestamp_ns) == text


@pytest.mark.parametrize(
    ("text", "decimals", "whole"),
    [
        ("50000", 2, 5_000_000),
        ("50000.00", 2, 5_000_000),
        ("50000.5000000", 2, 5_000_050),
        ("0.01", 2, 1),
        ("-0.01", 2, -1),
        ("0", 8, 0),
        ("-0", 8, 0),
        ("1E+3", 2, 100_000),
        ("1E-2", 2, 1),
        ("92233720368547758.07", 2, 2**63 - 1),
        ("-92233720368547758.07", 2, 1 - 2**63),
        ("0.000000000000000001", 18, 1),
        ("7", 0, 7),
    ],
)
def test_what_a_form_takes_becomes_a_whole_number(text: str, decimals: int, whole: int) -> None:
    assert scaled(Decimal(text), decimals, "price") == whole


@pytest.mark.parametrize(
    ("text", "decimals", "code"),
    [
        ("0.001", 2, "PRECISION"),
        ("50000.005", 2, "PRECISION"),
        ("0.5", 0, "PRECISION"),
        ("1E-1000", 2, "PRECISION"),
        (f"1.{'0' * 60}1", 2, "PRECISION"),  # more places than the usual context keeps
        ("92233720368547758.08", 2, "OUT_OF_RANGE"),
        ("-92233720368547758.08", 2, "OUT_OF_RANGE"),
        (f"1{'0' * 60}", 2, "OUT_OF_RANGE"),
    ],
)
def test_what_would_have_to_be_rounded_is_refused_at_its_field(text: str, decimals: int, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        scaled(Decimal(text), decimals, "price")
    assert (refused.value.code, refused.value.field) == (code, "price")


@pytest.mark.parametrize("ticks", [0, 1, 99, 100, 4_200_050, 2**63 - 1])
def test_what_is_shown_can_be_sent_back_as_it_is(ticks: int) -> None:
    assert scaled(Decimal(price(ticks, BTC)), BTC.price_decimals, "price") == ticks
