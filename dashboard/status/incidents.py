"""What went wrong lately as rows: what began and ended together, with the same words, is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from dashboard.status.facts import name_of
from dashboard.status.words import LEVELS, SIGNS, listed, span

NAMED = 3  # of those that went together


@dataclass(frozen=True, slots=True)
class IncidentRow:
    key: str
    level: str
    sign: str
    name: str
    message: str
    began: str
    began_ms: int
    lasted: str
    is_over: bool


def incident_rows(incidents: Sequence[Mapping[str, Any]], now_ms: int) -> list[IncidentRow]:
    """Latest first, as they come."""
    together = groupby(incidents, key=lambda one: (one["began_ms"], one["ended_ms"], one["status"]))
    return [_row(list(group), now_ms) for _, group in together]


def clock_text(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _row(group: Sequence[Mapping[str, Any]], now_ms: int) -> IncidentRow:
    one = group[0]
    status, began_ms, ended_ms = str(one["status"]), int(one["began_ms"]), one["ended_ms"]
    lasted = span((now_ms if ended_ms is None else int(ended_ms)) - began_ms)
    return IncidentRow(
        key=f"{one['subsystem']} {began_ms}",
        level=LEVELS[status],
        sign=SIGNS[status],
        name=_names([name_of(str(each["subsystem"])) for each in group]),
        message=str(one["message"]),
        began=clock_text(began_ms),
        began_ms=began_ms,
        lasted=f"lasted {lasted}" if ended_ms is not None else f"for {lasted}",
        is_over=ended_ms is not None,
    )


def _names(names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return listed(names)
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
