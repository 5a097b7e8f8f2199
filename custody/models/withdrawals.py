"""Withdrawals, whom they need, and the addresses they may go to."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from custody.models.spends import Spend
from custody.rules.statuses import WithdrawalStatus

MAX_LABEL = 64


class AllowedAddress(models.Model):
    """An address of a customer's list. Withdrawals may go there from `available_at` on."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=MAX_LABEL, blank=True)
    address = models.CharField(max_length=100)
    script = models.BinaryField()
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "allowed addresses"
        constraints = [
            models.UniqueConstraint(
                name="custody_allowed_once", fields=["owner", "script"], condition=Q(removed_at__isnull=True)
            )
        ]
        indexes = [models.Index(name="custody_allowed_address", fields=["address"])]

    def __str__(self) -> str:
        return self.address


class Withdrawal(models.Model):
    """`amount_sats` reach the address; `fee_sats` are what the customer pays for it, whatever miners get.

    The customer's money left the funding wallet with the row. `totp_step` is the time step of the code that
    asked for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    allowed = models.ForeignKey(AllowedAddress, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=100)
    amount_sats = models.BigIntegerField()
    fee_sats = models.BigIntegerField()
    totp_step = models.BigIntegerField()
    status = models.CharField(max_length=20, choices=[(one, one.value) for one in WithdrawalStatus])
    approvals_needed = models.PositiveSmallIntegerField(default=0)
    spend = models.ForeignKey(
        Spend, null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawals"
    )
    settlements = models.PositiveIntegerField(default=0)  # how often it was booked; each but the last undone
    txid = models.CharField(max_length=64, blank=True)  # where it was confirmed, or the latest version's
    vout = models.PositiveIntegerField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)
    requested_ip = models.CharField(max_length=45, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [
            ("approve_withdrawal", "Can approve and reject withdrawals"),
            ("stop_withdrawals", "Can stop all withdrawals and let them go on"),
            ("change_terms", "Can propose and approve terms of custody"),
            ("end_freeze", "Can freeze accounts and end it"),
        ]
        constraints = [
            models.UniqueConstraint(name="custody_withdrawal_key", fields=["owner", "key"]),
            models.UniqueConstraint(name="custody_withdrawal_code_once", fields=["owner", "totp_step"]),
            models.CheckConstraint(
                name="custody_withdrawal_amount", condition=Q(amount_sats__gt=0, fee_sats__gte=0)
            ),
            models.CheckConstraint(
                name="custody_withdrawal_status",
                condition=Q(status__in=[str(one) for one in WithdrawalStatus]),
            ),
        ]
        indexes = [
            models.Index(name="custody_withdrawal_owner", fields=["owner", "created_at"]),
            models.Index(name="custody_withdrawal_time", fields=["created_at"]),
            models.Index(
                name="custody_withdrawal_open",
                fields=["created_at"],
                condition=Q(status__in=["AWAITING_APPROVAL", "APPROVED", "SIGNING", "BROADCAST"]),
            ),
            models.Index(name="custody_withdrawal_txid", fields=["txid"], condition=~Q(txid="")),
            models.Index(name="custody_withdrawal_address", fields=["address"]),
            models.Index(
                name="custody_withdrawal_awaiting",
                fields=["created_at"],
                condition=Q(status="AWAITING_APPROVAL"),
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class WithdrawalApproval(models.Model):
    """One operator's word on a withdrawal. Append-only: who has approved may still reject."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="approvals")
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approves = models.BooleanField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="custody_approval_once", fields=["withdrawal", "operator", "approves"]
            )
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"
