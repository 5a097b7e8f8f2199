"""How a vault stands at a price, and what that makes of its state."""

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.vaults.rules.amounts import e8
from vaults.rules.accumulator import RAY, debt_atoms
from vaults.rules.figures import Figures
from vaults.rules.ratios import is_covered, liquidation_price_e8, stored_key
from vaults.rules.standing import EVENTS, Standing, event_of, recovery_threshold, standing_of
from vaults.rules.statuses import SCANNED, VaultStatus, next_status

FIGURES = Figures()
PRICE = e8(45_000)
WHERE = {
    Standing.SAFE: VaultStatus.ACTIVE,
    Standing.WARNED: VaultStatus.WARNING,
    Standing.LIQUIDATABLE: VaultStatus.LIQUIDATING,
}


@pytest.mark.parametrize(
    ("sats", "standing"),
    [
        (10_666_667, Standing.SAFE),  # 3,000 dollars at 160 % are 0.1066666... bitcoin
        (10_666_666, Standing.WARNED),
        (10_000_000, Standing.WARNED),  # exactly 150 %
        (9_999_999, Standing.LIQUIDATABLE),
        (0, Standing.LIQUIDATABLE),
    ],
)
def test_exactly_at_a_ratio_is_above_it_and_one_satoshi_less_is_not(sats: int, standing: Standing) -> None:
    assert standing_of(sats, e8(3_000), PRICE, FIGURES) is standing


def test_an_atom_more_of_debt_is_as_bad_as_a_satoshi_less() -> None:
    assert standing_of(10_000_000, e8(3_000) + 1, PRICE, FIGURES) is Standing.LIQUIDATABLE
    assert standing_of(16_000_000, e8(4_500), PRICE, FIGURES) is Standing.SAFE
    assert standing_of(16_000_000, e8(4_500) + 1, PRICE, FIGURES) is Standing.WARNED


def test_what_owes_nothing_is_safe_at_any_price() -> None:
    assert standing_of(0, 0, 1, FIGURES) is Standing.SAFE
    assert standing_of(1, 0, 1, FIGURES) is Standing.SAFE


@pytest.mark.parametrize(("status", "standing"), list(product(SCANNED, Standing)))
def test_every_scanned_vault_gets_where_its_standing_belongs(status: VaultStatus, standing: Standing) -> None:
    event = event_of(status, standing)
    assert (status if event is None else next_status(status, event)) is WHERE[standing]
    assert (event is None) == (status is WHERE[standing])


@pytest.mark.parametrize("status", [one for one in VaultStatus if one not in SCANNED])
def test_a_vault_that_is_not_scanned_stays_where_it_is(status: VaultStatus) -> None:
    assert [event_of(status, standing) for standing in Standing] == [None] * 3
    assert not any(before is status for before, _ in EVENTS)


@given(
    normalised=st.integers(1_000_000, 10**16),
    sats=st.integers(1, 10**12),
    ratio=st.integers(1_010_000, 10_000_000),
    rate=st.integers(RAY, 3 * RAY),
    above=st.integers(0, 100),
)
@example(normalised=e8(3_000), sats=10_000_000, ratio=1_500_000, rate=RAY, above=0)
@example(normalised=1_000_000, sats=1, ratio=10_000_000, rate=3 * RAY, above=0)
def test_whoever_has_the_ratio_again_is_found(
    normalised: int, sats: int, ratio: int, rate: int, above: int
) -> None:
    """From the lowest price on at which he has it."""
    owed = debt_atoms(normalised, rate)
    price = (liquidation_price_e8(sats, owed, ratio) or 0) + above
    key = stored_key(normalised, sats, ratio)
    assert is_covered(sats, owed, price, ratio)
    assert key is not None
    if price < 10**17:  # a bitcoin for 10**9 dollars is the most that the oracle knows
        assert key <= recovery_threshold(price, rate)


@given(price=st.integers(1, 10**17), rate=st.integers(RAY, 3 * RAY))
def test_what_has_no_collateral_never_recovers(price: int, rate: int) -> None:
    key = stored_key(1, 0, 1_500_000)
    assert key is not None
    assert key > recovery_threshold(price, rate)
