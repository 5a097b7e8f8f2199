"""Many at once: one code is spent by one, and guesses side by side are no more than guesses in a row."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from access.errors import DomainError
from access.second_factor import (
    begin_enrolment,
    check_code,
    code_at,
    confirm_enrolment,
    remove_second_factor,
    spend_code,
    step_at,
)
from access.services import Origin
from tests.access.people import new_user
from tests.access.second_factor.enrolled import WRONG, Enrolled, enrolled, later

TOGETHER = 12


@pytest.fixture
def alice(db: None) -> Enrolled:
    return enrolled("alice")


def at_once(work: Callable[[], object]) -> list[str]:
    """The refusals' codes, "" for none, of TOGETHER threads with connections of their own."""
    barrier = Barrier(TOGETHER)

    def run(_: int) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            work()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(TOGETHER) as pool:
        return sorted(pool.map(run, range(TOGETHER)))


def test_one_code_is_spent_once(alice: Enrolled) -> None:
    def spend() -> None:
        with transaction.atomic():
            spend_code(user_id=alice.user.pk, code=alice.code(later()), now=later())

    assert at_once(spend) == ["", *["CODE_REUSED"] * (TOGETHER - 1)]


def test_guesses_side_by_side_lock_after_five(alice: Enrolled) -> None:
    outcomes = at_once(lambda: check_code(user_id=alice.user.pk, code=WRONG, now=later()))
    assert outcomes.count("INVALID_CODE") == 5
    assert outcomes.count("SECOND_FACTOR_LOCKED") == TOGETHER - 5


def test_one_recovery_code_removes_once(alice: Enrolled) -> None:
    def remove() -> None:
        remove_second_factor(
            user_id=alice.user.pk, code=alice.recovery_codes[0], now=later(), origin=Origin()
        )

    outcomes = at_once(remove)
    assert outcomes.count("") == 1
    assert set(outcomes) <= {"", "SECOND_FACTOR_REQUIRED"}


def test_one_enrolment_is_confirmed_once(db: None) -> None:
    bob = new_user("bob")
    secret = begin_enrolment(user_id=bob.pk, now=later(), origin=Origin()).secret
    first = code_at(secret, step_at(later()))

    def confirm() -> None:
        confirm_enrolment(user_id=bob.pk, code=first, now=later(), origin=Origin())

    assert at_once(confirm) == ["", *["NO_ENROLMENT"] * (TOGETHER - 1)]
