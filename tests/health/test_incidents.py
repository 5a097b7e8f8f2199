"""What went wrong lately: once while it lasts, at its worst, with its end, and within bounds."""

from health.examination import Examined
from health.incidents import Incidents
from health.registry import Check, Finding
from health.rules import Status

OK, WARN, FAIL = Status


def found(**statuses: Status) -> list[Examined]:
    return [
        Examined(Check(name, "", list), Finding(status, f"{name} {status.name}"), 0.0)
        for name, status in statuses.items()
    ]


def test_one_lasts_from_its_first_look_to_the_one_that_finds_it_well() -> None:
    incidents = Incidents()
    incidents.note(found(redis=OK), 1)
    incidents.note(found(redis=FAIL), 2)
    incidents.note(found(redis=FAIL), 3)
    (one,) = incidents.latest()
    assert (one.subsystem, one.worst, one.began_ms, one.ended_ms, one.is_first) == (
        "redis",
        FAIL,
        2,
        None,
        False,
    )
    incidents.note(found(redis=OK), 4)
    assert one.ended_ms == 4


def test_the_worst_is_kept_with_its_words() -> None:
    incidents = Incidents()
    for status, now in ((WARN, 1), (FAIL, 2), (WARN, 3)):
        incidents.note(found(redis=status), now)
    (one,) = incidents.latest()
    assert (one.worst, one.message, one.is_first) == (FAIL, "redis FAIL", True)


def test_what_is_no_longer_spoken_of_has_ended() -> None:
    incidents = Incidents()
    incidents.note(found(engine=FAIL), 1)
    incidents.note([], 2)
    assert incidents.latest()[0].ended_ms == 2


def test_the_latest_stand_first_and_the_oldest_go() -> None:
    incidents = Incidents(bound=3)
    for now in range(0, 10, 2):
        incidents.note(found(redis=FAIL), now)
        incidents.note(found(redis=OK), now + 1)
    assert [one.began_ms for one in incidents.latest()] == [8, 6, 4]
