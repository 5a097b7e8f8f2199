"""What processes say of themselves is read back with its age, in order, and within bounds."""

import pytest
from redis import Redis

from health.metrics import gauge_text, merged
from health.rules import REMEMBERED_MS, Liveness
from health.store import (
    MAX_PROCESSES,
    MEMBERS,
    METRICS_MS,
    PULSE_MS,
    Beat,
    Seen,
    count_start,
    name_of,
    published_metrics,
    pulse_age_ms,
    say_beat,
    say_goodbye,
    say_metrics,
    say_pulse,
    seen_processes,
)


def beat(process: str = "web", instance: str = "a:1", *, worked_ago_ms: int = 0) -> Beat:
    return Beat(process, instance, 60_000, worked_ago_ms, silent_after_ms=5_000, restarts=0)


@pytest.mark.parametrize(
    ("worked_ago_ms", "beat_age_ms", "expected"),
    [
        (0, 0, Liveness.ALIVE),
        (4_000, 1_000, Liveness.ALIVE),
        (4_000, 1_001, Liveness.STUCK),
        (0, 5_001, Liveness.STUCK),
        (0, 10_000, Liveness.STUCK),
        (0, 10_001, Liveness.MISSING),
        (60_000, 10_001, Liveness.MISSING),
    ],
)
def test_the_age_of_the_work_goes_on_after_the_last_beat(
    worked_ago_ms: int, beat_age_ms: int, expected: Liveness
) -> None:
    seen = Seen(beat(worked_ago_ms=worked_ago_ms), beat_age_ms)
    assert seen.worked_age_ms == worked_ago_ms + beat_age_ms
    assert seen.liveness is expected


def test_processes_are_told_in_their_order_and_the_last_beat_counts(redis: Redis) -> None:
    for process, instance in (("worker", "b:2"), ("web", "b:9"), ("web", "a:1"), ("engine", "0")):
        say_beat(redis, beat(process, instance))
    say_beat(redis, beat("web", "a:1", worked_ago_ms=7))
    seen = seen_processes(redis)
    assert [name_of(one.beat.process, one.beat.instance) for one in seen] == [
        "engine:0",
        "web:a:1",
        "web:b:9",
        "worker:b:2",
    ]
    assert seen[1].beat.worked_ago_ms == 7
    assert all(0 <= one.beat_age_ms < 5_000 for one in seen)


def test_the_age_of_a_beat_is_the_life_its_key_has_lost(redis: Redis) -> None:
    say_beat(redis, beat())
    redis.pexpire("health:heartbeat:web:a:1", REMEMBERED_MS - 7_000)
    (seen,) = seen_processes(redis)
    assert 7_000 <= seen.beat_age_ms < 9_000
    redis.pexpire("health:heartbeat:web:a:1", REMEMBERED_MS + 5_000)  # of another version that keeps longer
    assert seen_processes(redis)[0].beat_age_ms == 0


def test_one_that_says_goodbye_takes_its_metrics_along_and_nobody_elses(redis: Redis) -> None:
    for instance in ("a:1", "a:2"):
        say_beat(redis, beat("web", instance))
        say_metrics(redis, "web", instance, b"up 1\n")
    say_goodbye(redis, "web", "a:1")
    say_goodbye(redis, "web", "never-there")
    assert [one.beat.instance for one in seen_processes(redis)] == ["a:2"]
    assert published_metrics(redis) == [("web", "a:2", "up 1\n")]


def test_an_instance_may_have_colons_in_its_name(redis: Redis) -> None:
    say_beat(redis, beat("web", "host:[::1]:7"))
    say_metrics(redis, "web", "host:[::1]:7", b"up 1\n")
    assert published_metrics(redis) == [("web", "host:[::1]:7", "up 1\n")]


def test_metrics_that_are_no_longer_said_are_gone_before_the_process_is(redis: Redis) -> None:
    say_beat(redis, beat())
    say_metrics(redis, "web", "a:1", b"up 1\n")
    assert 0 < redis.pttl("health:metrics:web:a:1") <= METRICS_MS < REMEMBERED_MS
    redis.delete("health:metrics:web:a:1")
    assert published_metrics(redis) == []
    assert len(seen_processes(redis)) == 1


def test_however_many_say_that_they_live_so_many_are_read(redis: Redis) -> None:
    redis.sadd(MEMBERS, *(f"web:{number:04}" for number in range(MAX_PROCESSES + 20)))
    assert seen_processes(redis) == []
    assert redis.scard(MEMBERS) == 20  # those that are gone are forgotten, as many as were read
    assert seen_processes(redis) == []
    assert redis.scard(MEMBERS) == 0


def test_starts_are_counted_by_process(redis: Redis) -> None:
    assert [count_start(redis, "web") for _ in range(3)] == [0, 1, 2]
    assert count_start(redis, "worker") == 0


def test_the_pulse_has_an_age_or_was_never_felt(redis: Redis) -> None:
    assert pulse_age_ms(redis) is None
    say_pulse(redis)
    age = pulse_age_ms(redis)
    assert age is not None
    assert age < 5_000
    redis.pexpire("health:pulse", PULSE_MS - 90_000)
    age = pulse_age_ms(redis)
    assert age is not None
    assert 90_000 <= age < 95_000


def test_two_processes_on_one_page_are_these_lines() -> None:
    page = "# HELP up Up.\n# TYPE up gauge\nup 1.0\n"
    assert merged([("web", "a:1", page), ("web", 'b"2', page)]).decode() == (
        "# HELP up Up.\n# TYPE up gauge\n"
        'up{process="web",instance="a:1"} 1.0\n'
        'up{process="web",instance="b\\"2"} 1.0\n'
    )
    assert merged([]) == b"\n"


def test_a_computed_gauge_is_these_lines() -> None:
    text = gauge_text("ballast_lag_ms", "How late.", [({"shard": "0"}, 12), ({"shard": "1"}, 0)])
    assert text == (
        "# HELP ballast_lag_ms How late.\n# TYPE ballast_lag_ms gauge\n"
        'ballast_lag_ms{shard="0"} 12\nballast_lag_ms{shard="1"} 0\n'
    )
