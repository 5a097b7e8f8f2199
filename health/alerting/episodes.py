"""From what holds now to episodes: when one begins, fires and ends. What is told of it is `telling`'s."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from health.alerting.registry import Alert
from health.alerting.vectors import Labels, Samples, Values
from health.models import AlertEpisode, EpisodeStatus

CLEAR = timedelta(seconds=60)  # it must not hold for so long before it is resolved: what flaps is one episode
UNKNOWN = timedelta(minutes=15)  # and for so long where nothing is told of its metric any more
MOST_OF_ONE = 50  # sets of labels of one alert
PENDING, FIRING, RESOLVED = EpisodeStatus.PENDING, EpisodeStatus.FIRING, EpisodeStatus.RESOLVED
OPEN = (PENDING, FIRING)


@dataclass(frozen=True, slots=True)
class Held:
    """What one alert holds for; `values` None: nothing is known of it."""

    alert: Alert
    values: Values | None


def look(alerts: Iterable[Alert], samples: Samples) -> list[Held]:
    return [Held(alert, alert.condition.holds(samples)) for alert in alerts]


def fingerprint(name: str, labels: Labels) -> str:
    """Which episode it is, in the house and at those who are told."""
    return hashlib.sha256(msgspec.json.encode([name, sorted(labels)])).hexdigest()


@dataclass(frozen=True, slots=True)
class Changes:
    begun: Sequence[AlertEpisode]
    changed: Sequence[AlertEpisode]
    forgotten: Sequence[AlertEpisode]


def judge(rows: Sequence[AlertEpisode], held: Iterable[Held], now: datetime) -> Changes:
    """From the open episodes and what holds now. Changes the rows, stores nothing."""
    open_rows = {row.fingerprint: row for row in rows}
    begun: list[AlertEpisode] = []
    changed: list[AlertEpisode] = []
    forgotten: list[AlertEpisode] = []
    unknown: set[str] = set()
    for one in held:
        if one.values is None:
            unknown.add(one.alert.name)
            continue
        for labels, value in sorted(one.values.items())[:MOST_OF_ONE]:
            row = open_rows.pop(fingerprint(one.alert.name, labels), None)
            if row is None:
                begun.append(_begun(one.alert, labels, value, now))
            elif _goes_on(row, one.alert, value, now):
                changed.append(row)
    for row in open_rows.values():
        if row.status == PENDING and row.name not in unknown:
            forgotten.append(row)
        elif _ceases(row, UNKNOWN if row.name in unknown else CLEAR, now):
            changed.append(row)
    return Changes(begun, changed, forgotten)


def _begun(alert: Alert, labels: Labels, value: float, now: datetime) -> AlertEpisode:
    fires = alert.for_s == 0
    return AlertEpisode(
        name=alert.name,
        labels=dict(labels),
        fingerprint=fingerprint(alert.name, labels),
        severity=alert.severity,
        summary=alert.said(labels)[:400],
        value=value,
        status=FIRING if fires else PENDING,
        began_at=now,
        fired_at=now if fires else None,
    )


def _goes_on(row: AlertEpisode, alert: Alert, value: float, now: datetime) -> bool:
    """Whether anything of it is to be stored: not each value that it passes through."""
    before = (row.status, row.clear_since)
    row.clear_since, row.value = None, value
    if row.status == PENDING and now - row.began_at >= timedelta(seconds=alert.for_s):
        row.status, row.fired_at = FIRING, now
    return before != (row.status, row.clear_since)


def _ceases(row: AlertEpisode, patience: timedelta, now: datetime) -> bool:
    if row.clear_since is None:
        row.clear_since = now
        return True
    if now - row.clear_since < patience:
        return False
    row.status, row.resolved_at = RESOLVED, now
    return True


def store(changes: Changes) -> None:
    """Inside a transaction."""
    AlertEpisode.objects.bulk_create(changes.begun)
    fields = ["status", "value", "fired_at", "clear_since", "resolved_at"]
    AlertEpisode.objects.bulk_update(changes.changed, fields)
    AlertEpisode.objects.filter(pk__in=[row.pk for row in changes.forgotten]).delete()
