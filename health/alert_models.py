"""What is stored of alerts: each time that one held, what was told of it, and what operators silenced."""

from django.conf import settings
from django.db import models


class EpisodeStatus(models.TextChoices):
    """PENDING holds, not yet for long enough; it is forgotten where it never fires."""

    PENDING = "PENDING"
    FIRING = "FIRING"
    RESOLVED = "RESOLVED"


class AlertEpisode(models.Model):
    """One alert for one set of labels, from when it began to hold until it held no more.

    `clear_since`: it does not hold now, and is resolved if that stays so. `told_at`: when it was told last.
    """

    name = models.CharField(max_length=80)
    labels = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    severity = models.CharField(max_length=10)
    summary = models.CharField(max_length=400)
    value = models.FloatField()
    status = models.CharField(max_length=10, choices=EpisodeStatus.choices)
    began_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    clear_since = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    reminders = models.IntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    acknowledged_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=~models.Q(status=EpisodeStatus.RESOLVED),
                name="alert_episode_once",
            )
        ]
        indexes = [models.Index(fields=["resolved_at"], name="alert_episode_resolved")]
        permissions = [("silence_alert", "Can acknowledge and silence alerts")]

    def __str__(self) -> str:
        return f"{self.name} {self.fingerprint[:8]}"


class AlertSilence(models.Model):
    """Until then the alert is watched and not told: for all labels, or those that are named."""

    name = models.CharField(max_length=80)
    labels = models.JSONField(default=dict)
    until = models.DateTimeField()
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until"], name="alert_silence_until")]

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%Y-%m-%d %H:%M} UTC"


class TellingKind(models.TextChoices):
    FIRED = "FIRED"
    REMINDER = "REMINDER"
    RESOLVED = "RESOLVED"


class TellingStatus(models.TextChoices):
    WAITING = "WAITING"
    SENT = "SENT"
    GIVEN_UP = "GIVEN_UP"


class AlertTelling(models.Model):
    """One thing to say about an episode by one channel. What was sent at one moment went in one message."""

    episode = models.ForeignKey(AlertEpisode, models.CASCADE, related_name="tellings")
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=TellingKind.choices)
    status = models.CharField(max_length=10, choices=TellingStatus.choices)
    attempts = models.IntegerField(default=0)
    last_error = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "id"],
                condition=models.Q(status=TellingStatus.WAITING),
                name="alert_telling_waiting",
            ),
            models.Index(fields=["channel", "sent_at"], name="alert_telling_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"


class AlertReceiver(models.Model):
    """How a channel's receiver took what it was sent. One that fails is left alone until `paused_until`."""

    channel = models.CharField(max_length=20, unique=True)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, blank=True)
    last_tried_at = models.DateTimeField(null=True)
    last_taken_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.channel


class NotifierTurn(models.Model):
    """The one row by which one process at a time takes the notifier's turn."""

    leased_until = models.DateTimeField(null=True)
    ran_at = models.DateTimeField(null=True)
    pinged_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "the notifier"
