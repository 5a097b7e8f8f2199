"""Money on its way between funding wallets and trading accounts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exchange.engine.types import RejectReason
from exchange.models.markets import Shard
from exchange.models.orders import numbers
from exchange.rules import TransferDirection, TransferStatus


class WalletTransfer(models.Model):
    """Money on its way between a user's funding wallet and his trading account.

    Made with its pending ledger transfer in one transaction; ended by the engine's worker in the
    transaction that journals the deposit or withdrawal. The worker looks for rows that still wait.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT)
    direction = models.CharField(max_length=20, choices=[(d, d) for d in TransferDirection])
    asset = models.CharField(max_length=10)
    amount_atoms = models.BigIntegerField()
    key = models.CharField(max_length=100)
    command_id = models.UUIDField(unique=True)
    pending_id = models.BigIntegerField(unique=True)
    status = models.CharField(
        max_length=10, choices=[(s, s) for s in TransferStatus], default=TransferStatus.PENDING
    )
    reject_reason = models.SmallIntegerField(choices=[(0, "NONE"), *numbers(RejectReason)], default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["shard", "id"], name="wallet_transfer_due", condition=Q(status=TransferStatus.PENDING)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="wallet_transfer_once"),
            models.CheckConstraint(condition=Q(amount_atoms__gt=0), name="wallet_transfer_positive"),
            models.CheckConstraint(
                condition=Q(status__in=list(TransferStatus)), name="wallet_transfer_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"
