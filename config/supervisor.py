"""Keeps children running: restarts what ended, ever later while it keeps ending, and stops all in order.

It knows nothing of what the children are, prints nothing and reads no settings.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 5.0
_STEADY_SECONDS = 10.0  # up for so long, a child has proved itself and starts again at the first delay
_GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.02


class Child(Protocol):
    name: str

    def start(self) -> None: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ended:
    """A child ended, or could not start (`exit_code` is None), and is started again after `delay_seconds`."""

    child: Child
    exit_code: int | None
    delay_seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restarted:
    child: Child
    restarts: int


@dataclass(slots=True)
class _Watched:
    child: Child
    started_at: float = 0.0
    due_at: float | None = None  # None while it runs
    delay_seconds: float = 0.0
    restarts: int = 0


def next_delay(previous_seconds: float, up_seconds: float) -> float:
    """How long to wait before a restart, from the delay before and how long the child was up."""
    if previous_seconds == 0 or up_seconds >= _STEADY_SECONDS:
        return _FIRST_DELAY_SECONDS
    return min(previous_seconds * 2, _LONGEST_DELAY_SECONDS)


class Supervisor:
    def __init__(
        self,
        children: Sequence[Child],
        *,
        tell: Callable[[Ended | Restarted], None],
        clock: Callable[[], float],
    ) -> None:
        self._watched = [_Watched(child) for child in children]
        self._tell = tell
        self._clock = clock

    def run_once(self) -> bool:
        """Look at every child once; true when one had ended or was started."""
        found = [self._look(watched) for watched in self._watched]
        return any(found)

    def _look(self, watched: _Watched) -> bool:
        if watched.due_at is None:
            exit_code = watched.child.poll()
            if exit_code is None:
                return False
            self._schedule(watched, exit_code, "")
            return True
        if self._clock() < watched.due_at:
            return False
        self._restart(watched)
        return True

    def start(self) -> None:
        for watched in self._watched:
            watched.started_at = self._clock()
            if watched.child.poll() is not None:
                watched.child.start()

    def _restart(self, watched: _Watched) -> None:
        watched.started_at = self._clock()
        try:
            watched.child.start()
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one child must not end the others)
            self._schedule(watched, None, str(error))
            return
        watched.due_at = None
        watched.restarts += 1
        self._tell(Restarted(watched.child, watched.restarts))

    def _schedule(self, watched: _Watched, exit_code: int | None, reason: str) -> None:
        now = self._clock()
        watched.delay_seconds = next_delay(watched.delay_seconds, now - watched.started_at)
        watched.due_at = now + watched.delay_seconds
        self._tell(Ended(watched.child, exit_code, watched.delay_seconds, reason))


def stop_all(children: Sequence[Child], *, grace_seconds: float = _GRACE_SECONDS) -> None:
    """Ask all to end, give them the grace together, then kill the rest."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + grace_seconds
    while any(child.poll() is None for child in children) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    for child in children:
        if child.poll() is None:
            child.kill()
