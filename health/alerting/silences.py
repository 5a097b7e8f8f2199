"""What operators said to alerts: that one is known, and that one is not to be told for a while."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from health.models import AlertEpisode, AlertSilence, EpisodeStatus

LONGEST = timedelta(days=7)
MAX_SILENCES = 200


class TooMuchSilence(Exception):
    """Too long, or too many: what nobody hears of for ever should not be watched at all."""


def silences_in_force(now: datetime) -> list[AlertSilence]:
    rows = AlertSilence.objects.filter(until__gt=now, ended_at__isnull=True).order_by("pk")
    return list(rows[:MAX_SILENCES])


def is_silenced(episode: AlertEpisode, silences: Iterable[AlertSilence]) -> bool:
    return any(one.name == episode.name and one.labels.items() <= episode.labels.items() for one in silences)


@transaction.atomic
def silence(
    *, name: str, labels: dict[str, str], hours: int, reason: str, by: int, now: datetime
) -> AlertSilence:
    """Of all labels where none are named."""
    until = now + timedelta(hours=hours)
    if not now < until <= now + LONGEST:
        raise TooMuchSilence(f"at most {LONGEST // timedelta(hours=1)} hours")
    if len(silences_in_force(now)) >= MAX_SILENCES:
        raise TooMuchSilence(f"{MAX_SILENCES} are in force already")
    return AlertSilence.objects.create(
        name=name, labels=labels, until=until, reason=reason, made_by_id=by, made_at=now
    )


def end_silence(*, silence_id: int, now: datetime) -> bool:
    """Whether it was in force."""
    rows = AlertSilence.objects.filter(pk=silence_id, until__gt=now, ended_at__isnull=True)
    return rows.update(ended_at=now) == 1


def acknowledge(*, episode_id: int, reason: str, by: int, now: datetime) -> bool:
    """Whether it was open, and nobody's yet. It is told once more, when it is resolved."""
    rows = AlertEpisode.objects.filter(
        pk=episode_id, status=EpisodeStatus.FIRING, acknowledged_at__isnull=True
    )
    return rows.update(acknowledged_at=now, acknowledged_by=by, acknowledged_why=reason) == 1
