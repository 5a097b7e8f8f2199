"""Whether bitcoin may leave a vault: what is in it, what it owes, and what its owner guards."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.errors import DomainError
from ledger.errors import AmountOutOfRange
from tests.vaults.rules.amounts import MIN_PPM, e8
from vaults.errors import BelowMinimumRatio, CollateralTooSmall, RatioMoved
from vaults.rules.ratios import is_covered
from vaults.rules.taking import take_refusal, takeable_sats


def taken(
    amount: int, *, fee: int = 0, debt: int = e8(2_000), guard: int | None = None
) -> DomainError | None:
    """Out of 0.1 BTC at 45,000."""
    return take_refusal(
        collateral_sats=10_000_000,
        amount_sats=amount,
        fee_sats=fee,
        debt_atoms=debt,
        price_e8=e8(45_000) if debt else None,
        min_ratio_ppm=MIN_PPM,
        guard_ratio_ppm=guard,
    )


def test_down_to_exactly_150_percent_may_be_taken_fee_and_all() -> None:
    """3,000 dollars of bitcoin must stay: 6,666,667 sats."""
    assert taken(3_333_333) is None
    assert taken(3_333_133, fee=200) is None


def test_one_sat_more_is_refused_with_what_would_be_allowed() -> None:
    found = taken(3_333_134, fee=200)
    assert isinstance(found, BelowMinimumRatio)
    assert found.details == {"minimum": "1.500000", "ratio": "1.499999", "available": "0.03333133"}


def test_more_than_is_there_is_refused_first() -> None:
    found = taken(10_000_000, fee=1, guard=10_000_000)
    assert isinstance(found, CollateralTooSmall)
    assert found.details == {"available": "0.10000000", "required": "0.10000001"}


def test_without_debt_everything_goes_without_a_price() -> None:
    assert taken(9_999_000, fee=1_000, debt=0, guard=10_000_000) is None


def test_the_callers_guard_is_met_exactly_or_refused() -> None:
    assert taken(1_000_000, guard=2_025_000) is None
    found = taken(1_000_000, guard=2_025_001)
    assert isinstance(found, RatioMoved)
    assert found.details == {"ratio": "2.025000"}


def test_the_houses_minimum_stands_before_the_callers_guard() -> None:
    assert isinstance(taken(4_000_000, guard=3_000_000), BelowMinimumRatio)
    assert isinstance(taken(4_000_000, guard=1), BelowMinimumRatio)


@pytest.mark.parametrize(("amount", "fee"), [(0, 0), (-1, 0), (1, -1)])
def test_no_amount_is_refused(amount: int, fee: int) -> None:
    assert isinstance(taken(amount, fee=fee), AmountOutOfRange)


@settings(max_examples=60)
@given(
    collateral=st.integers(0, 10**11),
    amount=st.integers(1, 10**11),
    fee=st.integers(0, 10**6),
    debt=st.integers(0, 10**14),
    price=st.integers(1, e8(10**6)),
    ratio=st.integers(1_010_000, 4_000_000),
)
def test_what_stays_covers_what_is_owed_and_what_may_go_is_the_most(
    collateral: int, amount: int, fee: int, debt: int, price: int, ratio: int
) -> None:
    found = take_refusal(
        collateral_sats=collateral,
        amount_sats=amount,
        fee_sats=fee,
        debt_atoms=debt,
        price_e8=price,
        min_ratio_ppm=ratio,
    )
    is_allowed = amount + fee <= takeable_sats(collateral, debt, price, ratio)
    assert (found is None) == is_allowed
    assert not is_allowed or is_covered(collateral - amount - fee, debt, price, ratio)
