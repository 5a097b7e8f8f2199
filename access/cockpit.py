"""What the operators' home, their search and their page of a customer are made of.

Each app hands in its part by the name of a tuple in a setting (OPERATOR_WORK, OPERATOR_SEARCH,
OPERATOR_FIGURES, OPERATOR_PANELS); here are the shapes, and who may see which.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

MOST_SHOWN = 20  # rows of one source on the home page
MOST_FOUND = 10  # rows of one source for a search


class Urgency(StrEnum):
    """NOW: money is in danger or everybody stands still. SOON: somebody waits for an operator."""

    NOW = "now"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits for an operator. `url` is the page where it is seen whole; `deeds` are (what the
    button says, where it leads), the first the likeliest; `reasons` say why a person must look."""

    title: str
    since: datetime
    url: str
    reasons: Sequence[str] = ()
    deeds: Sequence[tuple[str, str]] = ()
    urgency: Urgency = Urgency.SOON


@dataclass(frozen=True, slots=True)
class Work:
    """The oldest MOST_SHOWN, and how many there are (counted up to a bound)."""

    items: Sequence[WorkItem]
    total: int


@dataclass(frozen=True, slots=True)
class WorkSource:
    """`look` gets the id of the operator who looks: nobody approves what is his own. `all_url`: the list."""

    name: str
    title: str
    permission: str
    look: Callable[[int], Work]
    nothing: str
    all_url: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class SearchSource:
    """`find` goes through indexes alone and gives at most MOST_FOUND; other words give none."""

    name: str
    permission: str
    find: Callable[[str], Sequence[Found]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at the head of the home page. `tone` is "", "good", "warn" or "bad"."""

    label: str
    value: str
    detail: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class FigureSource:
    name: str
    permission: str
    read: Callable[[], Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a customer's page: facts, then a table with a head; `more_url` leads to all of its rows."""

    facts: Sequence[tuple[str, str | SafeString]] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str | SafeString]] = ()
    more_url: str = ""
    deeds: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PanelSource:
    """`show` gets the customer's id. An empty panel is not shown."""

    name: str
    title: str
    permission: str
    show: Callable[[int], Panel]


def work_sources(user: Any) -> list[WorkSource]:
    return [one for one in _named(settings.OPERATOR_WORK) if user.has_perm(one.permission)]


def search_sources(user: Any) -> list[SearchSource]:
    return [one for one in _named(settings.OPERATOR_SEARCH) if user.has_perm(one.permission)]


def figure_sources(user: Any) -> list[FigureSource]:
    return [one for one in _named(settings.OPERATOR_FIGURES) if user.has_perm(one.permission)]


def panel_sources(user: Any) -> list[PanelSource]:
    return [one for one in _named(settings.OPERATOR_PANELS) if user.has_perm(one.permission)]


def _named(names: Sequence[str]) -> list[Any]:
    return [source for name in names for source in import_string(name)]
