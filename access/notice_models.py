"""What is stored about what people are told: notices, by which channels they want them, where those go, and
what became of each sending.
"""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q


class Notice(models.Model):
    """One thing told to one user, once by its key. The list of them is kept whatever channel fails."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=128)
    text = models.CharField(max_length=500)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "id"], name="notice_of_user"),
            models.Index(fields=["user", "id"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["created_at"], name="notice_by_age"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_per_user_and_key")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class NoticeChoice(models.Model):
    """What a user has chosen for one kind of notice. Without a row a kind goes by every channel there is."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    by_email = models.BooleanField()
    by_webhook = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_choice_per_user_and_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class WebhookEndpoint(models.Model):
    """Where one user's notices are sent. Its secret is stored encrypted, and goes with it.

    `failures` are those in a row. While `paused_until` lasts it is left alone; `disabled_at`: given up.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=512)
    encrypted_secret = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)
    last_tried_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user"], name="live_webhook_of_user", condition=Q(deleted_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(encrypted_secret=b""),
                name="deleted_webhook_has_no_secret",
            )
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk} of {self.user_id}"


class NoticeChannel(models.TextChoices):
    EMAIL = "EMAIL"
    WEBHOOK = "WEBHOOK"


class DeliveryStatus(models.TextChoices):
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class NoticeDelivery(models.Model):
    """One notice by one channel. `attempts` counts those that were begun; while it waits it is tried at
    `next_at`, which whoever tries moves on first, so that nobody else does meanwhile."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=NoticeChannel.choices)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, null=True, related_name="+")
    is_test = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "notice deliveries"
        indexes = [
            models.Index(fields=["next_at"], name="mail_due", condition=Q(status="WAITING", channel="EMAIL")),
            models.Index(
                fields=["endpoint", "next_at"],
                name="webhook_due",
                condition=Q(status="WAITING", channel="WEBHOOK"),
            ),
            models.Index(fields=["created_at"], name="delivery_by_age", condition=Q(status="WAITING")),
            models.Index(
                fields=["finished_at"],
                name="mail_not_delivered",
                condition=Q(status="FAILED", channel="EMAIL"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "channel", "endpoint"],
                name="one_delivery_per_channel",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(channel__in=list(NoticeChannel), status__in=list(DeliveryStatus)),
                name="delivery_channel_and_status",
            ),
            models.CheckConstraint(
                condition=Q(channel="EMAIL", endpoint__isnull=True)
                | Q(channel="WEBHOOK", endpoint__isnull=False),
                name="delivery_has_its_endpoint",
            ),
            models.CheckConstraint(
                condition=Q(status="WAITING", finished_at__isnull=True)
                | (~Q(status="WAITING") & Q(finished_at__gte=F("created_at"))),
                name="delivery_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk} {self.status}"
