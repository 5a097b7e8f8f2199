"""The life of a withdrawal, walked whole: each state with each event goes where it must, or is refused."""

from itertools import product

import pytest

from custody.rules.statuses import WithdrawalEvent, WithdrawalStatus
from custody.rules.withdrawals import OPEN, RETURNED, TRANSITIONS, UNSIGNED, next_status

EXPECTED = {
    "AWAITING_APPROVAL": {"APPROVE": "APPROVED", "REJECT": "REJECTED", "CANCEL": "CANCELED"},
    "APPROVED": {"PLAN": "SIGNING", "REJECT": "REJECTED", "CANCEL": "CANCELED"},
    "SIGNING": {"DROP_PLAN": "APPROVED", "LOSE": "APPROVED", "SIGN": "BROADCAST", "SETTLE": "CONFIRMED"},
    "BROADCAST": {"LOSE": "APPROVED", "SETTLE": "CONFIRMED"},
    "CONFIRMED": {"UNSETTLE": "BROADCAST"},
    "CANCELED": {"CANCEL": "CANCELED"},
    "REJECTED": {"REJECT": "REJECTED"},
}
PAIRS = list(product(WithdrawalStatus, WithdrawalEvent))


@pytest.mark.parametrize(("status", "event"), PAIRS)
def test_each_event_leads_where_it_must(status: WithdrawalStatus, event: WithdrawalEvent) -> None:
    following = next_status(status, event)
    assert (following and following.value) == EXPECTED[status].get(event)


def test_the_table_says_nothing_else() -> None:
    assert set(TRANSITIONS) <= set(PAIRS)
    assert len(TRANSITIONS) == sum(map(len, EXPECTED.values()))


def test_every_state_but_the_returned_ones_is_open_or_confirmed() -> None:
    assert set(OPEN) | set(RETURNED) | {WithdrawalStatus.CONFIRMED} == set(WithdrawalStatus)
    assert set(UNSIGNED) < set(OPEN)


def test_nothing_leaves_what_was_returned() -> None:
    ends = {after for (before, _), after in TRANSITIONS.items() if before in RETURNED}
    assert ends == set(RETURNED)


@pytest.mark.parametrize("status", [one for one in WithdrawalStatus if one not in UNSIGNED])
def test_money_comes_back_only_before_a_signature(status: WithdrawalStatus) -> None:
    for event in WithdrawalEvent:
        following = next_status(status, event)
        assert following not in RETURNED or following is status
