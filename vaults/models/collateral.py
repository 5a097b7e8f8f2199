"""The bitcoin of a vault: coins that came to it, what its owner takes out, up to where that is followed."""

import uuid

from django.db import models
from django.db.models import Q

from vaults.models.vault import Vault
from vaults.rules.statuses import CoinStatus, WithdrawalKind, WithdrawalStatus


class CollateralWithdrawal(models.Model):
    """Bitcoin on its way out of a vault. `amount_sats` reach the address, `fee_sats` the miners, and both are
    out of the collateral with the row; a CANCELED one gave them back.

    `spend_id` is custody's spend. `psbt` is what the owner has to sign.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    vault = models.ForeignKey(Vault, on_delete=models.PROTECT, related_name="withdrawals")
    kind = models.CharField(max_length=8, choices=[(one, one.value) for one in WithdrawalKind])
    status = models.CharField(max_length=10, choices=[(one, one.value) for one in WithdrawalStatus])
    address = models.CharField(max_length=100)
    amount_sats = models.BigIntegerField()
    fee_sats = models.BigIntegerField()
    spend_id = models.BigIntegerField(unique=True)
    psbt = models.TextField()
    txid = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vaults_withdrawal_amounts", condition=Q(amount_sats__gt=0, fee_sats__gte=0)
            ),
            models.CheckConstraint(
                name="vaults_withdrawal_status",
                condition=Q(status__in=[str(one) for one in WithdrawalStatus]),
            ),
        ]
        indexes = [
            models.Index(name="vaults_withdrawal_vault", fields=["vault", "created_at"]),
            models.Index(
                name="vaults_withdrawal_open",
                fields=["created_at"],
                condition=Q(status__in=["PLANNED", "SIGNED", "BROADCAST", "SUSPENDED"]),
            ),
            models.Index(name="vaults_withdrawal_address", fields=["address"]),
            models.Index(
                name="vaults_withdrawal_suspended", fields=["created_at"], condition=Q(status="SUSPENDED")
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class VaultCoin(models.Model):
    """An output that pays a vault, one for each of custody's coins of at least the least deposit.

    `change_of`: the withdrawal whose change it is; such a coin is credited when that one is confirmed.
    `spent_by`: the withdrawal that holds it, or has spent it.
    """

    coin = models.OneToOneField("custody.Coin", on_delete=models.PROTECT, related_name="+")
    vault = models.ForeignKey(Vault, on_delete=models.PROTECT, related_name="coins")
    value_sats = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=[(one, one.value) for one in CoinStatus])
    change_of = models.ForeignKey(
        CollateralWithdrawal, null=True, blank=True, on_delete=models.PROTECT, related_name="change"
    )
    spent_by = models.ForeignKey(
        CollateralWithdrawal, null=True, blank=True, on_delete=models.PROTECT, related_name="coins"
    )
    credits = models.PositiveIntegerField(default=0)  # how often it was credited
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vaults_coin_status", condition=Q(status__in=[str(one) for one in CoinStatus])
            )
        ]
        indexes = [
            models.Index(name="vaults_coin_credited", fields=["vault"], condition=Q(status="CREDITED")),
            models.Index(
                name="vaults_coin_unsettled",
                fields=["status"],
                condition=Q(status__in=["SEEN", "CONFIRMED", "GONE", "LOST", "DOUBLE_SPENT"]),
            ),
        ]

    def __str__(self) -> str:
        return f"coin {self.coin_id} of {self.vault_id}"


class CoinCursor(models.Model):
    """One row: up to where custody's facts of coins are followed. Its lock makes one follower the only one.

    `told_number` and `after_id` are custody's cursor; `facts_number`: when what only waits was looked at.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    told_number = models.BigIntegerField(default=-1)
    after_id = models.BigIntegerField(default=0)
    facts_number = models.BigIntegerField(default=-1)

    class Meta:
        constraints = [models.CheckConstraint(name="vaults_cursor_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.told_number}/{self.after_id}"
