"""The queue of withdrawals: each with why it needs a look, and only for who has a say in it."""

from django.urls import reverse

from access.cockpit import MOST_SHOWN, Urgency
from access.services import Origin
from custody.models import Withdrawal
from custody.services.approvals import approve_withdrawal
from tests.admin.work.reading import deeds, only, superuser, work
from tests.custody.withdrawals.scene import BTC, Customer, later, new_terms, operator

LARGE = BTC + 1


def agree(row: Withdrawal, by: Origin) -> None:
    approve_withdrawal(withdrawal_id=row.pk, origin=by, reason="I called her")


def test_it_says_who_what_where_why_and_how_many_agreed(alice: Customer) -> None:
    row = alice.ask(LARGE)
    item = only("withdrawals")
    assert item.title == f"1.00000001 BTC of {alice.user} to {alice.home.address}"
    assert item.since == row.created_at
    assert item.url == reverse("admin:custody_withdrawal_change", args=[row.pk])
    assert item.reasons[0] == "Needs 2 operators, 0 agreed"
    assert item.reasons[1].startswith("Risk ")
    assert "The first withdrawal of this account" in item.reasons
    assert "On the owner's list for 30 days" in item.reasons
    assert item.deeds[0] == (
        "Approve",
        reverse("admin:custody_withdrawal_deed", args=["approve"]) + f"?ids={row.pk}",
    )
    assert deeds(item) == ["Approve", "Reject"]


def test_who_has_agreed_sees_that_it_waits_for_another(alice: Customer) -> None:
    row = alice.ask(LARGE)
    olga, oscar = operator("olga"), operator("oscar")
    agree(row, olga)
    assert olga.user_id is not None
    assert oscar.user_id is not None
    assert work("withdrawals", olga.user_id).items == []
    waits = only("withdrawals_of_others", olga.user_id)
    assert waits.reasons[0] == "Waits for another operator"
    assert (waits.deeds, waits.urgency) == ((), Urgency.LATER)
    theirs = only("withdrawals", oscar.user_id)
    assert theirs.reasons[0] == "Needs 2 operators, 1 agreed"
    assert any(one.endswith(": I called her") for one in theirs.reasons)
    assert work("withdrawals_of_others", oscar.user_id).total == 0


def test_nobody_is_offered_his_own(alice: Customer) -> None:
    alice.ask(LARGE)
    assert work("withdrawals", alice.id).total == 0
    assert only("withdrawals_of_others", alice.id).deeds == ()


def test_what_is_approved_rejected_or_goes_by_itself_is_no_work(alice: Customer) -> None:
    row = alice.ask(LARGE)
    alice.ask(BTC // 100, now=later(1))
    agree(row, operator("olga"))
    agree(row, operator("oscar"))
    assert work("withdrawals").total == 0


def test_many_are_counted_and_the_oldest_are_shown(
    alice: Customer, django_assert_max_num_queries: object
) -> None:
    new_terms(user_day_count=100, four_eyes_above_sats=0)
    rows = [alice.ask(BTC // 100, now=later(number)) for number in range(MOST_SHOWN + 3)]
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        found = work("withdrawals")
    assert (len(found.items), found.total) == (MOST_SHOWN, MOST_SHOWN + 3)
    assert [one.since for one in found.items] == [row.created_at for row in rows[:MOST_SHOWN]]


def test_a_high_risk_stands_first(alice: Customer) -> None:
    new_terms(user_day_count=100, four_eyes_above_sats=0)
    alice.ask(BTC // 100)
    assert only("withdrawals").urgency is Urgency.NOW  # it has waited since long ago
    assert superuser().has_perm("custody.approve_withdrawal")
