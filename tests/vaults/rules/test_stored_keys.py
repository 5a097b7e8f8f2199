"""The stored key: whoever is below a ratio is found by it, and hardly anybody else."""

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.money import INT64_MAX
from tests.vaults.rules.amounts import MIN_PPM, e8
from vaults.rules.accumulator import RAY, debt_atoms
from vaults.rules.ratios import is_covered, key_threshold, liquidation_price_e8, stored_key

SATS = st.integers(1, 10**12)
NORMALISED = st.integers(1, 10**16)
RATES = st.integers(RAY, 3 * RAY)
PRICES = st.integers(1, e8(10**7))
RATIOS = st.integers(1_010_000, 10_000_000)


def _is_found(key: int | None, price: int, rate: int) -> bool:
    return key is not None and key > key_threshold(price, rate)


@given(normalised=NORMALISED, sats=SATS, ratio=RATIOS, rate=RATES, price=PRICES)
@example(normalised=e8(3_000), sats=9_999_999, ratio=MIN_PPM, rate=RAY, price=e8(45_000))
def test_whoever_is_below_the_ratio_is_found(
    normalised: int, sats: int, ratio: int, rate: int, price: int
) -> None:
    if not is_covered(sats, debt_atoms(normalised, rate), price, ratio):
        assert _is_found(stored_key(normalised, sats, ratio), price, rate)


@given(normalised=NORMALISED, sats=SATS, ratio=RATIOS, rate=RATES, below=st.integers(1, 1_000))
def test_whoever_is_below_by_a_little_is_found(
    normalised: int, sats: int, ratio: int, rate: int, below: int
) -> None:
    """Prices at the edge, which random ones hardly ever are."""
    price = (liquidation_price_e8(sats, debt_atoms(normalised, rate), ratio) or 0) - below
    if price > 0:
        assert _is_found(stored_key(normalised, sats, ratio), price, rate)


@given(normalised=NORMALISED, sats=SATS, ratio=RATIOS, rate=RATES)
def test_nobody_is_found_who_has_an_atom_and_two_units_of_price_more(
    normalised: int, sats: int, ratio: int, rate: int
) -> None:
    """A false hit is at most what one more atom of normalised debt, and each rounding, make of the price."""
    with_two_atoms = liquidation_price_e8(sats, debt_atoms(normalised + 1, rate) + 1, ratio) or 0
    price = with_two_atoms + 1 + rate // RAY + 1
    if price < INT64_MAX:
        assert not _is_found(stored_key(normalised, sats, ratio), price, rate)


def test_a_key_of_a_dollar_vault_is_exact_to_a_hundredth_of_a_cent() -> None:
    key = stored_key(e8(3_000), 10_000_000, MIN_PPM)
    assert key is not None
    assert 0 < key - e8(45_000) < 20


def test_what_owes_nothing_has_no_key_and_what_has_nothing_the_highest() -> None:
    assert stored_key(0, 5, MIN_PPM) is None
    assert stored_key(1, 0, MIN_PPM) == INT64_MAX


def test_what_64_bits_do_not_hold_is_found_at_every_price() -> None:
    key = stored_key(10**16, 1, MIN_PPM)
    assert key == INT64_MAX
    assert key > key_threshold(INT64_MAX, RAY)
