"""Waiting for what must happen: a condition is asked again and again until it holds or time is up."""

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# A slow or busy machine may be given more time: BALLAST_TEST_PATIENCE=3 makes deadlines three times as long.
PATIENCE = float(os.environ.get("BALLAST_TEST_PATIENCE", "1"))
WAIT_S = 45.0 * PATIENCE
RESUME_S = 10.0 * PATIENCE
_POLL_S = 0.02
_clock = threading.Event()


def pause(seconds: float = _POLL_S) -> None:
    """Between two looks at the same condition."""
    _clock.wait(seconds)


def wait_for(what: str, look: Callable[[], T | None], seconds: float = WAIT_S) -> T:
    """The first thing that `look` finds that is true."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        pause()
    return found


def until(condition: Callable[[], bool], explain: Callable[[], str] = str) -> None:
    """`explain` says more where it was waited for in vain."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, explain()
        pause()
