"""Who listens says when the thread that hears is gone, and when it is stuck."""

import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from oracle import listening
from oracle.inbox import Inbox
from oracle.listening import Deaf, Listening
from oracle.sources.surroundings import Surroundings
from tests.support.waiting import wait_for


@pytest.fixture
def ear(settings: Settings) -> Iterator[Listening]:
    settings.ORACLE_POLL_SECONDS = 0.5
    inbox = Inbox()
    ear = Listening(["simulated:1"], Surroundings(), inbox)
    wait_for("a quote", lambda: inbox.known().quotes)
    yield ear
    ear.stop()


def is_deaf(ear: Listening) -> bool:
    try:
        ear.check()
    except Deaf:
        return True
    return False


def test_who_hears_is_not_deaf(ear: Listening) -> None:
    assert not is_deaf(ear)


def test_a_thread_that_has_ended_hears_nothing(ear: Listening) -> None:
    ear.stop()
    wait_for("it to be noticed", lambda: is_deaf(ear))


def test_a_thread_that_is_stuck_hears_nothing(ear: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "STUCK_S", listening.TURN_S + 0.5)
    let_go = threading.Event()
    ear._loop.call_soon_threadsafe(let_go.wait)
    wait_for("it to be noticed", lambda: is_deaf(ear))
    let_go.set()
    wait_for("it to hear again", lambda: not is_deaf(ear))
