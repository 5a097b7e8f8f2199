"""Ratios as the cases of other houses give them; exactly 150 % is enough, one sat less is not."""

import json
from pathlib import Path

import pytest

from tests.vaults.rules.amounts import MIN_PPM, e8, ppm
from vaults.rules.ratios import (
    health_factor_ppm,
    is_covered,
    least_collateral_sats,
    liquidation_price_e8,
    most_debt_atoms,
    ratio_ppm,
    value_atoms,
)

CASES = json.loads((Path(__file__).parents[2] / "cases" / "vault_ratios.json").read_text())


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["name"]))
def test_a_ratio_is_what_the_case_says(case: dict[str, object]) -> None:
    sats, debt, price = case["collateral_sats"], e8(str(case["debt_usd"])), e8(str(case["btc_usd"]))
    assert isinstance(sats, int)
    assert ratio_ppm(sats, debt, price) == ppm(str(case["ratio_pct"]))
    for asked in ("accept_create", "accept_mint"):
        if asked in case:
            assert is_covered(sats, debt, price, MIN_PPM) is case[asked]
    if "health_factor" in case:
        assert health_factor_ppm(sats, debt, price, MIN_PPM) == e8(str(case["health_factor"])) // 100
    if "liquidation_price" in case:
        assert liquidation_price_e8(sats, debt, MIN_PPM) == e8(str(case["liquidation_price"]))
    if "shortfall_usd" in case:
        assert debt - value_atoms(sats, price) == e8(str(case["shortfall_usd"]))


@pytest.mark.parametrize("case", CASES["liquidatable"], ids=lambda case: str(case["debt_usd"]))
def test_what_is_liquidated_elsewhere_is_below_the_ratio_here(case: dict[str, int]) -> None:
    sats, debt, price = case["collateral_sats"], e8(case["debt_usd"]), e8(case["btc_usd"])
    assert value_atoms(sats, price) == e8(case["value_usd"])
    shown = ratio_ppm(sats, debt, price)
    assert shown is not None
    assert abs(shown - ppm(str(case["ratio_pct"]))) <= 1  # the case has four places, rounded half up
    assert not is_covered(sats, debt, price, MIN_PPM)


def test_exactly_the_minimum_is_covered_and_one_sat_less_is_not() -> None:
    debt, price = e8(3_000), e8(45_000)
    assert least_collateral_sats(debt, price, MIN_PPM) == 10_000_000
    assert is_covered(10_000_000, debt, price, MIN_PPM)
    assert not is_covered(9_999_999, debt, price, MIN_PPM)


def test_exactly_the_most_debt_is_covered_and_one_atom_more_is_not() -> None:
    most = most_debt_atoms(10_000_000, e8(45_000), MIN_PPM)
    assert most == e8(3_000)
    assert is_covered(10_000_000, most, e8(45_000), MIN_PPM)
    assert not is_covered(10_000_000, most + 1, e8(45_000), MIN_PPM)


def test_a_vault_still_has_its_ratio_at_the_liquidation_price_and_not_below() -> None:
    debt = e8("2000.00000001")
    price = liquidation_price_e8(5_000_001, debt, MIN_PPM)
    assert price is not None
    assert is_covered(5_000_001, debt, price, MIN_PPM)
    assert not is_covered(5_000_001, debt, price - 1, MIN_PPM)


def test_without_debt_there_is_no_ratio_and_all_is_covered() -> None:
    assert ratio_ppm(1, 0, e8(1)) is None
    assert health_factor_ppm(1, 0, e8(1), MIN_PPM) is None
    assert liquidation_price_e8(1, 0, MIN_PPM) is None
    assert is_covered(0, 0, e8(1), MIN_PPM)


def test_without_collateral_no_price_helps() -> None:
    assert liquidation_price_e8(0, 1, MIN_PPM) is None
    assert not is_covered(0, 1, e8(10**9), MIN_PPM)
