"""What is decided about health: when a process counts as gone, and what many findings come to. Pure."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum

BEAT_MS = 2_000
ALIVE_MS = 10_000  # without a beat for so long, a process is missing
REMEMBERED_MS = 600_000  # and for so long it is still named among the missing


class Status(IntEnum):
    """What a check finds; the worst has the highest number."""

    OK = 0
    WARN = 1
    FAIL = 2


class Overall(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Liveness(StrEnum):
    ALIVE = "alive"
    STUCK = "stuck"  # it beats, but its own loop has not turned for too long
    MISSING = "missing"


def overall(findings: Iterable[tuple[bool, Status]]) -> Overall:
    """From (critical, status) of each finding: down where something critical fails."""
    found = list(findings)
    if any(critical and status is Status.FAIL for critical, status in found):
        return Overall.DOWN
    return Overall.OK if all(status is Status.OK for _, status in found) else Overall.DEGRADED


def liveness(*, beat_age_ms: int, worked_age_ms: int, silent_after_ms: int) -> Liveness:
    """`silent_after_ms` 0: the process has no loop that must turn."""
    if beat_age_ms > ALIVE_MS:
        return Liveness.MISSING
    if silent_after_ms and worked_age_ms > silent_after_ms:
        return Liveness.STUCK
    return Liveness.ALIVE


def attendance(*, expected: int, alive: int, stuck: int) -> Status:
    """Of one line of the process table. A stuck process does no work, so it does not count."""
    if alive == 0 and expected > 0:
        return Status.FAIL
    return Status.WARN if alive < expected or stuck else Status.OK
