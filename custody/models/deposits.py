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
        indexes = [
            models.Index(name="custody_deposit_owner", fields=["owner", "id"]),
            models.Index(
                name="custody_deposit_open", fields=["coin"], condition=~Q(status=DepositStatus.CREDITED)
            ),
        ]

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


class HouseCoin(models.Model):
    """A coin that came to the house by itself: into the hot wallet by a way of its own, or to cold storage.

    Coins that our own spends make are theirs to book. `counts` is how often it was booked.
    """

    coin = models.OneToOneField(Coin, on_delete=models.PROTECT, related_name="house_coin")
    is_counted = models.BooleanField(default=False)
    counts = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"house coin {self.pk}"


class UnexpectedSpend(models.Model):
    """A coin of ours that a transaction spends which nobody here has made. It ends when that is undone, or
    when an operator has looked at it."""

    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="unexpected_spends")
    txid = models.CharField(max_length=64)
    noted_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="custody_unexpected_once", fields=["coin", "txid"])]
        indexes = [
            models.Index(name="custody_unexpected_open", fields=["id"], condition=Q(ended_at__isnull=True)),
            models.Index(name="custody_unexpected_txid", fields=["txid"]),
        ]

    def __str__(self) -> str:
        return f"{self.coin_id} spent by {self.txid}"


class AccountFreeze(models.Model):
    """The owner withdraws nothing, and moves nothing to trading, until it ends. One that a reorg began
    (`is_automatic`) ends by itself when all receivables are met."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    is_automatic = models.BooleanField(default=False)
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
