"""The oracle's invariants find what they are for, and nothing in what rounds write themselves."""

import pytest
from django.db import connection

from health.invariants import examine
from health.registry import Extent, invariants
from oracle.models import Minute, Round
from tests.oracle.rows import START_MS, House
from tests.support.invariants import assert_invariants_hold

LATEST = 30  # the latest round's number


@pytest.fixture
def minutes(house: House) -> House:
    """Three and a half of them: a round each six seconds."""
    house.now_ms = START_MS + 30_000
    for number in range(LATEST):
        house.now_ms += 4_000
        house.round(60_000 + number % 11)
    return house


def violated() -> dict[str, set[str]]:
    """By invariant, the extents in which it is."""
    found: dict[str, set[str]] = {}
    for extent in Extent:
        for invariant in invariants():
            outcome = examine(invariant, extent)
            assert outcome.error == ""
            if outcome.violations.count:
                found.setdefault(invariant.name, set()).add(extent)
    return found


def test_they_hold_for_what_rounds_write(minutes: House) -> None:
    assert Minute.objects.count() == 4
    assert_invariants_hold()


@pytest.mark.parametrize(
    "change", ["high_e8 = high_e8 + 1", "close_e8 = low_e8", "rounds = rounds - 1", "is_simulated = true"]
)
def test_a_minute_that_is_not_its_rounds_is_found(minutes: House, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE oracle_minute SET {change} WHERE start_ms = %s", [START_MS + 120_000])
    assert violated() == {"minutes_are_their_rounds": {Extent.RECENT, Extent.WHOLE}}


def test_a_minute_without_rounds_is_found_and_rounds_without_a_minute(minutes: House) -> None:
    Minute.objects.filter(start_ms=START_MS + 120_000).delete()
    assert "minutes_are_their_rounds" in violated()
    Minute.objects.create(
        start_ms=START_MS + 600_000, open_e8=1, high_e8=1, low_e8=1, close_e8=1, rounds=1, is_simulated=False
    )
    assert "minutes_are_their_rounds" in violated()


def test_a_sum_that_does_not_follow_is_found(minutes: House) -> None:
    Round.objects.filter(pk=17).update(cumulative=7)
    assert violated() == {"prices_sum_up_over_time": {Extent.RECENT, Extent.WHOLE}}


def test_a_lost_latest_round_is_found(minutes: House) -> None:
    Round.objects.filter(pk=LATEST).delete()
    assert "the_current_price_is_of_the_latest_round" in violated()


def test_minutes_stay_right_when_some_of_their_rounds_are_forgotten(minutes: House) -> None:
    Round.objects.filter(time_ms__lt=START_MS + 75_000).delete()
    assert violated() == {}
