"""A supervisor that listens: hung processes, operators' orders, and what it tells of those it keeps."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from redis import Redis

from config.keeper import LOOK_SECONDS, Keeper, Ward
from config.supervisor import RESTARTS_ALLOWED, stop_all
from config.vigil import LOST_SECONDS
from health.checks import supervision
from health.heartbeat import Heart
from health.rules import Status
from health.store import Beat, published_metrics, say_beat, seen_processes
from health.supervised import Care, kept_processes, order_restart
from tests.platform.bench import Bench, end
from tests.platform.processes import await_end


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    stop_all(bench.children, grace_seconds=0)


def keeper_of(bench: Bench, url: str, *wards: Ward) -> Keeper:
    keeper = Keeper(wards, redis_url=url, tell=bench.told.append, clock=bench.clock)
    keeper.start()
    return keeper


def beat(redis: Redis, pid: int) -> None:
    say_beat(redis, Beat("worker", f"{os.uname().nodename}:{pid}", 1_000, 0, 5_000, 0))


def turn(bench: Bench, keeper: Keeper, times: int = 1) -> None:
    for _ in range(times):
        bench.clock.seconds += LOOK_SECONDS
        keeper.run_once()


def test_a_process_that_stops_beating_is_ended_and_starts_again(
    bench: Bench, redis: Redis, settings: Settings
) -> None:
    child = bench.child("worker", "sleep 60")
    keeper = keeper_of(bench, settings.REDIS_URL, Ward(child, "worker"))
    first = child.pid
    beat(redis, first)
    turn(bench, keeper)
    os.kill(first, signal.SIGSTOP)
    redis.flushdb()
    turn(bench, keeper, int(LOST_SECONDS) + 3)
    assert child.pid != first
    (told,) = kept_processes(redis)
    assert (told.care, told.restarts, told.reason) == (Care.RUNNING, 1, "stopped beating")


def test_it_beats_and_publishes_its_own_metrics_where_it_is_given_a_heart(
    bench: Bench, redis: Redis, settings: Settings
) -> None:
    ward = Ward(bench.child("worker", "sleep 60"), "worker", beats=False)
    url = settings.REDIS_URL
    heart = Heart("all", "here:1", 0)
    keeper = Keeper([ward], redis_url=url, tell=bench.told.append, clock=bench.clock, heart=heart)
    keeper.start()
    turn(bench, keeper)
    assert [one.beat.process for one in seen_processes(redis)] == ["all"]
    ((process, instance, text),) = published_metrics(redis)
    assert (process, instance) == ("all", "here:1")
    assert "process_resident_memory_bytes" in text
    keeper.close()
    assert seen_processes(redis) == []


def test_one_that_never_says_that_it_lives_is_judged_by_its_end_alone(
    bench: Bench, settings: Settings, redis: Redis
) -> None:
    child = bench.child("signer", "sleep 60")
    keeper = keeper_of(bench, settings.REDIS_URL, Ward(child, "signer", beats=False))
    first = child.pid
    turn(bench, keeper, 300)
    assert child.pid == first


def test_an_order_restarts_every_process_of_the_line_once(
    bench: Bench, redis: Redis, settings: Settings
) -> None:
    engines = [bench.child(name, "sleep 60") for name in ("engine", "engine2")]
    beats = bench.child("beat", "sleep 60")
    wards = [Ward(engine, "engine", beats=False) for engine in engines]
    order_restart(redis, "engine")  # before this supervisor was there: not for it
    keeper = keeper_of(bench, settings.REDIS_URL, *wards, Ward(beats, "beat", beats=False))
    pids = [engine.pid for engine in engines]
    other = beats.pid
    turn(bench, keeper, 2)
    assert [engine.pid for engine in engines] == pids
    order_restart(redis, "engine")
    turn(bench, keeper)
    for pid in pids:
        await_end(pid)
    turn(bench, keeper, 5)
    again = [engine.pid for engine in engines]
    assert not set(again) & set(pids)
    turn(bench, keeper, 5)
    assert [engine.pid for engine in engines] == again
    assert beats.pid == other


def test_who_is_held_back_is_red_with_its_reason_and_green_when_it_is_well(
    bench: Bench, redis: Redis, settings: Settings
) -> None:
    child = bench.child("worker", "sleep 60")
    keeper = keeper_of(bench, settings.REDIS_URL, Ward(child, "worker", beats=False))
    for _ in range(RESTARTS_ALLOWED + 1):
        end(child)
        turn(bench, keeper, 6)
    (finding,) = supervision()
    assert finding.status is Status.FAIL
    assert finding.message.startswith("was ended by signal 9; restarted too often")
    order_restart(redis, "worker")
    turn(bench, keeper, 3)
    (finding,) = supervision()
    assert (finding.status, finding.message) == (Status.OK, "")


def test_without_redis_it_restarts_what_ends_and_judges_nobody(bench: Bench) -> None:
    child = bench.child("worker", "sleep 60")
    keeper = keeper_of(bench, "redis://127.0.0.1:1/0", Ward(child, "worker"))
    first = child.pid
    turn(bench, keeper, 300)
    assert child.pid == first
    end(child)
    turn(bench, keeper, 2)
    assert child.pid != first
    assert not keeper.kept()[0].lately


def test_an_orderly_end_takes_its_word_back(bench: Bench, redis: Redis, settings: Settings) -> None:
    keeper = keeper_of(bench, settings.REDIS_URL, Ward(bench.child("worker", "sleep 60"), "worker"))
    turn(bench, keeper)
    assert [one.name for one in kept_processes(redis)] == ["worker"]
    keeper.close()
    assert kept_processes(redis) == []


def test_what_a_supervisor_that_is_gone_has_said_is_forgotten(redis: Redis) -> None:
    redis.sadd("health:supervisors", "gone:1")
    assert kept_processes(redis) == []
    assert redis.scard("health:supervisors") == 0
