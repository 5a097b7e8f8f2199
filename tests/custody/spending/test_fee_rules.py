"""What a transaction, its replacement and its child pay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.rules.fees import (
    Paid,
    child_fee,
    fee_of,
    is_worth_a_bump,
    rate_of,
    replacement_fee,
    target_rate,
)

rates = st.integers(1_000, 500_000)
paid = st.builds(Paid, st.integers(110, 5_000_000), st.integers(110, 20_000))


@pytest.mark.parametrize(("rate", "vbytes", "fee"), [(1_000, 141, 141), (1_001, 141, 142), (2_500, 3, 8)])
def test_fees_round_up(rate: int, vbytes: int, fee: int) -> None:
    assert fee_of(rate, vbytes) == fee


@pytest.mark.parametrize(
    ("estimate", "rate"), [(None, 5_000), (3_000, 3_000), (10, 2_000), (10**9, 90_000), (0, 2_000)]
)
def test_the_rate_stays_within_its_bounds(estimate: int | None, rate: int) -> None:
    assert target_rate(estimate, floor=2_000, ceiling=90_000, fallback=5_000) == rate


def test_a_replacement_pays_the_old_fee_and_the_relay_rate_on_top() -> None:
    assert replacement_fee(Paid(1_000, 200), 200, rate=1_000) == 1_200


def test_a_replacement_pays_for_the_ancestors_it_waits_for() -> None:
    assert replacement_fee(Paid(200, 200), 200, 10_000, Paid(150, 150)) == 3_500 - 150


def test_a_child_pays_what_its_parent_lacks() -> None:
    assert child_fee(Paid(150, 150), 110, rate=10_000) == 2_600 - 150


def test_a_child_of_a_parent_that_pays_enough_pays_for_itself() -> None:
    assert child_fee(Paid(1_000_000, 150), 110, rate=2_000) == 110


@pytest.mark.parametrize(
    ("blocks", "was_too_low", "worth"), [(2, False, False), (3, False, True), (0, True, True)]
)
def test_a_bump_waits_its_blocks_unless_nothing_was_let_in(
    blocks: int, was_too_low: bool, worth: bool
) -> None:
    now = Paid(200, 200)
    assert is_worth_a_bump(now, 1_001, blocks=blocks, patience_blocks=3, was_too_low=was_too_low) is worth
    assert not is_worth_a_bump(now, 1_000, blocks=99, patience_blocks=3, was_too_low=True)


@given(paid, st.integers(110, 20_000), rates, paid)
def test_a_replacement_is_always_let_in(old: Paid, vbytes: int, rate: int, ancestors: Paid) -> None:
    new = Paid(replacement_fee(old, vbytes, rate, ancestors), vbytes)
    assert new.fee_sats >= old.fee_sats + fee_of(1_000, vbytes)
    assert new.fee_sats * old.vbytes > old.fee_sats * new.vbytes
    assert rate_of(new + ancestors) >= rate


@given(paid, st.integers(110, 20_000), rates)
def test_a_child_brings_the_package_to_the_rate(parents: Paid, vbytes: int, rate: int) -> None:
    child = Paid(child_fee(parents, vbytes, rate), vbytes)
    assert rate_of(parents + child) >= rate
