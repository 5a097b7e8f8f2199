"""What a repayment pays and takes off the debt: never more than is paid, and all of it to the last atom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.errors import DomainError
from ledger.errors import AmountOutOfRange
from tests.vaults.rules.amounts import e8
from vaults.errors import DebtBelowFloor, NothingOwed
from vaults.rules.accumulator import RAY, debt_atoms
from vaults.rules.repaying import Repayment, repayment

FLOOR = e8(1_000)
GROWN = RAY * 4 // 3


def test_a_part_is_repaid() -> None:
    assert repayment(e8(3_000), RAY, e8(500), FLOOR) == Repayment(e8(500), e8(500), 0, e8(2_500), e8(2_500))


@pytest.mark.parametrize("asked", [None, e8(3_000), e8(3_001)])
def test_all_is_repaid_and_never_more_than_is_owed(asked: int | None) -> None:
    assert repayment(e8(3_000), RAY, asked, FLOOR) == Repayment(e8(3_000), e8(3_000), 0, 0, 0)


def test_all_of_a_grown_debt_leaves_nothing_behind() -> None:
    owed = debt_atoms(e8(3_000) + 1, GROWN)
    assert repayment(e8(3_000) + 1, GROWN, owed, FLOOR) == Repayment(owed, owed, 0, 0, 0)


def test_what_rounding_leaves_over_is_told_apart() -> None:
    found = repayment(e8(3_000), GROWN, e8(500) + 2, FLOOR)
    assert isinstance(found, Repayment)
    assert found.debt_falls_by_atoms + found.rounding_atoms == e8(500) + 2
    assert found.rounding_atoms > 0


def test_exactly_the_floor_may_be_left_and_one_atom_less_not() -> None:
    assert isinstance(repayment(e8(3_000), RAY, e8(2_000), FLOOR), Repayment)
    refused = repayment(e8(3_000), RAY, e8(2_000) + 1, FLOOR)
    assert isinstance(refused, DebtBelowFloor)
    assert refused.details == {"floor": "1000.00000000"}


def test_what_a_risen_floor_has_overtaken_is_repaid_whole() -> None:
    assert isinstance(repayment(e8(900), RAY, e8(100), FLOOR), DebtBelowFloor)
    assert isinstance(repayment(e8(900), RAY, None, FLOOR), Repayment)


def test_without_a_floor_the_last_atom_may_stay() -> None:
    found = repayment(e8(3_000), RAY, e8(3_000) - 1, 0)
    assert isinstance(found, Repayment)
    assert (found.debt_after_atoms, found.normalised_after_atoms) == (1, 1)


def test_where_nothing_is_owed_nothing_is_taken() -> None:
    assert isinstance(repayment(0, RAY, None, FLOOR), NothingOwed)


@pytest.mark.parametrize(("asked", "rate"), [(0, RAY), (-1, RAY), (1, GROWN)])
def test_an_amount_that_repays_nothing_is_not_taken(asked: int, rate: int) -> None:
    assert isinstance(repayment(e8(3_000), rate, asked, FLOOR), AmountOutOfRange)


@given(
    normalised=st.integers(1, 10**16),
    rate=st.integers(RAY, 3 * RAY - 1),
    asked=st.integers(1, 10**16) | st.none(),
    floor=st.integers(0, 10**16),
)
def test_a_debt_falls_by_no_more_than_is_paid_and_ends_at_nothing_or_above_the_floor(
    normalised: int, rate: int, asked: int | None, floor: int
) -> None:
    owed = debt_atoms(normalised, rate)
    found = repayment(normalised, rate, asked, floor)
    if isinstance(found, DomainError):
        return
    assert 0 < found.pays_atoms <= min(owed, asked or owed)
    assert 0 <= found.rounding_atoms <= 3
    assert found.pays_atoms == found.debt_falls_by_atoms + found.rounding_atoms
    assert found.debt_after_atoms == owed - found.debt_falls_by_atoms
    assert found.debt_after_atoms == debt_atoms(found.normalised_after_atoms, rate)
    assert found.debt_after_atoms == 0 or found.debt_after_atoms >= min(floor, owed)
    assert (found.normalised_after_atoms == 0) == (found.pays_atoms == owed)
