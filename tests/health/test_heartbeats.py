"""Every process says that it lives; who falls silent is missed; a Redis that is away harms nobody."""

import threading
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings
from redis import Redis

from health import heartbeat
from health.heartbeat import RESTARTS, Heart
from health.rules import ALIVE_MS, REMEMBERED_MS, Liveness, Status, attendance, liveness
from health.store import Beat, open_redis, published_metrics, say_beat, seen_processes
from tests.support.waiting import until


@pytest.fixture
def heart(redis: Redis) -> Iterator[Heart]:
    yield heartbeat.start("worker", "host:1", silent_after_s=5)
    heartbeat.stop()


def beat(process: str = "web", instance: str = "a:1") -> Beat:
    return Beat(process, instance, up_ms=5_000, worked_ago_ms=0, silent_after_ms=0, restarts=0)


def test_a_process_is_seen_alive_with_its_metrics(heart: Heart, redis: Redis) -> None:
    until(lambda: len(seen_processes(redis)) == 1 and len(published_metrics(redis)) == 1)
    (seen,) = seen_processes(redis)
    assert (seen.beat.process, seen.beat.instance, seen.liveness) == ("worker", "host:1", Liveness.ALIVE)
    ((process, instance, text),) = published_metrics(redis)
    assert (process, instance) == ("worker", "host:1")
    assert "ballast_tasks" in text


def test_work_and_errors_are_told_but_not_what_the_error_says(heart: Heart) -> None:
    heartbeat.worked()
    heartbeat.failed(ConnectionError("password=hunter2"))
    told = heart.beat()
    assert told.error == "builtins.ConnectionError"
    assert told.worked_ago_ms < 1_000


def test_an_orderly_end_is_not_missed(heart: Heart, redis: Redis) -> None:
    until(lambda: len(seen_processes(redis)) == 1)
    heartbeat.stop()
    assert seen_processes(redis) == []
    assert published_metrics(redis) == []


def test_a_process_that_falls_silent_is_missing_and_then_forgotten(redis: Redis) -> None:
    say_beat(redis, beat())
    redis.pexpire("health:heartbeat:web:a:1", REMEMBERED_MS - ALIVE_MS - 1_000)
    assert [seen.liveness for seen in seen_processes(redis)] == [Liveness.MISSING]
    redis.delete("health:heartbeat:web:a:1")
    assert seen_processes(redis) == []
    assert redis.scard("health:processes") == 0


def test_starts_are_counted_by_redis_or_by_the_supervisor(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restarts() -> int:
        heartbeat.start("beat", "host:2")
        until(lambda: len(seen_processes(redis)) == 1)
        (seen,) = seen_processes(redis)
        heartbeat.stop()
        return seen.beat.restarts

    assert [restarts(), restarts()] == [0, 1]
    monkeypatch.setenv(RESTARTS, "7")
    assert restarts() == 7


def test_it_goes_on_without_redis_and_is_heard_again(
    redis: Redis, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    heart = Heart("web", "host:3", 0)
    good = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    broken = open_redis()
    heart.say(broken)
    heart.say(broken)
    assert [record.levelname for record in caplog.records] == ["WARNING"]  # said once
    settings.REDIS_URL = good
    with open_redis() as working:
        heart.say(working)
    assert len(seen_processes(redis)) == 1


def test_worked_without_a_heart_does_nothing() -> None:
    assert heartbeat.current() is None
    heartbeat.worked()
    heartbeat.failed(ValueError())


def test_stopping_does_not_wait_for_a_redis_that_hangs(redis: Redis, settings: Settings) -> None:
    settings.REDIS_URL = "redis://10.255.255.1:6379/0"
    heart = heartbeat.start("web", "host:4")
    began = time.monotonic()
    heart.stop(patience_s=0.2)
    assert time.monotonic() - began < 1
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "heartbeat")
    heartbeat._Owner.heart = None


@pytest.mark.parametrize(
    ("beat_age_ms", "worked_age_ms", "silent_after_ms", "expected"),
    [
        (0, 0, 0, Liveness.ALIVE),
        (ALIVE_MS, ALIVE_MS, 0, Liveness.ALIVE),
        (ALIVE_MS + 1, 0, 0, Liveness.MISSING),
        (0, 5_001, 5_000, Liveness.STUCK),
        (0, 5_000, 5_000, Liveness.ALIVE),
    ],
)
def test_a_process_beats_and_works_or_is_stuck_or_missing(
    beat_age_ms: int, worked_age_ms: int, silent_after_ms: int, expected: Liveness
) -> None:
    found = liveness(beat_age_ms=beat_age_ms, worked_age_ms=worked_age_ms, silent_after_ms=silent_after_ms)
    assert found is expected


@pytest.mark.parametrize(
    ("expected", "alive", "stuck", "status"),
    [
        (1, 1, 0, Status.OK),
        (1, 0, 0, Status.FAIL),
        (2, 1, 0, Status.WARN),
        (1, 1, 1, Status.WARN),
        (1, 0, 1, Status.FAIL),
        (0, 0, 0, Status.OK),
    ],
)
def test_a_line_of_the_table_needs_its_processes(
    expected: int, alive: int, stuck: int, status: Status
) -> None:
    assert attendance(expected=expected, alive=alive, stuck=stuck) is status
