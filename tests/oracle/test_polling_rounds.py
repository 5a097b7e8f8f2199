"""Rounds on the clock: one at a time in the whole house, skipped and never queued, whoever dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import InterfaceError, OperationalError, connection
from prometheus_client import REGISTRY
from pytest_django import Settings

from config.celery import app
from config.schedule import SCHEDULE
from oracle.models import Round
from oracle.polling import Polled
from oracle.services.polling_rounds import NS_PER_MS, poll_round, pricing_of_this_process
from oracle.services.round_lock import round_lock
from oracle.services.rounds import Pricing
from oracle.source_loop import close_sources
from oracle.tasks import poll_prices
from tests.oracle.rows import SOURCES, House, quotes
from tests.support.invariants import assert_invariants_hold
from tests.support.waiting import wait_for

SIMULATED = ["simulated:1", "simulated:2", "simulated:3"]


def ask() -> Polled:
    return Polled(tuple(quotes(60_000, time.time_ns() // NS_PER_MS)), ())


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("ballast_oracle_rounds_total", {"outcome": outcome}) or 0


def test_a_round_that_outlasts_its_period_is_not_joined_by_another(house: House) -> None:
    asked, answers = threading.Event(), threading.Event()

    def slow() -> Polled:
        asked.set()
        answers.wait(10)
        return ask()

    def run() -> None:
        poll_round(slow, pricing=Pricing())
        connection.close()

    first = threading.Thread(target=run)
    first.start()
    assert asked.wait(10)
    before = counted("SKIPPED")
    assert [poll_round(ask, pricing=Pricing()) for _ in range(3)] == [False] * 3
    assert counted("SKIPPED") == before + 3
    answers.set()
    first.join()
    assert Round.objects.count() == 1
    assert poll_round(ask, pricing=Pricing())
    assert Round.objects.count() == 2


def test_many_workers_at_once_make_whole_rounds_one_after_the_other(house: House) -> None:
    made: list[bool] = []

    def work() -> None:
        pricing = Pricing()
        for _ in range(10):
            made.append(poll_round(ask, pricing=pricing))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Round.objects.count() == sum(made) > 0
    assert_invariants_hold()


def test_a_poll_that_fails_gives_the_lock_back(house: House) -> None:
    def fail() -> Polled:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        poll_round(fail)
    assert poll_round(ask, pricing=Pricing())


def test_who_loses_the_database_while_it_asks_writes_nothing_and_goes_on(house: House) -> None:
    def lose() -> Polled:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (backend,) = cursor.fetchone() or (0,)
        with psycopg.connect(**_connection_arguments()) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [backend])
        return ask()

    with pytest.raises((OperationalError, InterfaceError)):
        poll_round(lose, pricing=Pricing())
    assert wait_for("another round", lambda: poll_round(ask, pricing=Pricing()))
    assert Round.objects.count() == 1


def _connection_arguments() -> dict[str, Any]:
    names = {"host", "port", "user", "password", "dbname"}
    return {name: value for name, value in connection.get_connection_params().items() if name in names}


_HOLDER = """
import django; django.setup()
import time
from oracle.services.polling_rounds import poll_round
def ask():
    print("asked", flush=True)
    time.sleep(600)
poll_round(ask)
"""


def test_a_worker_that_is_killed_while_it_asks_keeps_nobody_from_the_next_round(
    house: House, database_url: str
) -> None:
    env = {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER],
        env=env,
        cwd=django_settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "asked\n"
        assert not poll_round(ask, pricing=Pricing())
        worker.send_signal(signal.SIGKILL)
    wait_for("the lock of the dead", lambda: poll_round(ask, pricing=Pricing()))
    assert Round.objects.count() == 1


def test_the_lock_is_of_one_connection(house: House) -> None:
    found: list[bool] = []

    def look() -> None:
        with round_lock() as is_ours:
            found.append(is_ours)
        connection.close()

    with round_lock() as is_ours:
        assert is_ours
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert found == [False]


def test_the_task_makes_rounds_of_the_sources_of_the_settings(house: House, settings: Settings) -> None:
    settings.ORACLE_SOURCES = SIMULATED
    pricing_of_this_process.cache_clear()
    close_sources()
    try:
        assert (poll_prices(), poll_prices()) == (1, 1)
    finally:
        close_sources()
    row = Round.objects.latest("pk")
    assert row.is_simulated
    assert row.price_e8 is not None


def test_the_task_does_nothing_where_feeds_are_listened_to_or_nobody_is_named(
    house: House, settings: Settings
) -> None:
    settings.ORACLE_MODE = "push"
    assert poll_prices() == 0
    settings.ORACLE_MODE, settings.ORACLE_SOURCES = "poll", []
    assert poll_prices() == 0
    assert not Round.objects.exists()


def test_a_poll_that_no_worker_took_before_the_next_is_dropped() -> None:
    entry = SCHEDULE["poll-prices"]
    assert entry["schedule"] == django_settings.ORACLE_POLL_SECONDS
    assert entry["options"]["expires"] == entry["schedule"]
    assert app.conf.task_acks_late
    assert SOURCES
