"""A delivery is tried eight times within a day; a webhook that fails is left alone for minutes at most."""

from datetime import timedelta

from access.notices.backoff import DELAYS, LONGEST_PAUSE, MAX_ATTEMPTS, delay_after, pause_after


def test_there_are_eight_attempts_within_a_day() -> None:
    assert MAX_ATTEMPTS == 8
    assert sum(DELAYS, timedelta()) <= timedelta(days=1)
    assert delay_after(MAX_ATTEMPTS) is None


def test_each_delay_is_longer_than_the_one_before() -> None:
    assert list(DELAYS) == sorted(set(DELAYS))
    assert [delay_after(attempt) for attempt in range(1, MAX_ATTEMPTS)] == list(DELAYS)


def test_pauses_grow_to_a_limit() -> None:
    pauses = [pause_after(failures) for failures in range(1, 100)]
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
