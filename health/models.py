"""What is stored about health: the last result of each invariant, and (`alert_models`) alerts."""

from django.db import models

from health.alert_models import (
    AlertEpisode,
    AlertReceiver,
    AlertSilence,
    AlertTelling,
    EpisodeStatus,
    NotifierTurn,
    TellingKind,
    TellingStatus,
)

__all__ = [
    "AlertEpisode",
    "AlertReceiver",
    "AlertSilence",
    "AlertTelling",
    "EpisodeStatus",
    "InvariantResult",
    "NotifierTurn",
    "TellingKind",
    "TellingStatus",
]


class InvariantResult(models.Model):
    """The last run of one invariant over one extent. A violation stands here until a run finds none.

    `error` says why the last run came to no result; the rest is then that of the run before.
    """

    name = models.CharField(max_length=100)
    extent = models.CharField(max_length=10)
    about = models.CharField(max_length=300)
    violations = models.BigIntegerField(default=0)
    offenders = models.JSONField(default=list)
    error = models.CharField(max_length=200, blank=True)
    violated_since = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    took_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "extent"], name="invariant_result_once")]
        # No model stands for a process, and operators' rights hang on models.
        permissions = [("restart_process", "Can have processes started again")]

    def __str__(self) -> str:
        return f"{self.name} ({self.extent})"
