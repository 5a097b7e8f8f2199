"""What the ledger stores. Only `services` and `batch` write here; guards in the database hold the rest."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.money import MAX_DECIMALS
from ledger.rules import CUSTOMER_PURPOSES, PendingStatus, Purpose

MAX_KEY_LENGTH = 200
MAX_CODE_LENGTH = 40
MAX_TEXT_LENGTH = 200


class Asset(models.Model):
    """What can be owned. `decimals` never changes: it is what the stored integers mean."""

    code = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=60)
    decimals = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ledger_asset_decimals", condition=Q(decimals__lte=MAX_DECIMALS)),
            models.CheckConstraint(name="ledger_asset_code", condition=Q(code__regex=r"^[A-Z][A-Z0-9]*$")),
        ]

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """One owner's holding of one asset for one purpose. `balance_atoms` = credits - debits, in atoms."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ledger_accounts",
        db_index=False,
    )
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    purpose = models.CharField(max_length=16, choices=[(purpose, purpose.value) for purpose in Purpose])
    shard = models.PositiveSmallIntegerField(default=0)
    balance_atoms = models.BigIntegerField(default=0, db_default=0)
    pending_debits_atoms = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ledger_account_identity",
                fields=["owner", "asset", "purpose", "shard"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="ledger_account_purpose", condition=Q(purpose__in=list(Purpose))),
            models.CheckConstraint(
                name="ledger_account_owner",
                condition=Q(owner__isnull=False, purpose__in=CUSTOMER_PURPOSES)
                | Q(Q(owner__isnull=True), ~Q(purpose__in=CUSTOMER_PURPOSES)),
            ),
            models.CheckConstraint(
                name="ledger_account_customer_never_owes",
                condition=~Q(purpose__in=CUSTOMER_PURPOSES) | Q(balance_atoms__gte=0),
            ),
            models.CheckConstraint(
                name="ledger_account_pending_not_negative", condition=Q(pending_debits_atoms__gte=0)
            ),
            models.CheckConstraint(
                name="ledger_account_funding_covers_pending",
                condition=~Q(purpose=Purpose.FUNDING) | Q(balance_atoms__gte=F("pending_debits_atoms")),
            ),
        ]

    def __str__(self) -> str:
        owner = "house" if self.owner_id is None else f"user {self.owner_id}"
        return f"{owner} {self.purpose} {self.asset_id}/{self.shard}"

    @property
    def available_atoms(self) -> int:
        """What is not set aside for pending transfers."""
        return self.balance_atoms - self.pending_debits_atoms


class PendingTransfer(models.Model):
    """Money in transit: set aside until its driver posts or voids it, or until `expires_at` (null: never)."""

    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="pending_debits")
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="pending_credits", db_index=False
    )
    amount_atoms = models.BigIntegerField()
    code = models.CharField(max_length=MAX_CODE_LENGTH)
    key = models.CharField(max_length=MAX_KEY_LENGTH)
    reference = models.CharField(max_length=MAX_TEXT_LENGTH, blank=True, db_default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    status = models.CharField(
        max_length=8,
        choices=[(status, status.value) for status in PendingStatus],
        default=PendingStatus.PENDING,
        db_default=PendingStatus.PENDING.value,
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=MAX_TEXT_LENGTH, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ledger_pendingtransfer_key", fields=["key"]),
            models.CheckConstraint(name="ledger_pendingtransfer_key_given", condition=~Q(key="")),
            models.CheckConstraint(name="ledger_pendingtransfer_amount", condition=Q(amount_atoms__gt=0)),
            models.CheckConstraint(
                name="ledger_pendingtransfer_two_accounts", condition=~Q(debit=F("credit"))
            ),
            models.CheckConstraint(
                name="ledger_pendingtransfer_status", condition=Q(status__in=list(PendingStatus))
            ),
            models.CheckConstraint(
                name="ledger_pendingtransfer_resolved_at",
                condition=Q(status=PendingStatus.PENDING, resolved_at__isnull=True)
                | Q(~Q(status=PendingStatus.PENDING), resolved_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="ledger_pending_open", fields=["code", "id"], condition=Q(status=PendingStatus.PENDING)
            ),
            models.Index(
                name="ledger_pending_expiring",
                fields=["expires_at"],
                condition=Q(status=PendingStatus.PENDING, expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.code} {self.key}"


class DomainEvent(models.Model):
    """What became of one thing, in the transaction that changed it: append-only, a dense version per stream.

    `name` in capitals, `data` as its app describes it.
    """

    stream = models.CharField(max_length=80)
    version = models.BigIntegerField()
    name = models.CharField(max_length=40)
    data = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="ledger_event_version", fields=["stream", "version"])]

    def __str__(self) -> str:
        return f"{self.stream} {self.version} {self.name}"


class Transfer(models.Model):
    """`amount_atoms` out of `debit` into `credit`, for ever: the table takes no UPDATE, DELETE or TRUNCATE.

    A trigger per statement, not foreign keys, proves that both accounts exist and hold one asset: the engine
    writes thousands of rows at a time, accounts are never deleted, and a key check per row would cost more
    than the insert itself.
    """

    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", db_constraint=False, db_index=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", db_constraint=False, db_index=False
    )
    amount_atoms = models.BigIntegerField()
    code = models.CharField(max_length=MAX_CODE_LENGTH)
    key = models.CharField(max_length=MAX_KEY_LENGTH)
    reference = models.CharField(max_length=MAX_TEXT_LENGTH, blank=True, db_default="")
    pending = models.ForeignKey(
        PendingTransfer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="transfers",
        db_index=False,
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ledger_transfer_key", fields=["key"]),
            models.UniqueConstraint(
                name="ledger_transfer_pending", fields=["pending"], condition=Q(pending__isnull=False)
            ),
            models.CheckConstraint(name="ledger_transfer_key_given", condition=~Q(key="")),
            models.CheckConstraint(name="ledger_transfer_amount", condition=Q(amount_atoms__gt=0)),
            models.CheckConstraint(name="ledger_transfer_two_accounts", condition=~Q(debit=F("credit"))),
        ]
        indexes = [
            models.Index(name="ledger_transfer_debit", fields=["debit", "id"]),
            models.Index(name="ledger_transfer_credit", fields=["credit", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.key}"
