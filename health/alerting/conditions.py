"""When an alert holds: comparisons of vectors, and absence. Pure; in PromQL and over samples alike."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from health.alerting.vectors import (
    Gauge,
    Increase,
    Match,
    Samples,
    Selector,
    Values,
    Vector,
    begins,
    one_of,
    select,
)
from health.rules import Status

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Compare:
    """`left` against a number, or against so many percent of another vector with the same labels."""

    left: Vector
    sign: str
    right: int | Vector
    percent: int = 100

    def __post_init__(self) -> None:
        assert self.sign in _COMPARED
        assert isinstance(self.right, int) or self.right.by == self.left.by, "their labels differ"

    @property
    def labels(self) -> tuple[str, ...]:
        return self.left.by

    @property
    def vectors(self) -> tuple[Vector, ...]:
        return (self.left,) if isinstance(self.right, int) else (self.left, self.right)

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return tuple(vector.selector for vector in self.vectors)

    def holds(self, samples: Samples) -> Values | None:
        """What it holds for, with the left value. None: nothing is known."""
        left = self.left.values(samples)
        right = None if isinstance(self.right, int) else self.right.values(samples)
        if left is None or (right is None and not isinstance(self.right, int)):
            return None
        compared = _COMPARED[self.sign]
        found: Values = {}
        for labels, value in left.items():
            limit = self.right if isinstance(self.right, int) else (right or {}).get(labels)
            if limit is not None and compared(value, limit * self.percent / 100):
                found[labels] = value
        return found

    def promql(self) -> str:
        if isinstance(self.right, int):
            return f"{self.left.promql()} {self.sign} {self.right * self.percent / 100:g}"
        scaled = "" if self.percent == 100 else f" * {self.percent} / 100"
        return f"{self.left.promql()} {self.sign} {self.right.promql()}{scaled}"


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two of the same labels."""

    first: "Condition"
    second: "Condition"

    def __post_init__(self) -> None:
        assert self.first.labels == self.second.labels, "their labels differ"

    @property
    def labels(self) -> tuple[str, ...]:
        return self.first.labels

    @property
    def vectors(self) -> tuple[Vector, ...]:
        return (*self.first.vectors, *self.second.vectors)

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (*self.first.selectors, *self.second.selectors)


@dataclass(frozen=True, slots=True)
class Both(_Pair):
    """Two at once, for the same labels; the value is that of the first."""

    def holds(self, samples: Samples) -> Values | None:
        first, second = self.first.holds(samples), self.second.holds(samples)
        if first is None or second is None:
            return None
        return {labels: value for labels, value in first.items() if labels in second}

    def promql(self) -> str:
        return f"({self.first.promql()}) and ({self.second.promql()})"


@dataclass(frozen=True, slots=True)
class Either(_Pair):
    """One of two, of the same labels; the value is that of the first that holds."""

    def holds(self, samples: Samples) -> Values | None:
        first, second = self.first.holds(samples), self.second.holds(samples)
        return None if first is None and second is None else {**(second or {}), **(first or {})}

    def promql(self) -> str:
        return f"({self.first.promql()}) or ({self.second.promql()})"


@dataclass(frozen=True, slots=True)
class Absent:
    """No sample is there that should be."""

    selector: Selector

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(match.label for match in self._named())

    @property
    def vectors(self) -> tuple[Vector, ...]:
        return ()

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self.selector,)

    def _named(self) -> list[Match]:
        plain = (one for one in self.selector.where if not one.is_not and not one.is_prefix)
        return [one for one in plain if len(one.values) == 1]

    def holds(self, samples: Samples) -> Values | None:
        if any(self.selector.holds(labels) for labels, _ in samples.series(self.selector.metric)):
            return {}
        return {tuple((one.label, one.values[0]) for one in self._named()): 1.0}

    def promql(self) -> str:
        return f"absent({self.selector.promql()})"


Condition = Compare | Both | Either | Absent


def check_finds(check: str, least: Status = Status.FAIL) -> Compare:
    """A check of /health finds so much or worse."""
    return Compare(Gauge(select("ballast_health", one_of("check", check))), ">=", int(least))


def checks_find(prefix: str, least: Status = Status.FAIL) -> Compare:
    """The same of each subject of a check: `check` is the label."""
    chosen = select("ballast_health", begins("check", f"{prefix} "))
    return Compare(Gauge(chosen, by=("check",)), ">=", int(least))


def increases(condition: Condition) -> list[Increase]:
    """What has to be remembered from turn to turn, to say whether it holds."""
    return [vector for vector in condition.vectors if isinstance(vector, Increase)]
