"""How a line looks to a machine and to a person, whoever logs it."""

import io
import json
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from logs.context import begin, current_request_id, learn, working_on
from logs.lines import JSON, PLAIN, formatter
from logs.uncaught import log_what_nobody_caught

HELD = "a-value-in-a-frame"
Said = Callable[..., str]


@pytest.fixture(params=[JSON, PLAIN])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(form: str, output: io.StringIO) -> logging.Logger:
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter("engine", form))
    logger = logging.Logger(f"tests.{form}")
    logger.addHandler(handler)
    return logger


def line(output: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output.getvalue())
    return found


def fail(held: str) -> None:
    raise ValueError("it failed")


@pytest.mark.parametrize("form", [JSON], indirect=True)
def test_a_line_is_json_with_its_moment_process_and_logger(
    logger: logging.Logger, output: io.StringIO
) -> None:
    record = logging.LogRecord("ballast", logging.INFO, "", 0, "shard %s", (3,), None)
    record.created, record.msecs = 1_700_000_000.25, 250.0
    logger.handle(record)
    told = line(output)
    assert told.pop("instance").endswith(tuple("0123456789"))
    assert told == {
        "timestamp": "2023-11-14T22:13:20.250Z",
        "level": "info",
        "process": "engine",
        "logger": "ballast",
        "event": "shard 3",
    }


@pytest.mark.parametrize("form", [PLAIN], indirect=True)
def test_a_line_for_people_begins_with_its_moment(logger: logging.Logger, output: io.StringIO) -> None:
    logger.warning("two\nlines", extra={"shard": 3})
    text = output.getvalue()
    assert text[4] == "-"
    assert text[23:] == "Z WARNING engine tests.plain: two\n  lines shard=3\n"


def test_a_line_says_for_whom_it_is(logger: logging.Logger, output: io.StringIO) -> None:
    with working_on("r-1"):
        learn(user_id=7, key_id=None)
        logger.info("hello", extra={"shard": 1})
    assert "r-1" in output.getvalue()
    assert "key_id" not in output.getvalue()
    assert "user_id" in output.getvalue()


def test_what_was_worked_on_is_forgotten_with_its_end(logger: logging.Logger, output: io.StringIO) -> None:
    with working_on("r-1"):
        with working_on("r-2", user_id=7):
            assert current_request_id() == "r-2"
        assert current_request_id() == "r-1"
    learn(user_id=8)
    logger.info("hello")
    assert "user_id" not in output.getvalue()


def test_another_thread_works_on_nothing() -> None:
    found: list[str] = []
    with working_on("r-1"):
        thread = threading.Thread(target=lambda: found.append(current_request_id()))
        thread.start()
        thread.join()
    assert found == [""]


def test_an_error_has_its_frames_and_none_of_their_values(
    logger: logging.Logger, output: io.StringIO
) -> None:
    try:
        fail(HELD)
    except ValueError:
        logger.exception("so it was")
    told = output.getvalue()
    assert HELD not in told
    assert "ValueError" in told
    assert "it failed" in told
    assert "in fail" in told or '"name":"fail"' in told


def test_an_error_of_a_secret_says_all_but_the_secret(logger: logging.Logger, output: io.StringIO) -> None:
    try:
        try:
            raise RuntimeError("password=hunter2-and-more")
        except RuntimeError as error:
            raise ValueError("redis://u:hunter2-and-more@h") from error
    except ValueError:
        logger.exception("hunting", extra={"api_secret": "hunter2-and-more"})
    told = output.getvalue()
    assert "hunter2" not in told
    assert told.count("[redacted]") >= 3  # the lines of the source have them, too


@pytest.mark.parametrize("form", [JSON], indirect=True)
def test_what_a_line_carries_cannot_pass_for_its_head(logger: logging.Logger, output: io.StringIO) -> None:
    logger.info("hello", extra={"process_": "no", "level": "critical", "timestamp": "never"})
    told = line(output)
    assert (told["level"], told["level_"], told["timestamp_"]) == ("info", "critical", "never")


@pytest.mark.parametrize("form", [JSON], indirect=True)
def test_anything_can_be_carried(logger: logging.Logger, output: io.StringIO) -> None:
    nested: dict[str, Any] = {}
    nested["self"] = nested
    logger.info("hello", extra={"where": object(), "nested": nested, "bytes": b"\xff", "text": "\ud800"})
    assert line(output)["event"] == "hello"


def test_what_nobody_caught_is_a_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log_what_nobody_caught()
    thread = threading.Thread(target=fail, args=[HELD])
    thread.start()
    thread.join()
    try:
        fail(HELD)
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert [record.getMessage() for record in caplog.records] == [
        "nobody caught what ended a thread",
        "nobody caught what ends this process",
    ]


def test_work_begun_in_a_thread_stays_in_it() -> None:
    thread = threading.Thread(target=begin, args=["r-9"])
    thread.start()
    thread.join()
    assert current_request_id() == ""
