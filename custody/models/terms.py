"""What operators decide of withdrawals: limits, by two people each time, and the stop of them all."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class TermsVersion(models.Model):
    """Append-only: the newest is in force. `content` is `rules.terms.Terms`."""

    content = models.JSONField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "terms"
        verbose_name_plural = "terms"

    def __str__(self) -> str:
        return f"terms {self.pk}"


class TermsProposal(models.Model):
    """Terms that wait for another operator. `ended_because`: APPROVED, or why not."""

    content = models.JSONField()
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), name="custody_one_open_proposal", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


RESTORED = "RESTORED"  # a stop's cause: the rows came out of a backup


class WithdrawalStop(models.Model):
    """While one is open nothing is signed or sent. Who lets it go on is another operator than who stopped.

    `cause` is "" where a person or the house stopped; one that is RESTORED ends by reconciling alone.
    """

    reason = models.CharField(max_length=300)
    cause = models.CharField(max_length=16, blank=True, default="", db_default="")
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], name="custody_one_open_stop_of_a_cause", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"stop {self.pk}"


class Restoration(models.Model):
    """A backup that these rows came out of. `skipped` are the counters of wallets as they were; the places
    after them may have been given out since. `report` is what the latest reconciliation found.

    The row is made in the transaction that restores, by `config.backups.marking`.
    """

    stop = models.OneToOneField(WithdrawalStop, on_delete=models.PROTECT, related_name="restoration")
    backup = models.CharField(max_length=100)
    snapshot_at = models.DateTimeField()
    height = models.IntegerField()  # of the chain as the backup knew it
    skipped = models.JSONField(default=list)
    restored_at = models.DateTimeField()
    reconciled_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.backup
