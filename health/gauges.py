"""How the figures of checks become metrics: Prometheus' names and base units, each described once.

Money keeps its own unit (`_sats`, `_atoms`, `_e8`), since those are counted in integers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from health.examination import Report
from health.metrics import Samples, gauge_text
from health.registry import Check, Gauge
from health.rules import Status

UP = ("database", "redis")  # checks that tell of a server whether it is there


class _Unit(NamedTuple):
    of_figure: str
    of_metric: str
    divisor: int


_UNITS = (
    _Unit("_ratio_ppm", "_ratio", 1_000_000),
    _Unit("_ppm", "_ratio", 1_000_000),
    _Unit("_percent", "_ratio", 100),
    _Unit("_us", "_seconds", 1_000_000),
    _Unit("_ms", "_seconds", 1_000),
    _Unit("_s", "_seconds", 1),
)
_PLAIN = _Unit("", "", 1)
HEALTH = ("ballast_health", "What each check finds: 0 ok, 1 warning, 2 failing.")
HOUSE = ("ballast_house_state", "Of the house as a whole: 0 ok, 1 degraded, 2 down.")
_UNDESCRIBED = Gauge("A figure of a check of /health.")


def _unit(figure: str) -> _Unit:
    return next((unit for unit in _UNITS if figure.endswith(unit.of_figure)), _PLAIN)


def in_base_units(figure: str) -> str:
    """`lag_ms` is `lag_seconds`."""
    unit = _unit(figure)
    return figure.removesuffix(unit.of_figure) + unit.of_metric


def base_value(figure: str, value: int) -> int | float:
    """12 of `lag_ms` is 0.012. Whole numbers stay exact."""
    divisor = _unit(figure).divisor
    return value // divisor if value % divisor == 0 else value / divisor


def gauge_name(check: Check, figure: str) -> str:
    name = check.gauges.get(figure, _UNDESCRIBED).name
    return f"ballast_{check.metric or check.name}_{name or in_base_units(figure)}"


def up_name(check: str) -> str:
    return f"ballast_{check}_up"


def described(checks: Iterable[Check]) -> dict[str, str]:
    """Every metric that checks can give, with what it is."""
    found = dict((HEALTH, HOUSE))
    for check in checks:
        if check.name in UP:
            found[up_name(check.name)] = f"Whether {check.about}."
        for figure, gauge in check.gauges.items():
            found.setdefault(gauge_name(check, figure), gauge.about)
    return found


def checks_text(report: Report) -> str:
    samples: dict[str, Samples] = defaultdict(list)
    abouts = described({one.check.name: one.check for one in report.examined}.values())
    samples[HOUSE[0]].append(({}, list(type(report.overall)).index(report.overall)))
    for one in report.examined:
        samples[HEALTH[0]].append(({"check": one.name}, int(one.finding.status)))
        if one.check.name in UP:
            samples[up_name(one.check.name)].append(({}, int(one.finding.status is not Status.FAIL)))
        subject = {one.check.label: one.finding.subject} if one.finding.subject else {}
        for figure, value in one.finding.figures.items():
            labels: Mapping[str, str] = one.check.gauges.get(figure, _UNDESCRIBED).labels
            samples[gauge_name(one.check, figure)].append(({**subject, **labels}, base_value(figure, value)))
    return "".join(
        gauge_text(name, abouts.get(name, _UNDESCRIBED.about), found) for name, found in samples.items()
    )
