"""Judges by their heartbeats which processes hang. It asks nobody and ends nothing itself.

Times are the clock's of who asks, so neither a Redis that was away nor a machine that slept condemns anybody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from health.rules import Liveness
from health.store import Seen

LOST_SECONDS = 20.0  # without a beat, once it has begun to beat
STUCK_SECONDS = 30.0  # it beats, and says all the time that its loop does not turn
STARTING_SECONDS = 180.0  # to the first beat: a small machine starts all at once
SLEPT_SECONDS = 5.0  # between two looks: then it was we who were away


@dataclass(slots=True)
class _Known:
    pid: int
    first_at: float
    heard_at: float | None = None
    stuck_since: float | None = None


class Vigil:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._hears_since: float | None = None
        self._heard_at = float("-inf")

    def hear_nothing(self) -> None:
        """Redis is away: nobody is judged, and later nobody for the time meanwhile."""
        self._hears_since = None

    def hear(self, pids: Mapping[str, int], seen: Mapping[int, Seen]) -> dict[str, str]:
        """From the processes that run, and what is heard by pid: who hangs, and why it is said to."""
        now = self._clock()
        if self._hears_since is None or now - self._heard_at > SLEPT_SECONDS:
            self._hears_since = now
        self._heard_at = now
        self._known = {
            name: known if (known := self._known.get(name)) and known.pid == pid else _Known(pid, now)
            for name, pid in pids.items()
        }
        for known in self._known.values():
            _note(known, seen.get(known.pid), now)
        judged = {name: self._judge(known, now, self._hears_since) for name, known in self._known.items()}
        return {name: why for name, why in judged.items() if why}

    def _judge(self, known: _Known, now: float, since: float) -> str:
        if known.heard_at is None:
            return "did not begin to beat" if now - max(known.first_at, since) > STARTING_SECONDS else ""
        if now - max(known.heard_at, since) > LOST_SECONDS:
            return "stopped beating"
        if known.stuck_since is not None and now - max(known.stuck_since, since) > STUCK_SECONDS:
            return "stopped turning"
        return ""


def _note(known: _Known, seen: Seen | None, now: float) -> None:
    if seen is None:
        return
    heard_at = now - seen.beat_age_ms / 1000
    known.heard_at = heard_at if known.heard_at is None else max(heard_at, known.heard_at)
    if seen.liveness is not Liveness.STUCK:
        known.stuck_since = None
    elif known.stuck_since is None:
        known.stuck_since = now
