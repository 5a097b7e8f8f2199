"""The one search of the operators: what they paste is shown to every source, and one exact hit is gone to."""

from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from access.asking import Asking
from access.cockpit import MOST_FOUND, Found, SearchSource, search_sources

MAX_TERM = 200


@dataclass(slots=True)
class Results:
    term: str
    groups: list[tuple[str, list[Found]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def only(self) -> Found | None:
        """The one thing that was found, if all were asked and nothing else was."""
        everything = [found for _, group in self.groups for found in group]
        urls = {found.url for found in everything}
        return everything[0] if len(urls) == 1 and not self.failed else None


def search_all(user: Any, written: str) -> Results:
    results, asking = Results(as_term(written)), Asking()
    if not results.term:
        return results
    found: list[Found] = []
    for source in search_sources(user):
        found += asking.ask(source.name, partial(_find, source, results.term)) or []
    order = list(dict.fromkeys(one.kind for one in found))
    found.sort(key=lambda one: order.index(one.kind))
    results.groups = [(kind, list(group)) for kind, group in groupby(found, key=lambda one: one.kind)]
    results.failed = asking.failed
    return results


def _find(source: SearchSource, term: str) -> list[Found]:
    return list(source.find(term)[:MOST_FOUND])


def as_term(written: str) -> str:
    """What nobody can mean is nothing: too long, or with characters that no name has."""
    term = written.strip()
    return term if len(term) <= MAX_TERM and term.isprintable() else ""
