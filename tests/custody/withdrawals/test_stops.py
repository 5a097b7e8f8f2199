"""One operator, or the house, stops all withdrawals; another operator lets them go on."""

from typing import Any

import pytest

from access.errors import DomainError
from access.models import AuditEntry
from custody.models import WithdrawalStop
from custody.selectors_withdrawals import claimable
from custody.services.stops import (
    is_stopped,
    let_withdrawals_go_on,
    stop_by_itself,
    stop_withdrawals,
)
from tests.custody.withdrawals.scene import BTC, NOON, Customer, operator

pytestmark = pytest.mark.usefixtures("custody")


def refused(work: Any, **values: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        work(**values)
    return refusal.value.code


def test_nothing_is_claimed_until_another_operator_lets_it_go_on(alice: Customer) -> None:
    asked = alice.ask(BTC)
    olga, oscar = operator("olga"), operator("oscar")
    stop = stop_withdrawals(origin=olga, reason="a strange spend")
    assert is_stopped()
    assert claimable(NOON) == []
    again: dict[str, Any] = {"stop_id": stop.pk, "reason": "seen", "now": NOON}
    assert refused(let_withdrawals_go_on, origin=olga, **again) == "SECOND_OPERATOR_NEEDED"
    let_withdrawals_go_on(origin=oscar, **again)
    assert not is_stopped()
    assert claimable(NOON) == [asked.pk]
    assert refused(let_withdrawals_go_on, origin=oscar, **again) == "STOP_ENDED"
    actions = AuditEntry.objects.filter(subject=f"custody:stop:{stop.pk}").order_by("pk")
    assert [one.action for one in actions] == ["custody.withdrawals_stopped", "custody.withdrawals_go_on"]


def test_it_is_stopped_once() -> None:
    stop_withdrawals(origin=operator("olga"), reason="a strange spend")
    assert refused(stop_withdrawals, origin=operator("oscar"), reason="me too") == "ALREADY_STOPPED"
    stop_by_itself(reason="contested")
    stop = WithdrawalStop.objects.get()
    assert stop.operator_id is None  # it is the house's from then on
    assert "contested" in stop.reason
    assert "a strange spend" in stop.reason


def test_what_the_house_stopped_any_operator_lets_go_on() -> None:
    stop = stop_by_itself(reason="contested " * 100)
    assert stop.operator_id is None
    let_withdrawals_go_on(stop_id=stop.pk, origin=operator("olga"), reason="explained", now=NOON)
    assert not is_stopped()


def test_a_page_of_an_older_stop_ends_no_newer_one() -> None:
    first = stop_by_itself(reason="one")
    let_withdrawals_go_on(stop_id=first.pk, origin=operator("olga"), reason="seen", now=NOON)
    stop_by_itself(reason="two")
    stale: dict[str, Any] = {"stop_id": first.pk, "origin": operator("olga"), "reason": "seen", "now": NOON}
    assert refused(let_withdrawals_go_on, **stale) == "STOP_ENDED"
    assert is_stopped()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_it_needs_a_reason(reason: str) -> None:
    assert refused(stop_withdrawals, origin=operator("olga"), reason=reason) == "REASON_REQUIRED"
