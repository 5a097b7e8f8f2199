"""What can be asked about health: apps register checks and invariants, by dotted paths in the settings.

HEALTH_CHECKS names tuples of `Check`, INVARIANTS tuples of `Invariant` (or functions that give one).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.utils.module_loading import import_string

from health.rules import Status


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, of one `subject` where it looks at several (a shard). Everybody may read it, so it
    holds no secret and nobody's name. `figures` become metrics. `quiet`: told only when it is wrong."""

    status: Status
    message: str = ""
    subject: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a figure is in the metrics: described there, by a name of its own and with labels where it has
    them. The unit is the figure's: `_ms`, `_us`, `_s` become `_seconds`, `_percent` and `_ppm` `_ratio`."""

    about: str
    name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def in_states(states: Iterable[str], about: str) -> dict[str, Gauge]:
    """Of figures that are called as states in small letters: one metric with the state as its label."""
    return {state.lower(): Gauge(about, "in_state", {"state": state}) for state in states}


@dataclass(frozen=True, slots=True)
class Check:
    """`run` may block and may raise: then it has failed. `stops` names what customers cannot do meanwhile.

    Where `critical` fails, the house is down and not merely degraded. `label` says what a subject is,
    `metric` how the metrics of the figures begin. Figures that are not `for_everybody` are in metrics alone.
    `gauges` has every figure that its findings may have.
    """

    name: str
    about: str
    run: Callable[[], Sequence[Finding]]
    critical: bool = False
    stops: tuple[str, ...] = ()
    label: str = "subject"
    metric: str = ""
    for_everybody: bool = True
    gauges: Mapping[str, Gauge] = field(default_factory=dict)


class Extent(StrEnum):
    """How much an invariant looks at: what can have changed lately, each minute; or everything, each hour."""

    RECENT = "RECENT"
    WHOLE = "WHOLE"


@dataclass(frozen=True, slots=True)
class Violations:
    """How many rows offend, and the first of them."""

    count: int
    offenders: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must be true at every commit. `recent` is None where looking at everything is cheap enough."""

    name: str
    about: str
    whole: Callable[[], Violations]
    recent: Callable[[], Violations] | None = None


# What customers may want, and what /health says of each: that it works, or that it does not.
CAPABILITIES = (
    "trading",
    "market_data",
    "account_data",
    "wallet_transfers",
    "login",
    "prices",
    "minting",
    "liquidations",
    "deposits",
    "withdrawals",
)


def checks() -> tuple[Check, ...]:
    return tuple(check for path in settings.HEALTH_CHECKS for check in import_string(path))


def invariants() -> tuple[Invariant, ...]:
    found: list[Invariant] = []
    for path in settings.INVARIANTS:
        named = import_string(path)
        found += named() if callable(named) else named
    return tuple(found)
