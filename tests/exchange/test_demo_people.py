"""The people of the demo: they trade and withdraw at once, and nobody logs in as them."""

import pytest
from pytest_django import Settings

from access.security_changes import security_held_until
from exchange.services.demo import DemoUser, seed_demo

HOLD_SECONDS = 86_400


@pytest.fixture
def people(db: None, settings: Settings) -> list[DemoUser]:
    settings.DEMO = True
    return seed_demo()


def test_making_them_is_no_security_change(people: list[DemoUser]) -> None:
    held = [security_held_until(user_id=one.user.pk, hold_seconds=HOLD_SECONDS) for one in people]
    assert held == [None] * len(people)


def test_they_have_no_password(people: list[DemoUser]) -> None:
    assert not any(one.user.has_usable_password() for one in people)


def test_made_again_they_stay_as_they_are(people: list[DemoUser]) -> None:
    again = seed_demo()
    assert [one.user.password for one in again] == [one.user.password for one in people]
    assert [one.transfers for one in again] == [one.transfers for one in people]
