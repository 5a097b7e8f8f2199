"""What is to be told of episodes, and when: once when one fires, reminders of what nobody took up, and once
when it is over. It writes down what to tell; `sending` sends it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from health.alerting.registry import Severity
from health.alerting.silences import is_silenced, silences_in_force
from health.models import AlertEpisode, AlertTelling, EpisodeStatus, TellingKind, TellingStatus

REMINDED_AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
REMINDED_EVERY = timedelta(hours=24)  # after those
GIVEN_UP_AFTER = timedelta(hours=24)
KEPT = timedelta(days=90)


def plan(channels: Sequence[tuple[str, bool]], now: datetime) -> int:
    """For channels, each with whether it wants pages alone; how many tellings are new. In a transaction."""
    firing = list(AlertEpisode.objects.filter(status=EpisodeStatus.FIRING).order_by("pk"))
    over = AlertEpisode.objects.filter(
        status=EpisodeStatus.RESOLVED, told_at__isnull=False, resolved_at__gte=now
    )
    silences = silences_in_force(now)
    told: list[tuple[AlertEpisode, TellingKind]] = [(row, TellingKind.RESOLVED) for row in over]
    for row in firing:
        kind = _kind(row, now)
        if kind is not None and not is_silenced(row, silences):
            row.reminders += kind is TellingKind.REMINDER
            row.told_at = now
            told.append((row, kind))
    changed = [row for row in firing if row.told_at == now]
    AlertEpisode.objects.bulk_update(changed, ["told_at", "reminders"])
    tellings = [
        AlertTelling(episode=row, channel=name, kind=kind, status=TellingStatus.WAITING, created_at=now)
        for row, kind in told
        for name, pages_alone in channels
        if row.severity == Severity.PAGE or not pages_alone
    ]
    return len(AlertTelling.objects.bulk_create(tellings))


def _kind(row: AlertEpisode, now: datetime) -> TellingKind | None:
    if row.told_at is None:
        return TellingKind.FIRED
    if row.severity != Severity.PAGE or row.acknowledged_at is not None or row.clear_since is not None:
        return None
    assert row.fired_at is not None
    return TellingKind.REMINDER if now - row.fired_at >= _reminded_after(row.reminders) else None


def _reminded_after(reminders: int) -> timedelta:
    if reminders < len(REMINDED_AFTER):
        return REMINDED_AFTER[reminders]
    return REMINDED_AFTER[-1] + REMINDED_EVERY * (reminders - len(REMINDED_AFTER) + 1)


def forget(now: datetime) -> None:
    """What nobody could be told in a day is given up, and what is long over goes."""
    waiting = AlertTelling.objects.filter(status=TellingStatus.WAITING)
    waiting.filter(created_at__lt=now - GIVEN_UP_AFTER).update(status=TellingStatus.GIVEN_UP)
    AlertEpisode.objects.filter(resolved_at__lt=now - KEPT).delete()
