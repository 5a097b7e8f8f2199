"""Above a limit two operators agree, neither of them its owner; one of them is enough to reject."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from access.errors import DomainError
from access.models import AuditEntry
from access.services import Origin
from custody.models import WithdrawalApproval
from custody.rules.statuses import WithdrawalEvent
from custody.selectors_withdrawals import awaiting_approval, claimable
from custody.services.approvals import approve_withdrawal, reject_withdrawal
from custody.services.withdrawal_steps import locked_withdrawal, step
from custody.services.withdrawals import cancel_withdrawal
from tests.custody.withdrawals.scene import (
    BTC,
    NOON,
    Customer,
    assert_books_agree,
    later,
    new_terms,
    operator,
    status,
)

LARGE = BTC + 1


def say(work: Any, asked: Any, by: Origin, reason: str = "I asked her by telephone") -> str:
    """ "" or the refusal's code."""
    try:
        work(withdrawal_id=asked.pk, origin=by, reason=reason)
    except DomainError as refusal:
        return refusal.code
    return ""


def test_up_to_the_limit_it_goes_by_itself(alice: Customer) -> None:
    assert alice.ask(BTC).status == "APPROVED"
    assert alice.ask(LARGE, now=later(1)).status == "AWAITING_APPROVAL"
    assert alice.funding_sats() < 8 * BTC
    assert_books_agree()


def test_two_operators_let_it_go(alice: Customer) -> None:
    asked = alice.ask(LARGE)
    assert list(awaiting_approval()) == [asked]
    assert claimable(NOON) == []
    assert say(approve_withdrawal, asked, operator("olga")) == ""
    assert status(asked.pk) == "AWAITING_APPROVAL"
    assert say(approve_withdrawal, asked, operator("oscar")) == ""
    assert status(asked.pk) == "APPROVED"
    assert claimable(NOON) == [asked.pk]
    assert list(awaiting_approval()) == []
    entries = AuditEntry.objects.filter(action="withdrawal.approved").order_by("pk")
    assert [(entry.after or {})["approvals"] for entry in entries] == [1, 2]
    assert_books_agree()


def test_nobody_approves_twice_or_what_is_his_own(alice: Customer) -> None:
    asked, olga = alice.ask(LARGE), operator("olga")
    assert say(approve_withdrawal, asked, olga) == ""
    assert say(approve_withdrawal, asked, olga) == "SECOND_OPERATOR_NEEDED"
    assert say(approve_withdrawal, asked, Origin(alice.id)) == "SECOND_OPERATOR_NEEDED"
    assert say(reject_withdrawal, asked, Origin(alice.id)) == "SECOND_OPERATOR_NEEDED"
    assert status(asked.pk) == "AWAITING_APPROVAL"


def test_as_many_agree_as_the_terms_said_when_it_was_asked_for(alice: Customer) -> None:
    new_terms(approvals=3)
    asked = alice.ask(LARGE)
    new_terms(approvals=2)
    for name in ("olga", "oscar"):
        say(approve_withdrawal, asked, operator(name))
    assert status(asked.pk) == "AWAITING_APPROVAL"
    say(approve_withdrawal, asked, operator("otto"))
    assert status(asked.pk) == "APPROVED"


@pytest.mark.parametrize("approvals", [0, 1, 2])
def test_one_operator_rejects_and_the_money_is_back(alice: Customer, approvals: int) -> None:
    asked = alice.ask(LARGE)
    operators = [operator(f"o{number}") for number in range(approvals)]
    for one in operators:
        say(approve_withdrawal, asked, one)
    rejecting = operators[0] if operators else operator("otto")
    assert say(reject_withdrawal, asked, rejecting, "the address is a mixer's") == ""
    asked.refresh_from_db()
    assert (asked.status, asked.ended_because) == ("REJECTED", "the address is a mixer's")
    assert alice.funding_sats() == 10 * BTC
    assert say(reject_withdrawal, asked, operator("oscar"), "again") == ""
    assert WithdrawalApproval.objects.filter(approves=False).count() == 1
    assert alice.funding_sats() == 10 * BTC
    assert_books_agree()


def test_nothing_is_said_of_what_has_ended_or_is_being_signed(alice: Customer) -> None:
    canceled = alice.ask(LARGE)
    cancel_withdrawal(owner_id=alice.id, withdrawal_id=canceled.pk, origin=Origin(alice.id))
    assert say(approve_withdrawal, canceled, operator("olga")) == "INVALID_STATE"
    assert say(reject_withdrawal, canceled, operator("olga")) == "INVALID_STATE"
    signing = alice.ask(BTC, now=later(1))
    assert say(approve_withdrawal, signing, operator("olga")) == "INVALID_STATE"
    step(locked_withdrawal(signing.pk), WithdrawalEvent.PLAN)
    assert say(reject_withdrawal, signing, operator("olga")) == "INVALID_STATE"
    assert not WithdrawalApproval.objects.exists()
    assert_books_agree()


def test_an_unknown_one_and_no_reason_are_refused(alice: Customer) -> None:
    asked = alice.ask(LARGE)
    for work in (approve_withdrawal, reject_withdrawal):
        assert say(work, asked, operator("olga"), "  ") == "REASON_REQUIRED"
        with pytest.raises(DomainError) as refusal:
            work(withdrawal_id=uuid4(), origin=operator("olga"), reason="why not")
        assert refusal.value.code == "NOT_FOUND"


def test_the_database_keeps_every_word(alice: Customer) -> None:
    say(approve_withdrawal, alice.ask(LARGE), operator("olga"))
    for statement in (
        "UPDATE custody_withdrawalapproval SET approves = false",
        "DELETE FROM custody_withdrawalapproval",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
