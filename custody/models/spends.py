"""Transactions of ours: what they are to do, each version of them, and the coins they hold."""

from django.db import models
from django.db.models import Q

from custody.bitcoin.types import Purpose
from custody.models.chain import Coin
from custody.rules.statuses import SpendStatus


class Spend(models.Model):
    """One intent to spend, whatever becomes of its versions: they share a coin, so at most one confirms.

    `wallet` as in WatchedScript. `settled_version` is the one in the chain.
    """

    purpose = models.CharField(max_length=12, choices=[(one, one.value) for one in Purpose])
    wallet = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=[(one, one.value) for one in SpendStatus])
    settlements = models.PositiveIntegerField(default=0)
    settled_txid = models.CharField(max_length=64, blank=True)
    settled_fee_sats = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)  # what an operator should know
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                name="custody_spend_open",
                fields=["status"],
                condition=Q(status__in=["PLANNED", "SIGNING", "BROADCAST", "CONTESTED"]),
            )
        ]

    def __str__(self) -> str:
        return f"spend {self.pk}"


class SpendVersion(models.Model):
    """One transaction of a spend. `plan` is its SpendPlan; `txid` is known before it is signed (segwit), and
    "dropped:<id>" of what never will be.

    `raw` is empty until it is signed. `asked_at` was committed before a signer was asked.
    """

    spend = models.ForeignKey(Spend, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    plan = models.JSONField()
    txid = models.CharField(max_length=64, unique=True)
    fee_sats = models.BigIntegerField()
    vbytes = models.PositiveIntegerField()
    owner_psbt = models.TextField(blank=True)  # of a vault: the plan with its owner's signatures
    raw = models.BinaryField(default=b"")
    asked_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_height = models.IntegerField(null=True)  # where the chain stood then
    told_at = models.DateTimeField(null=True)  # when the network was last told
    tellings = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=20, blank=True)  # of the last telling
    verdict_detail = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="custody_version_number", fields=["spend", "number"])]

    def __str__(self) -> str:
        return self.txid


class SpendCoin(models.Model):
    """A coin that a spend holds. It is released only where nothing of the spend can confirm any more."""

    spend = models.ForeignKey(Spend, on_delete=models.PROTECT, related_name="coins")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="holds")
    is_released = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="custody_coin_held_once", fields=["coin"], condition=Q(is_released=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.spend_id} holds {self.coin_id}"
