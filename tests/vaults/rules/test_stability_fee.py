"""The stability fee against Maker's figures, and that debts of normalised atoms never gain by rounding."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vaults.rules.amounts import e8
from vaults.rules.accumulator import (
    RAY,
    YEAR_SECONDS,
    debt_atoms,
    normalised_of_mint,
    normalised_of_repayment,
    per_second_ray,
    rate_after,
    rpow,
)

CASES = json.loads((Path(__file__).parents[2] / "cases" / "stability_fee.json").read_text())
DAY = 86_400
FIVE_PERCENT_A_DAY = 1_000_000_564_701_133_626_865_910_626
ATOMS = st.integers(1, 10**17)
RATES = st.integers(RAY, 3 * RAY - 1)


@pytest.mark.parametrize("case", CASES["jug"], ids=lambda case: f"{case['duty_ray']} {case['days']}")
def test_a_debt_grows_as_makers_does(case: dict[str, str]) -> None:
    rate = rpow(int(case["duty_ray"]), int(case["days"]) * DAY)
    expected = e8(case["debt"]) if "debt" in case else e8(case["principal"]) + e8(case["interest"])
    # Maker's own rate of a day is rounded, so after a day the debt is 2e-24 above: one atom, rounded up.
    assert debt_atoms(e8(case["principal"]), rate) == expected + 1
    assert e8(case["principal"]) * rate // RAY == expected


def test_another_fee_goes_on_from_the_rate_that_was_reached() -> None:
    """As Maker's pot: a day at 5 %, then one at 10 %."""
    day_one = rpow(FIVE_PERCENT_A_DAY, DAY)
    day_two = day_one * rpow(1_000_001_103_127_689_513_476_993_127, DAY) // RAY
    assert e8(100) * day_two // RAY == e8(CASES["pot"][1]["withdraw"])


@pytest.mark.parametrize("case", CASES["per_second"], ids=lambda case: str(case["fee_ppm"]))
def test_a_second_is_the_published_one_within_its_last_place(case: dict[str, str]) -> None:
    """What is published is cut off; ours is the nearest."""
    assert 0 <= per_second_ray(int(case["fee_ppm"])) - int(case["rate_ray"]) <= 1


@pytest.mark.parametrize("fee_ppm", [0, 1, 5_000, 20_000, 50_000, 1_000_000])
def test_a_year_of_seconds_is_the_fee(fee_ppm: int) -> None:
    yearly = rate_after(RAY, fee_ppm, YEAR_SECONDS)
    expected = RAY + RAY // 1_000_000 * fee_ppm
    assert abs(yearly - expected) < 2 * 10**10 * (1 + fee_ppm // 100_000)  # of 1e27: 17 places
    assert debt_atoms(e8(1_000), yearly) - e8(1_000) * (1_000_000 + fee_ppm) // 1_000_000 in (0, 1)


def test_no_time_and_no_fee_change_nothing() -> None:
    assert rpow(FIVE_PERCENT_A_DAY, 0) == RAY
    assert rate_after(5 * RAY, 20_000, 0) == 5 * RAY
    assert rate_after(5 * RAY, 0, YEAR_SECONDS) == 5 * RAY


@settings(max_examples=40)
@given(rate=RATES, fee_ppm=st.integers(0, 1_000_000), seconds=st.integers(0, YEAR_SECONDS))
def test_the_rate_is_that_of_exact_arithmetic(rate: int, fee_ppm: int, seconds: int) -> None:
    exact = Decimal(1_000_000 + fee_ppm) / 1_000_000
    expected = Decimal(rate) * exact ** (Decimal(seconds) / YEAR_SECONDS)
    after = rate_after(rate, fee_ppm, seconds)
    assert after >= rate
    assert abs(Decimal(after) / expected - 1) < Decimal("1e-15")


@settings(max_examples=40)
@given(
    rate=RATES,
    fee_ppm=st.integers(0, 1_000_000),
    first=st.integers(0, 10**7),
    second=st.integers(0, 10**7),
)
def test_two_steps_are_one_within_seventeen_places(rate: int, fee_ppm: int, first: int, second: int) -> None:
    one = rate_after(rate, fee_ppm, first + second)
    two = rate_after(rate_after(rate, fee_ppm, first), fee_ppm, second)
    assert abs(one - two) * 10**17 <= one * 2


@given(held=st.integers(0, 10**17), amount=ATOMS, rate=RATES)
def test_a_debt_grows_by_a_mint_and_at_most_three_atoms(held: int, amount: int, rate: int) -> None:
    after = held + normalised_of_mint(amount, rate)
    assert 0 <= debt_atoms(after, rate) - debt_atoms(held, rate) - amount <= 3


@given(held=ATOMS, amount=ATOMS, rate=RATES)
def test_a_debt_never_falls_by_more_than_is_repaid(held: int, amount: int, rate: int) -> None:
    repaid = min(normalised_of_repayment(amount, rate), held)
    assert debt_atoms(held, rate) - debt_atoms(held - repaid, rate) <= amount
