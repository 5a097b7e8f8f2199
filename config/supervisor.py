"""Keeps children running: restarts what ended, ever later while it keeps ending, and stops all in order.

It knows nothing of what the children are, prints nothing and reads no settings.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 5.0
_STEADY_SECONDS = 10.0  # up for so long, a child has proved itself and starts again at the first delay
_GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.02
RESTARTS_ALLOWED = 5  # within the window; who ends more often is held back
WINDOW_SECONDS = 600.0
HELD_SECONDS = 30.0  # between two tries of a child that is held back
WELL_SECONDS = 60.0  # up for so long, it is no longer held back
ORDER_SECONDS = 10.0  # a child that was told to end has so long to do it


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
class Watched:
    """A child as it is known here. `held`: it ended too often, and is tried rarely till it has stayed up."""

    child: Child
    started_at: float = 0.0
    due_at: float | None = None  # None while it runs
    delay_seconds: float = 0.0
    restarts: int = 0
    ends: deque[float] = field(default_factory=deque)  # those within the window
    held: bool = False
    reason: str = ""  # of its latest end
    ended_at: float | None = None
    kill_at: float | None = None  # it was told to end by then
    because: str = ""  # why it is being ended from here


def next_delay(previous_seconds: float, up_seconds: float) -> float:
    """How long to wait before a restart, from the delay before and how long the child was up."""
    if previous_seconds == 0 or up_seconds >= _STEADY_SECONDS:
        return _FIRST_DELAY_SECONDS
    return min(previous_seconds * 2, _LONGEST_DELAY_SECONDS)


class Supervisor:
    """While `is_counting` is False (what all children need is away) no end counts against a child."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        tell: Callable[[Ended | Restarted], None],
        clock: Callable[[], float],
    ) -> None:
        self.watched = [Watched(child) for child in children]
        self.is_counting = True
        self._tell = tell
        self._clock = clock

    def run_once(self) -> bool:
        """Look at every child once; true when one had ended or was started."""
        found = [self._look(watched) for watched in self.watched]
        return any(found)

    def start(self) -> None:
        for watched in self.watched:
            watched.started_at = self._clock()
            if watched.child.poll() is not None:
                watched.child.start()

    def end_hung(self, child: Child, reason: str) -> None:
        """At once: what does not turn would not hear a request either. It counts as an end of its own."""
        watched = self._of(child)
        if watched.due_at is None and child.poll() is None:
            watched.because = reason
            child.kill()

    def restart(self, child: Child, reason: str) -> None:
        """Somebody's wish: it ends in order, starts without delay, and what it did before is forgiven."""
        watched = self._of(child)
        watched.held, watched.delay_seconds = False, 0.0
        watched.ends.clear()
        if watched.due_at is not None:
            watched.due_at = self._clock()
        elif watched.kill_at is None:
            watched.kill_at, watched.because = self._clock() + ORDER_SECONDS, reason
            child.terminate()

    def _of(self, child: Child) -> Watched:
        return next(watched for watched in self.watched if watched.child is child)

    def _look(self, watched: Watched) -> bool:
        if watched.due_at is None:
            exit_code = watched.child.poll()
            if exit_code is None:
                self._look_at_running(watched)
                return False
            self._schedule(watched, exit_code, "")
            return True
        if self._clock() < watched.due_at:
            return False
        self._restart(watched)
        return True

    def _look_at_running(self, watched: Watched) -> None:
        now = self._clock()
        if watched.kill_at is not None and now >= watched.kill_at:
            watched.child.kill()
        elif watched.held and now - watched.started_at >= WELL_SECONDS:
            watched.held = False
            watched.ends.clear()

    def _restart(self, watched: Watched) -> None:
        watched.started_at = self._clock()
        try:
            watched.child.start()
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one child must not end the others)
            self._schedule(watched, None, str(error))
            return
        watched.due_at = None
        watched.restarts += 1
        self._tell(Restarted(watched.child, watched.restarts))

    def _schedule(self, watched: Watched, exit_code: int | None, reason: str) -> None:
        now = self._clock()
        if watched.kill_at is None:
            watched.delay_seconds = self._delay(watched, now)
        told, watched.because = reason or watched.because, ""
        watched.reason = watched_reason(exit_code, told)
        watched.kill_at, watched.ended_at = None, now
        watched.due_at = now + watched.delay_seconds
        self._tell(Ended(watched.child, exit_code, watched.delay_seconds, told))

    def _delay(self, watched: Watched, now: float) -> float:
        while watched.ends and now - watched.ends[0] > WINDOW_SECONDS:
            watched.ends.popleft()
        if self.is_counting:
            watched.ends.append(now)
        watched.held = watched.held or len(watched.ends) > RESTARTS_ALLOWED
        if watched.held:
            return HELD_SECONDS
        return next_delay(watched.delay_seconds, now - watched.started_at)


def watched_reason(exit_code: int | None, told: str) -> str:
    """For everybody to read, so without what an error says."""
    if exit_code is None:
        return "could not be started"
    if told:
        return told
    return f"was ended by signal {-exit_code}" if exit_code < 0 else f"ended with exit code {exit_code}"


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
