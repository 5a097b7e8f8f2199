"""A code counts once, a wrong one against its user, and five in a row end it for a quarter of an hour."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import Settings

from access.models import AuditEntry, TotpDevice
from access.second_factor import check_code, code_at, spend_code, step_at
from access.second_factor.errors import (
    CodeReused,
    InvalidCode,
    SecondFactorLocked,
    SecondFactorRequired,
    SecondFactorUnreadable,
)
from access.second_factor.spending import LOCKED_FOR
from tests.access.people import new_user
from tests.access.second_factor.enrolled import NOON, WRONG, Enrolled, enrolled, later


@pytest.fixture
def alice(db: None) -> Enrolled:
    return enrolled("alice")


@transaction.atomic
def spend(user_id: int, code: str, now: datetime) -> int:
    return spend_code(user_id=user_id, code=code, now=now)


def check(user_id: int, code: str, now: datetime) -> None:
    check_code(user_id=user_id, code=code, now=now)


@transaction.atomic
def spend_in_vain(alice: Enrolled) -> None:
    spend(alice.user.pk, alice.code(later()), later())
    raise RuntimeError


def guess(alice: Enrolled, times: int, steps: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCode):
            check_code(user_id=alice.user.pk, code=WRONG, now=later(steps))


def test_a_code_gives_its_step_and_then_counts_no_more(alice: Enrolled) -> None:
    now = later()
    check_code(user_id=alice.user.pk, code=alice.code(now), now=now)
    assert spend(alice.user.pk, alice.code(now), now) == step_at(now)
    with pytest.raises(CodeReused):
        spend(alice.user.pk, alice.code(now), now)
    with pytest.raises(CodeReused):
        check_code(user_id=alice.user.pk, code=alice.code(now), now=now)


def test_checking_spends_nothing(alice: Enrolled) -> None:
    now = later()
    for _ in range(3):
        check_code(user_id=alice.user.pk, code=alice.code(now), now=now)


def test_an_earlier_code_than_the_last_counts_no_more(alice: Enrolled) -> None:
    spend(alice.user.pk, alice.code(later(3)), later(2))
    with pytest.raises(CodeReused):
        spend(alice.user.pk, alice.code(later(2)), later(2))
    assert spend(alice.user.pk, alice.code(later(4)), later(4)) == step_at(later(4))


def test_what_is_rolled_back_leaves_the_code_unused(alice: Enrolled) -> None:
    now = later()
    with pytest.raises(RuntimeError):
        spend_in_vain(alice)
    spend(alice.user.pk, alice.code(now), now)


def test_the_code_that_enrolled_is_used(alice: Enrolled) -> None:
    with pytest.raises(CodeReused):
        check_code(user_id=alice.user.pk, code=alice.code(NOON), now=NOON)


def test_who_has_none_is_told_so(db: None) -> None:
    bob = new_user("bob")
    for judge in (check, spend):
        with pytest.raises(SecondFactorRequired):
            judge(bob.pk, "123456", NOON)


def test_five_wrong_codes_lock_even_the_right_one(alice: Enrolled) -> None:
    guess(alice, 5)
    for judge in (check, spend):
        with pytest.raises(SecondFactorLocked) as locked:
            judge(alice.user.pk, alice.code(later()), later())
    assert locked.value.status == 429
    assert locked.value.headers() == [("retry-after", "901")]
    assert (
        AuditEntry.objects.filter(action="second_factor.locked", subject=f"user:{alice.user.pk}").count() == 1
    )
    again = later() + LOCKED_FOR
    check_code(user_id=alice.user.pk, code=alice.code(again), now=again)


def test_guesses_while_locked_do_not_prolong_it(alice: Enrolled) -> None:
    guess(alice, 5)
    for _ in range(10):
        with pytest.raises(SecondFactorLocked):
            check_code(user_id=alice.user.pk, code=WRONG, now=later() + LOCKED_FOR - timedelta(seconds=1))
    again = later() + LOCKED_FOR
    check_code(user_id=alice.user.pk, code=alice.code(again), now=again)


def test_after_a_lock_it_takes_five_again(alice: Enrolled) -> None:
    guess(alice, 5)
    again = later() + LOCKED_FOR
    for _ in range(5):
        with pytest.raises(InvalidCode):
            check_code(user_id=alice.user.pk, code=WRONG, now=again)
    with pytest.raises(SecondFactorLocked):
        check_code(user_id=alice.user.pk, code=WRONG, now=again)


def test_a_right_code_ends_the_row_of_wrong_ones(alice: Enrolled) -> None:
    guess(alice, 4)
    check_code(user_id=alice.user.pk, code=alice.code(later()), now=later())
    guess(alice, 4)
    check_code(user_id=alice.user.pk, code=alice.code(later()), now=later())


def test_a_used_code_neither_counts_as_wrong_nor_as_right(alice: Enrolled) -> None:
    now = later()
    spend(alice.user.pk, alice.code(now), now)
    guess(alice, 4)
    for _ in range(6):
        with pytest.raises(CodeReused):
            check_code(user_id=alice.user.pk, code=alice.code(now), now=now)
    guess(alice, 1)
    with pytest.raises(SecondFactorLocked):
        check_code(user_id=alice.user.pk, code=alice.code(later(2)), now=later(2))


def test_wrong_codes_inside_a_transaction_are_a_bug(alice: Enrolled) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        check_code(user_id=alice.user.pk, code=WRONG, now=later())


def test_a_recovery_code_is_no_code(alice: Enrolled) -> None:
    with pytest.raises(InvalidCode):
        spend(alice.user.pk, alice.recovery_codes[0], later())
    assert TotpDevice.objects.get(pk=alice.user.pk).last_step == step_at(NOON)


def test_one_users_code_is_not_anothers(alice: Enrolled) -> None:
    bob = enrolled("bob")
    assert code_at(alice.secret, 1) != code_at(bob.secret, 1)
    with pytest.raises(InvalidCode):
        spend(bob.user.pk, alice.code(later()), later())


def test_under_another_key_of_the_settings_it_is_told_that_nothing_can_be_read(
    alice: Enrolled, settings: Settings
) -> None:
    settings.ENCRYPTION_KEY += "x"
    for judge in (check, spend):
        with pytest.raises(SecondFactorUnreadable):
            judge(alice.user.pk, alice.code(later()), later())
    assert TotpDevice.objects.get(pk=alice.user.pk).failures == 0
