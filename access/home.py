"""The operators' home: the house's figures, and what waits for somebody, the most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils import timezone

from access.asking import Asking
from access.cockpit import (
    MOST_SHOWN,
    Figure,
    FigureSource,
    Urgency,
    Work,
    WorkItem,
    WorkSource,
    figure_sources,
    work_sources,
)
from access.cockpit_links import ago

_RANKS = {Urgency.NOW: 0, Urgency.SOON: 1, Urgency.LATER: 2}


@dataclass(frozen=True, slots=True)
class Section:
    """One source that has work; `since` of each item is in words beside it."""

    title: str
    total: int
    url: str
    items: Sequence[tuple[WorkItem, str]]
    urgency: Urgency

    @property
    def left(self) -> int:
        return self.total - len(self.items)


@dataclass(slots=True)
class Board:
    figures: list[Figure] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def is_urgent(self) -> bool:
        return any(section.urgency is Urgency.NOW for section in self.sections)


def board_of(user: Any, *, with_figures: bool = True) -> Board:
    """What this operator may see. Sources that fail are named and missing, nothing else."""
    board, work = Board(), Asking()
    for source in work_sources(user):
        _add_work(board, source, work.ask(source.name, partial(_looked, source, user.pk)))
    looking = Asking()  # its own time: slow figures may not hide what waits
    for figures in figure_sources(user) if with_figures else ():
        board.figures += looking.ask(figures.name, partial(_read, figures)) or []
    board.failed = list(dict.fromkeys([*work.failed, *looking.failed]))
    board.sections.sort(key=lambda section: _RANKS[section.urgency])
    return board


def _read(source: FigureSource) -> list[Figure]:
    return list(source.read())


def _looked(source: WorkSource, operator_id: int) -> Work:
    """Its rows are read now, within the time that the source has."""
    work = source.look(operator_id)
    return Work(list(work.items[:MOST_SHOWN]), work.total)


def _add_work(board: Board, source: WorkSource, work: Work | None) -> None:
    if work is None:
        return
    if not work.items and not work.total:
        board.nothing.append(source.nothing)
        return
    now = timezone.now()
    items = sorted(work.items, key=lambda item: (_RANKS[item.urgency], item.since))
    urgency = min((item.urgency for item in items), key=_RANKS.__getitem__, default=Urgency.SOON)
    shown = [(item, ago(item.since, now)) for item in items]
    total = max(work.total, len(items))
    board.sections.append(Section(source.title, total, source.all_url(), shown, urgency))
