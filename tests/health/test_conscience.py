"""A process that nobody supervises ends itself by an operator's order, or when its loop no longer turns."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as product
from pytest_django import Settings
from redis import Redis

from health.heartbeat import RESTARTS
from health.store import seen_processes
from health.supervised import order_restart
from health.watchdog import STUCK
from tests.platform.processes import environment
from tests.support.waiting import until

pytestmark = pytest.mark.long

PROGRAM = """
import signal, sys, time
import django
django.setup()
from health import heartbeat, rules
heartbeat.BEAT_MS = 50
deaf, turning = sys.argv[1] == "deaf", sys.argv[2] == "turning"
signal.signal(signal.SIGTERM, (lambda *_: None) if deaf else (lambda *_: sys.exit(0)))
heartbeat.start("worker", silent_after_s=0.2)
while True:
    if turning:
        heartbeat.worked()
    time.sleep(0.02)
"""


@contextmanager
def process(redis_url: str, deaf: str, turning: str, **own: str) -> Iterator[subprocess.Popen[bytes]]:
    env = environment(BALLAST_PROCESS="worker", REDIS_URL=redis_url, DJANGO_SETTINGS_MODULE="config.settings")
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, deaf, turning], env={**env, **own}, cwd=product.BASE_DIR
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def beats(redis: Redis) -> bool:
    return bool(seen_processes(redis))


@pytest.mark.parametrize(("deaf", "code"), [("hears", 0), ("deaf", STUCK)])
def test_an_order_ends_it_if_need_be_by_force(redis: Redis, settings: Settings, deaf: str, code: int) -> None:
    with process(settings.REDIS_URL, deaf, "turning") as child:
        until(lambda: beats(redis))
        order_restart(redis, "beat")
        order_restart(redis, "worker")
        assert child.wait(30) == code


def test_an_order_of_before_is_not_for_it(redis: Redis, settings: Settings) -> None:
    order_restart(redis, "worker")
    with process(settings.REDIS_URL, "hears", "turning") as child:
        until(lambda: beats(redis) and seen_processes(redis)[0].beat.up_ms > 500)
        assert child.poll() is None


def test_a_loop_that_does_not_turn_ends_it(redis: Redis, settings: Settings) -> None:
    with process(settings.REDIS_URL, "hears", "stuck") as child:
        assert child.wait(30) == STUCK


@pytest.mark.parametrize("own", [{RESTARTS: "0"}, {"BALLAST_PROCESS": "manage"}])
def test_it_leaves_all_that_to_a_supervisor(redis: Redis, settings: Settings, own: dict[str, Any]) -> None:
    with process(settings.REDIS_URL, "hears", "stuck", **own) as child:
        until(lambda: beats(redis))
        order_restart(redis, "worker")
        until(lambda: beats(redis) and seen_processes(redis)[0].beat.up_ms > 2_500)
        assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0
