"""What a mint does to a vault, and each reason to refuse it, in their order."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.errors import DomainError
from ledger.errors import AmountOutOfRange
from tests.vaults.rules.amounts import MIN_PPM, e8
from vaults.errors import BelowMinimumRatio, DebtBelowFloor, DebtCeilingReached, DebtMoved, RatioMoved
from vaults.rules.accumulator import RAY, debt_atoms
from vaults.rules.figures import Figures
from vaults.rules.minting import Backing, Guards, Minting, mintable_atoms, minting
from vaults.rules.ratios import is_covered

FIGURES = Figures()
ALICES = Backing(10_000_000, 0, RAY, e8(45_000), MIN_PPM)  # 0.1 BTC: up to 3,000


def refusal(found: Minting | DomainError) -> DomainError:
    assert isinstance(found, DomainError), found
    return found


def test_exactly_150_percent_may_be_minted() -> None:
    assert minting(ALICES, e8(3_000), FIGURES, 0) == Minting(e8(3_000), 0, e8(3_000), 0)


def test_one_sat_less_is_refused_with_what_would_be_allowed() -> None:
    found = refusal(minting(replace(ALICES, collateral_sats=9_999_999), e8(3_000), FIGURES, 0))
    assert isinstance(found, BelowMinimumRatio)
    assert found.details == {
        "minimum": "1.500000",
        "ratio": "1.499999",
        "available": "2999.99970000",
    }


def test_one_atom_more_is_refused() -> None:
    assert isinstance(minting(ALICES, e8(3_000) + 1, FIGURES, 0), BelowMinimumRatio)


def test_a_grown_rate_counts_and_its_rounding_is_told_apart() -> None:
    """A third more than one ray: 1,000 dollars are 75,000,000,000 atoms of normalised debt, rounded up."""
    backing = replace(ALICES, rate_ray=RAY * 4 // 3)
    found = minting(backing, e8(1_000), FIGURES, 0)
    assert isinstance(found, Minting)
    assert found.normalised_after_atoms == 75_000_000_001
    assert found.debt_after_atoms == e8(1_000) + 2
    assert found.rounding_atoms == 2


@pytest.mark.parametrize("amount", [0, -1, 10**20])
def test_an_amount_out_of_all_range_is_refused_first(amount: int) -> None:
    assert isinstance(minting(replace(ALICES, collateral_sats=0), amount, FIGURES, 0), AmountOutOfRange)


def test_a_debt_below_the_floor_is_refused() -> None:
    found = refusal(minting(ALICES, e8(1_000) - 1, FIGURES, 0))
    assert isinstance(found, DebtBelowFloor)
    assert found.details == {"floor": "1000.00000000"}
    assert isinstance(minting(ALICES, e8(1_000), FIGURES, 0), Minting)


def test_a_vault_with_debt_may_mint_less_than_the_floor() -> None:
    assert isinstance(minting(replace(ALICES, normalised_atoms=e8(1_000)), 1, FIGURES, e8(1_000)), Minting)


@pytest.mark.parametrize(
    ("figures", "house_debt", "of", "available"),
    [
        (replace(FIGURES, vault_ceiling_atoms=e8(1_500)), e8(1_000), "vault", "500.00000000"),
        (replace(FIGURES, debt_ceiling_atoms=e8(9_000)), e8(8_900), "house", "100.00000000"),
        (replace(FIGURES, debt_ceiling_atoms=e8(8_000)), e8(8_900), "house", "0.00000000"),
    ],
)
def test_a_ceiling_is_refused_with_what_is_left_below_it(
    figures: Figures, house_debt: int, of: str, available: str
) -> None:
    backing = replace(ALICES, normalised_atoms=e8(1_000))
    found = refusal(minting(backing, e8(501), figures, house_debt))
    assert isinstance(found, DebtCeilingReached)
    assert found.details == {"of": of, "available": available}


def test_exactly_the_ceilings_may_be_owed() -> None:
    figures = replace(FIGURES, vault_ceiling_atoms=e8(2_000), debt_ceiling_atoms=e8(9_000))
    backing = replace(ALICES, normalised_atoms=e8(1_000))
    assert isinstance(minting(backing, e8(1_000), figures, e8(8_000)), Minting)
    assert isinstance(minting(backing, e8(1_000) + 1, figures, e8(8_000)), DebtCeilingReached)


def test_guards_are_met_exactly() -> None:
    assert isinstance(minting(ALICES, e8(2_000), FIGURES, 0, Guards(2_250_000, e8(2_000))), Minting)


def test_a_debt_above_the_callers_guard_is_refused() -> None:
    found = refusal(minting(ALICES, e8(2_000), FIGURES, 0, Guards(max_debt_atoms=e8(2_000) - 1)))
    assert isinstance(found, DebtMoved)
    assert found.details == {"debt": "2000.00000000"}


def test_a_ratio_below_the_callers_guard_is_refused() -> None:
    found = refusal(minting(ALICES, e8(2_000), FIGURES, 0, Guards(min_ratio_ppm=2_250_001)))
    assert isinstance(found, RatioMoved)
    assert found.details == {"ratio": "2.250000"}


def test_a_guard_below_the_houses_minimum_lets_nothing_through() -> None:
    assert isinstance(minting(ALICES, e8(3_001), FIGURES, 0, Guards(1_000_000)), BelowMinimumRatio)


def test_the_houses_reasons_stand_before_the_callers() -> None:
    guards = Guards(10_000_000, 1)
    worthless = replace(ALICES, collateral_sats=1)
    tight = replace(FIGURES, vault_ceiling_atoms=e8(1_000), debt_ceiling_atoms=e8(500))
    assert isinstance(minting(worthless, e8(999), tight, 0, guards), DebtBelowFloor)
    assert refusal(minting(worthless, e8(1_001), tight, 0, guards)).details["of"] == "vault"
    assert refusal(minting(worthless, e8(1_000), tight, 0, guards)).details["of"] == "house"
    assert isinstance(minting(worthless, e8(1_000), FIGURES, 0, guards), BelowMinimumRatio)
    assert isinstance(minting(ALICES, e8(1_000), FIGURES, 0, guards), DebtMoved)


BACKINGS = st.builds(
    Backing,
    collateral_sats=st.integers(0, 10**11),
    normalised_atoms=st.integers(0, 10**13),
    rate_ray=st.integers(RAY, 3 * RAY - 1),
    price_e8=st.integers(1, e8(10**6)),
    min_ratio_ppm=st.integers(1_010_000, 4_000_000),
)


@settings(max_examples=60)
@given(backing=BACKINGS, amount=st.integers(1, 10**13), house=st.integers(0, 10**15))
def test_what_is_accepted_is_covered_and_within_every_limit(
    backing: Backing, amount: int, house: int
) -> None:
    house += backing.debt_atoms
    found = minting(backing, amount, FIGURES, house)
    if isinstance(found, DomainError):
        return
    assert found.debt_after_atoms == debt_atoms(found.normalised_after_atoms, backing.rate_ray)
    assert is_covered(
        backing.collateral_sats, found.debt_after_atoms, backing.price_e8, backing.min_ratio_ppm
    )
    assert 0 <= found.rounding_atoms <= 3
    assert found.debt_after_atoms - found.debt_before_atoms == amount + found.rounding_atoms
    assert FIGURES.debt_floor_atoms <= found.debt_after_atoms <= FIGURES.vault_ceiling_atoms
    assert house - found.debt_before_atoms + found.debt_after_atoms <= FIGURES.debt_ceiling_atoms


@settings(max_examples=60)
@given(backing=BACKINGS, house=st.integers(0, 10**15))
def test_what_is_said_to_be_mintable_is_the_most_that_is(backing: Backing, house: int) -> None:
    house += backing.debt_atoms
    most = mintable_atoms(backing, FIGURES, house)
    assert most >= 0
    if most:
        assert isinstance(minting(backing, most, FIGURES, house), Minting)
    assert isinstance(minting(backing, most + 4, FIGURES, house), DomainError)
