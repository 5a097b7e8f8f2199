"""What health asks of notices. It stands here, for access knows nothing of health."""

from datetime import timedelta

from django.utils import timezone

from access.notices.reading import fresh_backlog
from health.registry import Check, Finding, Gauge
from health.rules import Status

LATE_WARN, LATE_FAIL = timedelta(minutes=1), timedelta(minutes=15)


def notices() -> list[Finding]:
    backlog = fresh_backlog()
    late = timedelta() if backlog.oldest is None else timezone.now() - backlog.oldest
    figures = {"waiting": backlog.waiting, "oldest_s": int(late.total_seconds())}
    if late > LATE_FAIL:
        return [Finding(Status.FAIL, "notices wait to be sent", figures=figures)]
    if late > LATE_WARN:
        return [Finding(Status.WARN, "notices wait to be sent", figures=figures)]
    return [Finding(Status.OK, figures=figures)]


CHECKS = (
    Check(
        "notices",
        "Notices are sent when they are told",
        notices,
        gauges={
            "waiting": Gauge("Notices that were never tried to be sent."),
            "oldest_s": Gauge("How long the first notice has waited that was never tried to be sent."),
        },
    ),
)
