"""The loop in which a process asks its sources lives as long as the process, and is made in each anew."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from oracle.polling import Polled
from oracle.rules.names import NoSource
from oracle.source_loop import _Owner, close_sources, poll_sources
from tests.support.waiting import wait_for

NAMES = ["simulated:1", "simulated:2", "simulated:3"]


@pytest.fixture(autouse=True)
def sources(settings: Settings) -> Iterator[None]:
    settings.ORACLE_SOURCES = NAMES
    close_sources()
    yield
    close_sources()


def price_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "price sources"]


def test_it_polls_the_sources_of_the_settings() -> None:
    assert [one.source for one in poll_sources().quotes] == NAMES


def test_one_thread_serves_everybody() -> None:
    polled: list[Polled] = []
    callers = [threading.Thread(target=lambda: polled.append(poll_sources())) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(5)
    assert len(polled) == 4
    assert len(price_threads()) == 1


def test_it_is_made_anew_after_it_was_closed() -> None:
    poll_sources()
    close_sources()
    assert price_threads() == []
    assert len(poll_sources().quotes) == 3


def test_a_loop_that_is_stuck_is_replaced_by_another() -> None:
    poll_sources()
    stuck, let_go = _Owner.loop, threading.Event()
    assert stuck is not None
    stuck._longest_s = 0.1
    stuck._loop.call_soon_threadsafe(let_go.wait)
    with pytest.raises(TimeoutError):
        poll_sources()
    assert len(poll_sources().quotes) == 3
    let_go.set()
    wait_for("the end of the stuck one", lambda: len(price_threads()) == 1)


def test_a_forked_child_makes_its_own() -> None:
    poll_sources()
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if len(poll_sources().quotes) == 3 else 1)
        finally:
            os._exit(2)
    deadline = time.monotonic() + 10
    ended = (0, 0)
    while ended == (0, 0) and time.monotonic() < deadline:
        ended = os.waitpid(child, os.WNOHANG)
        time.sleep(0.01)
    assert ended == (child, 0)


def test_settings_that_name_no_source_are_an_error_each_time(settings: Settings) -> None:
    settings.ORACLE_SOURCES = ["nowhere:BTC/USD"]
    for _ in range(2):
        with pytest.raises(NoSource):
            poll_sources()


def test_a_process_that_asked_ends_by_itself() -> None:
    code = "import django; django.setup(); from oracle.source_loop import *; assert poll_sources().quotes"
    environment = {**os.environ, "BALLAST_ORACLE_SOURCES": "simulated:1", "DEBUG": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env=environment,
        timeout=100,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
