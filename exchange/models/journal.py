"""The journal, and what operators ask of an engine."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exchange.engine.types import RejectReason
from exchange.models.markets import Shard
from exchange.models.orders import numbers
from exchange.rules import RequestStatus

# What operators may ask of an engine, each with a permission of its own.
DEEDS = {
    "market_status": "status of a market",
    "market_change": "parameters of a market",
    "reference_price": "reference price of a market",
    "fee_tier": "rates of a fee tier",
    "account_tier": "fee tier of an account",
    "cancel_all": "cancel the orders of others",
}


class JournalEntry(models.Model):
    """A command as the engine took it, and what came of it. Append-only; dense per shard."""

    id = models.BigIntegerField(primary_key=True)  # sequence * 64 + shard, as an order's id
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    sequence = models.BigIntegerField()
    epoch = models.BigIntegerField()
    timestamp_ns = models.BigIntegerField()
    command_id = models.UUIDField(unique=True)
    command = models.BinaryField()
    events = models.BinaryField()

    class Meta:
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"journal {self.shard_id}/{self.sequence}"


class EngineRequest(models.Model):
    """A command that an operator, or a task of the house, has for an engine. Append-only but for its end.

    The row is the truth: the worker of the shard looks for rows that still wait, and ends each in the
    transaction that journals its command. `reason` says why somebody asked.
    """

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT)
    command_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=30)
    summary = models.CharField(max_length=300)
    command = models.BinaryField()
    reason = models.CharField(max_length=300)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    status = models.CharField(
        max_length=10, choices=[(s, s) for s in RequestStatus], default=RequestStatus.PENDING
    )
    reject_reason = models.SmallIntegerField(choices=[(0, "NONE"), *numbers(RejectReason)], default=0)
    sequence = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [(f"request_{deed}", f"Can ask an engine: {about}") for deed, about in DEEDS.items()]
        indexes = [
            models.Index(
                fields=["shard", "id"], name="engine_request_due", condition=Q(status=RequestStatus.PENDING)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=list(RequestStatus)), name="engine_request_status_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
