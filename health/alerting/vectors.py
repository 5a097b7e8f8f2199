"""What an alert looks at: samples of a metric, joined by labels. Pure; each says itself in PromQL and reads
the same from samples at hand.

Values are measurements and floats, as in Prometheus: nothing here is money that moves.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

Labels = tuple[tuple[str, str], ...]
Values = dict[Labels, float]
HEARD = 'ballast_health{check="database"}'  # on every page of metrics, whatever is wrong
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ :-/.")


@dataclass(frozen=True, slots=True)
class Match:
    """Of one label: it is one of `values`, or (`is_prefix`) begins with one; or `is_not`."""

    label: str
    values: tuple[str, ...]
    is_not: bool = False
    is_prefix: bool = False

    def __post_init__(self) -> None:
        assert self.values, f"{self.label} is compared with nothing"
        assert all(set(value) <= _PLAIN for value in self.values), f"{self.values} would be a pattern"

    def holds(self, labels: Mapping[str, str]) -> bool:
        found = labels.get(self.label, "")
        is_one = found.startswith(self.values) if self.is_prefix else found in self.values
        return is_one is not self.is_not

    def promql(self) -> str:
        if len(self.values) == 1 and not self.is_prefix:
            return f'{self.label}{"!=" if self.is_not else "="}"{self.values[0]}"'
        rest = ".*" if self.is_prefix else ""
        pattern = "|".join(value.replace(".", "[.]") + rest for value in self.values)
        return f'{self.label}{"!~" if self.is_not else "=~"}"{pattern}"'


def one_of(label: str, *values: str) -> Match:
    return Match(label, values)


def none_of(label: str, *values: str) -> Match:
    return Match(label, values, is_not=True)


def begins(label: str, prefix: str) -> Match:
    return Match(label, (prefix,), is_prefix=True)


def begins_not(label: str, *prefixes: str) -> Match:
    return Match(label, prefixes, is_not=True, is_prefix=True)


@dataclass(frozen=True, slots=True)
class Selector:
    metric: str
    where: tuple[Match, ...] = ()

    def holds(self, labels: Mapping[str, str]) -> bool:
        return all(match.holds(labels) for match in self.where)

    def promql(self) -> str:
        inside = ",".join(match.promql() for match in self.where)
        return f"{self.metric}{{{inside}}}" if inside else self.metric


def select(metric: str, *where: Match) -> Selector:
    return Selector(metric, where)


class Samples(Protocol):
    """What can be looked at: every sample of now, and by how much counters grew."""

    def series(self, metric: str) -> Iterable[tuple[Mapping[str, str], float]]: ...
    def knows(self, metric: str) -> bool: ...
    def grown(self, vector: "Increase") -> Values | None: ...


class Over(StrEnum):
    """How samples that share their labels become one."""

    MAX = "max"
    MIN = "min"
    SUM = "sum"
    COUNT = "count"


_JOIN: Mapping[Over, Callable[[list[float]], float]] = {
    Over.MAX: max,
    Over.MIN: min,
    Over.SUM: sum,
    Over.COUNT: len,
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """The samples of now, one for each combination of the labels in `by`."""

    selector: Selector
    by: tuple[str, ...] = ()
    over: Over = Over.MAX

    def values(self, samples: Samples) -> Values | None:
        """None: the metric is not told at all, so nothing is known."""
        if not samples.knows(self.selector.metric):
            return None
        found: dict[Labels, list[float]] = {}
        for labels, value in samples.series(self.selector.metric):
            if self.selector.holds(labels):
                found.setdefault(_kept(labels, self.by), []).append(value)
        return {labels: _JOIN[self.over](values) for labels, values in found.items()}

    def promql(self) -> str:
        return f"{_joined(self.over, self.by)}({self.selector.promql()})"


@dataclass(frozen=True, slots=True)
class Increase:
    """By how much counters grew within the window, summed for each combination of the labels in `by`.

    A series that was not there before counts from 0: what happens for the first time is what matters most.
    Prometheus's own `increase` would say 0. It is taken so only where this house was scraped before, or
    the first scrape of an old house would alarm.
    """

    selector: Selector
    window_s: int
    by: tuple[str, ...] = ()

    def values(self, samples: Samples) -> Values | None:
        return samples.grown(self)

    def promql(self) -> str:
        chosen, window = self.selector.promql(), duration(self.window_s)
        known = f"(({chosen} unless {chosen} offset {window}) and on () {HEARD} offset {window})"
        return f"{_joined(Over.SUM, self.by)}({known} or increase({chosen}[{window}]))"

    def group(self, labels: Mapping[str, str]) -> Labels:
        return _kept(labels, self.by)


Vector = Gauge | Increase


def duration(seconds: int) -> str:
    """As Prometheus writes it."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _joined(over: Over, by: tuple[str, ...]) -> str:
    return f"{over} by ({', '.join(by)}) " if by else f"{over}"


def _kept(labels: Mapping[str, str], by: tuple[str, ...]) -> Labels:
    return tuple((name, labels[name]) for name in by if labels.get(name))
