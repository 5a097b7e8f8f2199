"""What health asks of backups: that the latest is young."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from config.backups.configured import is_configured
from config.backups.running import latest_run
from config.models import BackupRun
from health.registry import Check, Finding, Gauge
from health.rules import Status

OLD = 2  # periods


def backups() -> list[Finding]:
    """Nothing is said where none are wanted."""
    if not is_configured():
        return []
    latest = latest_run()
    if latest is None:
        failed = BackupRun.objects.order_by("-began_at").first()
        return [Finding(Status.WARN, "no backup was made" if failed else "no backup was made yet")]
    age = timezone.now() - latest.began_at
    figures = {
        "age_s": int(age.total_seconds()),
        "bytes": latest.size_bytes,
        "duration_ms": int(latest.seconds * 1000),
    }
    if age > OLD * timedelta(minutes=settings.BACKUP["every_minutes"]):
        return [Finding(Status.WARN, "the latest backup is old", figures=figures)]
    return [Finding(Status.OK, figures=figures)]


CHECKS = (
    Check(
        "backup",
        "The database is backed up",
        backups,
        for_everybody=False,
        gauges={
            "age_s": Gauge("Since the latest backup that is whole was begun."),
            "bytes": Gauge("Size of the latest backup, encrypted."),
            "duration_ms": Gauge("How long the latest backup took."),
        },
    ),
)
