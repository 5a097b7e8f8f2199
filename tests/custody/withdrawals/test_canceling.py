"""Its owner cancels a withdrawal until a signer may be asked, and has all of the money back once."""

from typing import Any
from uuid import uuid4

import pytest

from access.errors import DomainError
from access.models import AuditEntry
from access.services import Origin
from custody.models import Withdrawal
from custody.rules.statuses import WithdrawalEvent, WithdrawalStatus
from custody.services.withdrawal_steps import locked_withdrawal, step
from custody.services.withdrawals import cancel_withdrawal
from ledger.models import Transfer
from tests.custody.withdrawals.scene import BTC, Customer, assert_books_agree, customer, later


def cancel(who: Customer, withdrawal: Any) -> Withdrawal:
    return cancel_withdrawal(owner_id=who.id, withdrawal_id=withdrawal.pk, origin=Origin(who.id))


@pytest.mark.parametrize("sats", [BTC, BTC + 1])
def test_amount_and_fee_come_back_once(alice: Customer, sats: int) -> None:
    asked = alice.ask(sats)
    for _ in range(2):
        canceled = cancel(alice, asked)
        assert (canceled.status, canceled.ended_because) == ("CANCELED", "canceled by its owner")
        assert alice.funding_sats() == 10 * BTC
    assert Transfer.objects.filter(code="WITHDRAWAL_RETURNED").count() == 1
    assert AuditEntry.objects.filter(action="withdrawal.canceled").count() == 1
    assert_books_agree()


@pytest.mark.parametrize(
    "late", [one for one in WithdrawalStatus if one not in ("AWAITING_APPROVAL", "APPROVED", "CANCELED")]
)
def test_it_is_too_late_from_signing_on(alice: Customer, late: WithdrawalStatus) -> None:
    asked = alice.ask(BTC)
    Withdrawal.objects.filter(pk=asked.pk).update(status=late)
    with pytest.raises(DomainError) as refused:
        cancel(alice, asked)
    assert (refused.value.code, refused.value.status) == ("INVALID_STATE", 409)
    assert refused.value.details == {"status": late.value}
    assert alice.funding_sats() < 9 * BTC


def test_a_dropped_plan_can_be_canceled(alice: Customer) -> None:
    asked = alice.ask(BTC)
    step(locked_withdrawal(asked.pk), WithdrawalEvent.PLAN)
    step(locked_withdrawal(asked.pk), WithdrawalEvent.DROP_PLAN)
    cancel(alice, asked)
    assert alice.funding_sats() == 10 * BTC
    assert_books_agree()


def test_anothers_is_not_there(alice: Customer) -> None:
    asked, bob = alice.ask(BTC), customer("bob")
    with pytest.raises(DomainError) as anothers:
        cancel(bob, asked)
    with pytest.raises(DomainError) as absent:
        cancel_withdrawal(owner_id=bob.id, withdrawal_id=uuid4(), origin=Origin())
    assert anothers.value.code == absent.value.code == "NOT_FOUND"
    assert anothers.value.message == absent.value.message


def test_what_was_canceled_leaves_room_in_the_limits_but_not_its_code(alice: Customer) -> None:
    asked = alice.ask(9 * BTC)
    cancel(alice, asked)
    with pytest.raises(DomainError) as reused:
        alice.ask(9 * BTC)
    assert reused.value.code == "CODE_REUSED"
    alice.ask(9 * BTC, now=later(1))
    assert alice.ask(9 * BTC, key=asked.key) == asked
