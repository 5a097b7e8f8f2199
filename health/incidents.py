"""What went wrong lately, as this process has seen it: when each subsystem left "ok", and when it came back.

Kept in memory and bounded, so that it can be told while everything else is away.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from health.examination import Examined
from health.rules import Status

BOUND = 100


@dataclass(slots=True)
class Incident:
    """`worst` and the `message` that came with it. Times are unix milliseconds; it lasts while `ended_ms` is
    None. `is_first`: it was so already when this process looked for the first time."""

    subsystem: str
    worst: Status
    message: str
    began_ms: int
    ended_ms: int | None = None
    is_first: bool = False


class Incidents:
    """Of one process; `note` belongs to one thread at a time."""

    def __init__(self, bound: int = BOUND) -> None:
        self._all: deque[Incident] = deque(maxlen=bound)
        self._open: dict[str, Incident] = {}
        self._has_looked = False

    def note(self, examined: Sequence[Examined], now_ms: int) -> None:
        """From everything that was found. What is no longer spoken of has ended too."""
        wrong = {one.name: one for one in examined if one.finding.status is not Status.OK}
        for name in self._open.keys() - wrong.keys():
            self._open.pop(name).ended_ms = now_ms
        for name, one in wrong.items():
            self._note(name, one, now_ms)
        self._has_looked = True

    def _note(self, name: str, one: Examined, now_ms: int) -> None:
        status, message = one.finding.status, one.finding.message
        known = self._open.get(name)
        if known is None:
            first = not self._has_looked
            self._open[name] = Incident(name, status, message, now_ms, is_first=first)
            self._all.append(self._open[name])
        elif status > known.worst:
            known.worst, known.message = status, message

    def latest(self) -> list[Incident]:
        """Latest first."""
        return list(reversed(self._all))
