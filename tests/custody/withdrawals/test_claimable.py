"""What may be signed now: approved, and its owner neither held, frozen nor disabled since he asked."""

from datetime import timedelta

import pytest

from access.security_changes import SecurityChangeKind, note_security_change
from access.services import Origin
from custody.rules.statuses import WithdrawalEvent
from custody.rules.terms import Terms
from custody.rules.withdrawals import Used
from custody.selectors_withdrawals import claimable, held_until, used_of, withdrawal_of, withdrawals_of
from custody.services.freezes import end_freeze, freeze_account
from custody.services.withdrawal_steps import locked_withdrawal, step
from custody.services.withdrawals import cancel_withdrawal
from tests.custody.withdrawals.scene import BTC, NOON, Customer, customer, later, new_terms, operator

DAY = timedelta(days=1)


def test_it_gives_what_is_approved_oldest_first(alice: Customer) -> None:
    bob = customer("bob")
    half = BTC // 2
    first, second, third = alice.ask(half), bob.ask(half, now=later(1)), alice.ask(half, now=later(2))
    alice.ask(BTC + 1, now=later(3))
    step(locked_withdrawal(second.pk), WithdrawalEvent.PLAN)
    assert claimable(later(4)) == [first.pk, third.pk]
    assert claimable(later(4), limit=1) == [first.pk]


@pytest.mark.parametrize("kind", SecurityChangeKind)
def test_a_change_after_the_request_holds_it_for_its_day(alice: Customer, kind: SecurityChangeKind) -> None:
    asked, bobs = alice.ask(BTC), customer("bob").ask(BTC, now=later(1))
    note_security_change(user_id=alice.id, kind=kind, at=later(1))
    assert claimable(later(1)) == [bobs.pk]
    assert claimable(later(1) + DAY - timedelta(microseconds=1)) == [bobs.pk]
    assert claimable(later(1) + DAY) == [asked.pk, bobs.pk]
    assert held_until(alice.id, Terms(), later(1)) == later(1) + DAY
    assert held_until(alice.id, Terms(), later(1) + DAY) is None


def test_longer_holds_of_the_terms_hold_longer(alice: Customer) -> None:
    asked = alice.ask(BTC)
    note_security_change(user_id=alice.id, kind=SecurityChangeKind.PASSWORD, at=later(1))
    new_terms(security_hold_seconds=2 * 86_400)
    assert claimable(later(1) + DAY) == []
    assert claimable(later(1) + 2 * DAY) == [asked.pk]


def test_a_frozen_owner_waits_for_the_end_of_it(alice: Customer) -> None:
    asked, olga = alice.ask(BTC), operator("olga")
    freeze_account(owner_id=alice.id, origin=olga, reason="asked by a court")
    assert claimable(NOON) == []
    end_freeze(owner_id=alice.id, origin=olga, reason="the court has decided")
    assert claimable(NOON) == [asked.pk]


def test_a_disabled_owner_is_paid_nothing(alice: Customer) -> None:
    asked = alice.ask(BTC)
    alice.user.is_active = False
    alice.user.save(update_fields=["is_active"])
    assert claimable(NOON) == []
    alice.user.is_active = True
    alice.user.save(update_fields=["is_active"])
    assert claimable(NOON) == [asked.pk]


def test_limits_count_what_was_not_returned_in_their_time(alice: Customer) -> None:
    bob = customer("bob")
    canceled = alice.ask(BTC)
    cancel_withdrawal(owner_id=alice.id, withdrawal_id=canceled.pk, origin=Origin())
    alice.ask(2 * BTC, now=later(1))
    bob.ask(3 * BTC, now=later(2))
    assert used_of(alice.id, later(3)) == Used(2 * BTC, 1, 5 * BTC)
    assert used_of(alice.id, later(1) + timedelta(hours=1)) == Used(2 * BTC, 1, 3 * BTC)
    assert used_of(alice.id, later(1) + DAY) == Used(0, 0, 0)


def test_ones_own_are_listed_latest_first_in_pages(alice: Customer) -> None:
    bobs = customer("bob").ask(BTC)
    asked = [alice.ask(BTC, now=later(number)) for number in range(4)]
    page = withdrawals_of(alice.id, limit=3)
    assert page == asked[:0:-1]
    assert withdrawals_of(alice.id, before=(page[-1].created_at, page[-1].pk), limit=3) == asked[:1]
    assert withdrawals_of(alice.id, statuses=["CANCELED"], limit=3) == []
    assert withdrawal_of(alice.id, bobs.pk) is None
    assert withdrawal_of(alice.id, asked[0].pk) == asked[0]
