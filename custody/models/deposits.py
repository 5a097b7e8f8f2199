"""Deposits of customers, what a reorg left owing, and frozen accounts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from custody.models.chain import Coin
from custody.rules.statuses import DepositStatus


class Deposit(models.Model):
    """One coin that pays a customer's address. `credits` counts how often it was credited: each time but the
    last was taken back."""

    coin = models.OneToOneField(Coin, on_delete=models.PROTECT, related_name="deposit")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount_sats = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=[(one, one.value) for one in DepositStatus])
    credits = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    credited_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="custody_deposit_amount", condition=Q(amount_sats__gt=0)),
            models.CheckConstraint(
                name="custody_deposit_status", condition=Q(status__in=[str(one) for one in DepositStatus])
            ),
        ]
        indexes = [models.Index(name="custody_deposit_owner", fields=["owner", "id"])]

    def __str__(self) -> str:
        return f"deposit {self.pk}"


class ReorgReceivable(models.Model):
    """What could not be taken back of a credit that a reorg undid. Later money meets it, oldest first."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="receivables")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # the deposit's `credits` when it was undone
    owed_sats = models.BigIntegerField()
    met_sats = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="custody_receivable_once", fields=["deposit", "number"]),
            models.CheckConstraint(
                name="custody_receivable_met",
                condition=Q(owed_sats__gt=0, met_sats__gte=0, met_sats__lte=F("owed_sats")),
            ),
        ]
        indexes = [
            models.Index(
                name="custody_receivable_open",
                fields=["owner", "id"],
                condition=Q(met_sats__lt=F("owed_sats")),
            )
        ]

    def __str__(self) -> str:
        return f"receivable {self.pk}"


class AccountFreeze(models.Model):
    """The owner withdraws nothing, and moves nothing to trading, until it ends."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="custody_freeze_one_open", fields=["owner"], condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"freeze {self.pk}"
