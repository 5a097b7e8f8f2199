"""Polls as a real Celery worker carries them out: what waited too long is dropped, the next is a round."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from access.redis_client import brief_redis
from config.celery import app
from oracle.models import Round
from oracle.services.current import PRICE_KEY
from oracle.tasks import poll_prices
from tests.oracle.rows import House
from tests.support.invariants import assert_invariants_hold
from tests.support.waiting import pause, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
COMMAND = "-m celery --app config.celery worker --pool threads --concurrency 4 --without-mingle"


@pytest.fixture
def worker(house: House, database_url: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def start(database_url: str) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BALLAST_ORACLE_SOURCES": "simulated:1,simulated:2,simulated:3",
    }
    return subprocess.Popen([sys.executable, *COMMAND.split()], env=env, cwd=settings.BASE_DIR)


def test_a_worker_that_was_away_makes_no_round_for_each_that_was_missed(
    worker: list[subprocess.Popen[bytes]], database_url: str
) -> None:
    app.set_default()
    for _ in range(20):
        poll_prices.apply_async(expires=0.2)
    pause(0.3)
    last = poll_prices.apply_async(expires=60)
    worker.append(start(database_url))
    wait_for("a round", lambda: Round.objects.exists() and brief_redis().get(PRICE_KEY))
    wait_for("an empty queue", lambda: not brief_redis().llen("celery"))
    assert Round.objects.count() == 1, last.id
    worker.append(start(database_url))
    for _ in range(10):
        poll_prices.apply_async(expires=60)
    wait_for("more rounds", lambda: Round.objects.count() > 1)
    wait_for("an empty queue", lambda: not brief_redis().llen("celery"))
    assert_invariants_hold()
