"""What a dashboard is made of: rows of panels, each with what it asks of Prometheus. Values alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    LINES = "timeseries"
    FIGURE = "stat"
    TABLE = "table"


class Unit(StrEnum):
    """How Grafana writes a value."""

    NONE = "short"
    SECONDS = "s"
    BYTES = "bytes"
    RATIO = "percentunit"
    PER_SECOND = "cps"
    BITCOIN = "currencyBTC"
    DOLLARS = "currencyUSD"
    BLOCKS = "locale"


@dataclass(frozen=True, slots=True)
class Target:
    """`legend` names labels in braces: `{{shard}}`."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """`about` is what one reads who points at it. `steps`: from which value on which color; `words`: what a
    value is called."""

    title: str
    about: str
    targets: Sequence[Target]
    kind: Kind = Kind.LINES
    unit: Unit = Unit.NONE
    width: int = 8
    steps: Mapping[int, str] = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    panels: Sequence[Panel]


def lines(title: str, about: str, *targets: Target, unit: Unit = Unit.NONE, width: int = 8) -> Panel:
    return Panel(title, about, targets, Kind.LINES, unit, width)


def figure(
    title: str,
    about: str,
    expression: str,
    *,
    unit: Unit = Unit.NONE,
    width: int = 4,
    steps: Mapping[int, str] | None = None,
    words: Mapping[int, str] | None = None,
    legend: str = "",
) -> Panel:
    asked = [Target(expression, legend)]
    return Panel(title, about, asked, Kind.FIGURE, unit, width, steps or {}, words or {})


def table(title: str, about: str, expression: str, *, width: int = 12) -> Panel:
    return Panel(title, about, [Target(expression)], Kind.TABLE, Unit.NONE, width)


def rate(counter: str, *by: str) -> str:
    """A second, of all processes together."""
    return f"sum{_by(by)} (rate({counter}[$__rate_interval]))"


def increase(counter: str, *by: str, over: str = "$__range") -> str:
    return f"sum{_by(by)} (increase({counter}[{over}]))"


def quantile(share: float, histogram: str, *by: str) -> str:
    return f"histogram_quantile({share}, {rate(f'{histogram}_bucket', 'le', *by)})"


def mean(histogram: str, *by: str) -> str:
    return f"{rate(f'{histogram}_sum', *by)} / {rate(f'{histogram}_count', *by)}"


def _by(labels: Sequence[str]) -> str:
    return f" by ({', '.join(labels)})" if labels else ""
