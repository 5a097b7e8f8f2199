"""`manage.py run_all`: every process but web, kept alive by one, ended with it."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as product
from pytest_django import Settings
from redis import Redis

from config.management.commands.run_all import wards_of
from config.processes import ALL_BUT_WEB, PROCESSES, SERVICES, count_of
from exchange.services.markets import open_shard
from health.store import published_metrics, seen_processes
from health.supervised import kept_processes
from tests.platform.processes import await_end, environment
from tests.support.waiting import wait_for

HEAL_S = 120.0


def test_it_is_a_line_of_the_table_beside_the_lines_that_it_replaces() -> None:
    assert ALL_BUT_WEB in PROCESSES
    assert ALL_BUT_WEB not in SERVICES


def test_it_runs_what_is_on_and_never_web() -> None:
    assert [ward.line for ward in wards_of({})] == ["engine", "worker", "beat"]
    everything = {
        "BALLAST_SHARDS": "2",
        "BALLAST_ORACLE_MODE": "push",
        "BALLAST_BOTS": "1",
        "BALLAST_CUSTODY": "yes",
        "BALLAST_OWN_SIGNER": "on",
    }
    named = [ward.child.name for ward in wards_of(everything)]
    assert named == ["engine", "engine2", "worker", "beat", "prices", "bots", "watcher", "signer"]


@pytest.mark.parametrize("text", ["0", "65", "x", "-1"])
def test_a_number_of_shards_that_is_none_is_refused(text: str) -> None:
    engine = next(process for process in SERVICES if process.name == "engine")
    with pytest.raises(ValueError, match="BALLAST_SHARDS"):
        count_of(engine, {"BALLAST_SHARDS": text})


@pytest.mark.long
@pytest.mark.timeout(300)
def test_it_restarts_what_dies_and_takes_all_along(
    database_url: str, redis: Redis, settings: Settings
) -> None:
    open_shard(number=0)
    env = environment(DATABASE_URL=database_url, REDIS_URL=settings.REDIS_URL, BALLAST_PROCESS="all")

    def beating() -> dict[str, int]:
        return {one.beat.process: int(one.beat.instance.rpartition(":")[2]) for one in seen_processes(redis)}

    with subprocess.Popen([sys.executable, "manage.py", "run_all"], cwd=product.BASE_DIR, env=env) as process:
        try:
            wait_for("all beat", lambda: set(beating()) == {"all", "engine", "worker", "beat"}, HEAL_S)
            assert "all" in {name for name, _, _ in published_metrics(redis)}
            assert [one.name for one in kept_processes(redis)] == ["engine", "worker", "beat"]
            first = beating()["worker"]
            os.kill(first, signal.SIGKILL)
            wait_for("another worker", lambda: beating().get("worker", first) != first, HEAL_S)
            pids = beating().values()
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
            for pid in pids:
                await_end(pid)
        finally:
            process.kill()
    assert kept_processes(redis) == []
