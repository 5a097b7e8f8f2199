"""Integer arithmetic on money: each rounding is the one that its name says."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import INT64_MAX, MAX_DECIMALS, format_atoms, mul_div_ceil, mul_div_floor

amounts = st.integers(-INT64_MAX, INT64_MAX)
divisors = st.integers(1, INT64_MAX)


@given(amounts, amounts, divisors)
def test_floor_and_ceil_round_the_exact_quotient(a: int, b: int, divisor: int) -> None:
    exact = Fraction(a * b, divisor)
    assert mul_div_floor(a, b, divisor) == floor(exact)
    assert mul_div_ceil(a, b, divisor) == ceil(exact)


@pytest.mark.parametrize("divisor", [0, -1])
def test_a_divisor_that_is_not_positive_is_a_bug(divisor: int) -> None:
    with pytest.raises(AssertionError):
        mul_div_floor(1, 1, divisor)
    with pytest.raises(AssertionError):
        mul_div_ceil(1, 1, divisor)


@pytest.mark.parametrize(
    ("atoms", "decimals", "expected"),
    [
        (1_500_000, 6, "1.500000"),
        (0, 8, "0.00000000"),
        (1, 8, "0.00000001"),
        (-1, 8, "-0.00000001"),
        (-150, 2, "-1.50"),
        (42, 0, "42"),
        (-42, 0, "-42"),
        (INT64_MAX, 8, "92233720368.54775807"),
    ],
)
def test_atoms_are_written_with_all_their_places(atoms: int, decimals: int, expected: str) -> None:
    assert format_atoms(atoms, decimals) == expected


@given(amounts, st.integers(0, MAX_DECIMALS))
def test_what_is_written_is_exactly_the_amount(atoms: int, decimals: int) -> None:
    assert Fraction(format_atoms(atoms, decimals)) * 10**decimals == atoms
