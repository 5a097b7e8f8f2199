"""What /health says of those who are told of alerts: whether each receiver takes what it is sent."""

from django.utils import timezone

from health.alerting.channels.configured import channels
from health.models import AlertReceiver, AlertTelling, TellingStatus
from health.registry import Check, Finding, Gauge
from health.rules import Status


def receivers() -> list[Finding]:
    """Nothing is said where nobody is told."""
    known = {row.channel: row for row in AlertReceiver.objects.all()}
    return [_finding(channel.name, known.get(channel.name)) for channel in channels()]


def _finding(name: str, row: AlertReceiver | None) -> Finding:
    waiting = AlertTelling.objects.filter(channel=name, status=TellingStatus.WAITING).count()
    figures = {"failing": 0, "waiting": waiting}
    if row is None or row.failing_since is None:
        return Finding(Status.OK, "", name, figures, quiet=True)
    since_s = int((timezone.now() - row.failing_since).total_seconds())
    message = f"alerts are not taken for {since_s} s: {row.last_error}"
    return Finding(Status.WARN, message, name, {**figures, "failing": 1}, quiet=True)


CHECKS = (
    Check(
        "alerts",
        "Who is told of alerts takes them",
        receivers,
        label="channel",
        gauges={
            "failing": Gauge("Whether the receiver does not take what it is sent."),
            "waiting": Gauge("Things to tell that wait for it."),
        },
    ),
)
