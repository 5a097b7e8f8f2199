"""The ledger's decisions, without a database."""

from itertools import product

import pytest

from access.errors import DomainError
from ledger.money import INT64_MAX
from ledger.rules import (
    PendingEvent,
    PendingStatus,
    Purpose,
    Side,
    hold_refusal,
    next_status,
    settlement_refusal,
    spendable_atoms,
    transfer_refusal,
)

ENDS = {
    PendingEvent.POST: PendingStatus.POSTED,
    PendingEvent.VOID: PendingStatus.VOIDED,
    PendingEvent.EXPIRE: PendingStatus.EXPIRED,
}


def side(
    account_id: int = 1,
    purpose: Purpose = Purpose.FUNDING,
    balance_atoms: int = 100,
    pending_debits_atoms: int = 0,
    asset: str = "BTC",
) -> Side:
    return Side(account_id, asset, purpose, balance_atoms, pending_debits_atoms)


OTHER = side(account_id=2)


def code_of(refusal: DomainError | None) -> str:
    return "" if refusal is None else refusal.code


@pytest.mark.parametrize(("status", "event"), list(product(PendingStatus, PendingEvent)))
def test_a_pending_transfer_has_one_end_and_keeps_it(status: PendingStatus, event: PendingEvent) -> None:
    expected = ENDS[event] if status in (PendingStatus.PENDING, ENDS[event]) else None
    assert next_status(status, event) is expected


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (Purpose.FUNDING, 70),
        (Purpose.TRADING, 100),
        (Purpose.CLEARING, None),
        (Purpose.FEES, None),
        (Purpose.DEMO_ISSUE, None),
    ],
)
def test_what_may_leave_an_account_depends_on_its_purpose(purpose: Purpose, expected: int | None) -> None:
    assert spendable_atoms(side(purpose=purpose, pending_debits_atoms=30)) == expected


@pytest.mark.parametrize("amount_atoms", [0, -1, INT64_MAX + 1])
def test_an_amount_must_fit_a_positive_64_bit_integer(amount_atoms: int) -> None:
    assert code_of(transfer_refusal(side(), OTHER, amount_atoms)) == "AMOUNT_OUT_OF_RANGE"
    assert code_of(hold_refusal(side(), OTHER, amount_atoms)) == "AMOUNT_OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("debit", "credit", "amount_atoms", "expected"),
    [
        (side(), OTHER, 100, ""),
        (side(), OTHER, 101, "INSUFFICIENT_FUNDS"),
        (side(pending_debits_atoms=1), OTHER, 100, "INSUFFICIENT_FUNDS"),
        (side(), side(), 100, "SAME_ACCOUNT"),
        (side(), side(account_id=2, asset="USDB"), 100, "ASSET_MISMATCH"),
        (side(purpose=Purpose.FEES, balance_atoms=0), OTHER, INT64_MAX - 100, ""),
        (side(purpose=Purpose.FEES, balance_atoms=0), OTHER, INT64_MAX - 99, "AMOUNT_OUT_OF_RANGE"),
        (side(purpose=Purpose.FEES, balance_atoms=-INT64_MAX), OTHER, 1, "AMOUNT_OUT_OF_RANGE"),
    ],
)
def test_a_transfer_is_refused_for_the_first_reason(
    debit: Side, credit: Side, amount_atoms: int, expected: str
) -> None:
    assert code_of(transfer_refusal(debit, credit, amount_atoms)) == expected


@pytest.mark.parametrize(
    ("debit", "amount_atoms", "expected"),
    [
        (side(pending_debits_atoms=30), 70, ""),
        (side(pending_debits_atoms=30), 71, "INSUFFICIENT_FUNDS"),
        (side(purpose=Purpose.TRADING), 1_000, ""),
        (side(purpose=Purpose.TRADING, pending_debits_atoms=1), INT64_MAX, "AMOUNT_OUT_OF_RANGE"),
        (side(account_id=2), 1, "SAME_ACCOUNT"),
    ],
)
def test_a_hold_is_checked_where_the_ledger_guards_the_account(
    debit: Side, amount_atoms: int, expected: str
) -> None:
    assert code_of(hold_refusal(debit, OTHER, amount_atoms)) == expected


def test_a_settlement_may_spend_what_was_set_aside_for_it() -> None:
    assert settlement_refusal(side(pending_debits_atoms=100), OTHER, 100) is None
    assert code_of(settlement_refusal(side(purpose=Purpose.TRADING), OTHER, 101)) == "INSUFFICIENT_FUNDS"


def test_the_refusal_for_lack_of_funds_names_the_figures() -> None:
    refusal = transfer_refusal(side(pending_debits_atoms=30), OTHER, 80)
    assert refusal is not None
    assert refusal.field == "amount"
    assert refusal.details == {"asset": "BTC", "available_atoms": 70, "required_atoms": 80}
