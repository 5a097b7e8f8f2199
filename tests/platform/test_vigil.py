"""Who stops beating or turning is found; nobody is condemned for a Redis or a supervisor that was away."""

import pytest

from config.vigil import LOST_SECONDS, SLEPT_SECONDS, STARTING_SECONDS, STUCK_SECONDS, Vigil
from health.rules import ALIVE_MS
from health.store import Beat, Seen
from tests.platform.bench import Clock

PID = 17
RUNNING = {"worker": PID}


def seen(*, age_ms: int = 0, worked_ms: int = 0, silent_after_ms: int = 5_000) -> dict[int, Seen]:
    return {PID: Seen(Beat("worker", f"host:{PID}", 60_000, worked_ms, silent_after_ms, 0), age_ms)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vigil(clock: Clock) -> Vigil:
    return Vigil(clock)


def over(vigil: Vigil, clock: Clock, seconds: float, heard: dict[int, Seen]) -> dict[str, str]:
    """A look each second, for so long."""
    judged: dict[str, str] = {}
    for _ in range(int(seconds)):
        clock.seconds += 1
        judged = vigil.hear(RUNNING, heard)
    return judged


def test_who_beats_and_turns_is_left_alone(vigil: Vigil, clock: Clock) -> None:
    assert over(vigil, clock, 200, seen()) == {}


def test_who_stops_beating_is_found(vigil: Vigil, clock: Clock) -> None:
    over(vigil, clock, 5, seen())
    assert over(vigil, clock, LOST_SECONDS, {}) == {}
    assert over(vigil, clock, 1, {}) == {"worker": "stopped beating"}


def test_a_beat_that_grows_old_is_one_that_is_missed(vigil: Vigil, clock: Clock) -> None:
    over(vigil, clock, 20, seen())
    clock.seconds += 1
    old = seen(age_ms=int(LOST_SECONDS * 1000) + 1_000)
    assert vigil.hear(RUNNING, old) == {}, "it was heard here a moment ago"
    judged: dict[str, str] = {}
    for second in range(int(LOST_SECONDS)):
        clock.seconds += 1
        judged = vigil.hear(RUNNING, seen(age_ms=ALIVE_MS + second * 1000))
    assert judged == {"worker": "stopped beating"}


def test_who_has_just_started_has_time(vigil: Vigil, clock: Clock) -> None:
    assert over(vigil, clock, STARTING_SECONDS, {}) == {}
    assert over(vigil, clock, 2, {}) == {"worker": "did not begin to beat"}


def test_another_pid_is_another_process_that_has_just_started(vigil: Vigil, clock: Clock) -> None:
    over(vigil, clock, 5, seen())
    over(vigil, clock, LOST_SECONDS, {})
    clock.seconds += 1
    assert vigil.hear({"worker": PID + 1}, {}) == {}


def test_who_beats_without_turning_is_found_after_a_while(vigil: Vigil, clock: Clock) -> None:
    stuck = seen(worked_ms=60_000)
    assert over(vigil, clock, STUCK_SECONDS, stuck) == {}
    assert over(vigil, clock, 2, stuck) == {"worker": "stopped turning"}


def test_who_turns_again_begins_anew(vigil: Vigil, clock: Clock) -> None:
    stuck = seen(worked_ms=60_000)
    over(vigil, clock, STUCK_SECONDS - 1, stuck)
    over(vigil, clock, 1, seen())
    assert over(vigil, clock, STUCK_SECONDS, stuck) == {}


def test_a_process_without_a_loop_is_never_stuck(vigil: Vigil, clock: Clock) -> None:
    assert over(vigil, clock, 200, seen(worked_ms=900_000, silent_after_ms=0)) == {}


def test_the_time_in_which_redis_was_away_counts_for_nobody(vigil: Vigil, clock: Clock) -> None:
    over(vigil, clock, 5, seen())
    for _ in range(60):
        clock.seconds += 3
        vigil.hear_nothing()
    assert over(vigil, clock, LOST_SECONDS, {}) == {}
    assert over(vigil, clock, 2, {}) == {"worker": "stopped beating"}


def test_the_time_in_which_the_supervisor_slept_counts_for_nobody(vigil: Vigil, clock: Clock) -> None:
    over(vigil, clock, 5, seen())
    clock.seconds += 3600
    assert vigil.hear(RUNNING, {}) == {}
    clock.seconds += SLEPT_SECONDS
    assert vigil.hear(RUNNING, {}) == {}
    assert over(vigil, clock, LOST_SECONDS, {}) == {"worker": "stopped beating"}
