"""Samples over time as Prometheus's promtool is told of them, and the same, minute by minute, as pages that
the house reads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from health.alerting.conditions import increases
from health.alerting.episodes import FIRING, RESOLVED, judge, look
from health.alerting.registry import Alert
from health.alerting.samples import Looked, Memory, advance, read_page
from health.models import AlertEpisode

Course = Callable[[int, int], float | None]  # of (minute, minutes in all); None: not told
Samples = Mapping[str, Course]
START = datetime(2026, 11, 22, tzinfo=UTC)
HOUSE = 'ballast_health{check="database"}'


def flat(value: float) -> Course:
    return lambda minute, minutes: value


def grows(each_minute: float) -> Course:
    """A counter."""
    return lambda minute, minutes: each_minute * minute


def appears(value: float) -> Course:
    """A counter whose first sample says that something has happened."""
    return lambda minute, minutes: value if minute >= minutes - 3 else None


def for_the_last(count: int, value: float, before: float) -> Course:
    return lambda minute, minutes: value if minute > minutes - count else before


@dataclass(frozen=True)
class Case:
    """`bad` makes the alert fire for these labels, `good` does not."""

    name: str
    bad: Samples
    good: Samples
    labels: Mapping[str, str] = field(default_factory=dict)


def length(alert: Alert) -> int:
    """Minutes after which an alert that holds all the time fires, whatever it has to remember."""
    window = max((vector.window_s for vector in increases(alert.condition)), default=0)
    return (alert.for_s + window) // 60 + 5


def with_house(samples: Samples) -> Samples:
    """What is on every page."""
    return samples if HOUSE in samples else {**samples, HOUSE: flat(0)}


def as_promtool(samples: Samples, minutes: int) -> list[dict[str, str]]:
    return [
        {"series": series, "values": " ".join(_told(course(at, minutes)) for at in range(minutes + 1))}
        for series, course in with_house(samples).items()
    ]


def _told(value: float | None) -> str:
    return "_" if value is None else f"{value:g}"


def as_page(samples: Samples, minute: int, minutes: int) -> str:
    found = [(series, course(minute, minutes)) for series, course in with_house(samples).items()]
    return "".join(f"{series} {value:g}\n" for series, value in found if value is not None)


@dataclass
class House:
    """The notifier without a database: what it would have in it after each page."""

    alerts: Sequence[Alert]
    memory: Memory = field(default_factory=Memory)
    open_rows: list[AlertEpisode] = field(default_factory=list)
    ended: list[AlertEpisode] = field(default_factory=list)
    now: datetime = START

    def reads(self, page: str, seconds: int = 60) -> None:
        self.now += timedelta(seconds=seconds)
        vectors = [vector for alert in self.alerts for vector in increases(alert.condition)]
        wanted = {one for alert in self.alerts for one in alert.condition.selectors}
        series = read_page(page, wanted)
        if "up{" in page:  # told by the page itself: of a scrape that failed
            series["up"] = series["up"][1:]
        self.memory = advance(self.memory, series, vectors, self.now.timestamp())
        held = look(self.alerts, Looked(series, self.memory, self.now.timestamp()))
        changes = judge(self.open_rows, held, self.now)
        rows = [row for row in [*self.open_rows, *changes.begun] if row not in changes.forgotten]
        self.ended += [row for row in rows if row.status == RESOLVED]
        self.open_rows = [row for row in rows if row.status != RESOLVED]

    def lives(self, samples: Samples, minutes: int) -> None:
        for minute in range(minutes + 1):
            self.reads(as_page(samples, minute, minutes))

    def firing(self) -> list[dict[str, str]]:
        return [row.labels for row in self.open_rows if row.status == FIRING]
