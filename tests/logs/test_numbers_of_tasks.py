"""A task's lines have the number of the request that sent it, else its own."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from celery.contrib.testing.worker import start_worker

from config.celery import app
from logs.context import current_request_id, working_on
from tests.support.logged import logged
from tests.support.waiting import wait_for

seen: list[str] = []


@app.task(name="tests.note_number", ignore_result=True)
def note_number(fails: bool = False) -> None:
    seen.append(current_request_id())
    if fails:
        raise ValueError("it failed with password=hunter2-and-more")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    seen.clear()
    app.set_default()
    with start_worker(cast(Any, app), pool="solo", perform_ping_check=False, shutdown_timeout=30):
        yield


def number_of(**options: object) -> tuple[str, str]:
    """What the task saw, and its own id."""
    before = len(seen)
    sent = note_number.apply_async(**options)
    wait_for("the task", lambda: len(seen) > before)
    return seen[-1], str(sent.id)


def test_the_requests_or_its_own(worker: None) -> None:
    with working_on("r-1"):
        assert number_of()[0] == "r-1"
    seen_number, own = number_of()
    assert seen_number == own


def test_what_it_fails_with_is_told_under_that_number(worker: None) -> None:
    with logged() as log:
        with working_on("r-2"):
            number_of(kwargs={"fails": True})
        wait_for("the line of the failure", lambda: log.lines("celery.app.trace"))
    (line,) = log.lines("celery.app.trace")
    assert (line["request_id"], line["task"]) == ("r-2", "tests.note_number")
    assert line["exception"]
    assert "hunter2" not in log.text


def test_called_in_place_it_leaves_what_is_worked_on_alone() -> None:
    with working_on("r-3"):
        note_number()
        assert current_request_id() == "r-3"
