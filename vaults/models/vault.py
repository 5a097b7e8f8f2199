"""Vaults, and what was asked for by key."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from vaults.models.figures import FiguresVersion
from vaults.rules.statuses import VaultStatus

MAX_LABEL = 64


class Vault(models.Model):
    """One collateralised debt. Its wallet in custody has the vault's id as reference.

    `collateral_sats`: credited coins less what open withdrawals take out. `normalised_atoms` times the rate
    is its debt. The keys are `rules.ratios.stored_key` of the two ratios that it pins, null without debt:
    they change only when the vault does, so a price that moves is one range query. `version` is that of its
    latest event. `status_before`: of a frozen vault.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=MAX_LABEL, blank=True)
    figures = models.ForeignKey(FiguresVersion, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=100)
    status = models.CharField(max_length=12, choices=[(one, one.value) for one in VaultStatus])
    status_before = models.CharField(max_length=12, blank=True)
    collateral_sats = models.BigIntegerField(default=0)
    normalised_atoms = models.BigIntegerField(default=0)
    liquidation_key = models.BigIntegerField(null=True, blank=True)
    warning_key = models.BigIntegerField(null=True, blank=True)
    version = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vaults_vault_status", condition=Q(status__in=[str(one) for one in VaultStatus])
            ),
            models.CheckConstraint(
                name="vaults_vault_amounts", condition=Q(collateral_sats__gte=0, normalised_atoms__gte=0)
            ),
            models.CheckConstraint(
                name="vaults_vault_keys",
                condition=Q(normalised_atoms=0, liquidation_key__isnull=True, warning_key__isnull=True)
                | Q(normalised_atoms__gt=0, liquidation_key__isnull=False, warning_key__isnull=False),
            ),
            models.CheckConstraint(
                name="vaults_vault_frozen_knows_before",
                condition=Q(Q(status="FROZEN"), ~Q(status_before=""))
                | Q(~Q(status="FROZEN"), Q(status_before="")),
            ),
            models.CheckConstraint(
                name="vaults_vault_ended_owes_nothing",
                condition=~Q(status__in=["PENDING", "CLOSING", "CLOSED"]) | Q(normalised_atoms=0),
            ),
        ]
        indexes = [
            models.Index(name="vaults_vault_owner", fields=["owner", "created_at"]),
            # One for each question of the scan: who has to be warned, liquidated, calmed, let go.
            models.Index(
                name="vaults_vault_calm",
                fields=["-warning_key"],
                condition=Q(status="ACTIVE", warning_key__isnull=False),
            ),
            models.Index(
                name="vaults_vault_risk",
                fields=["-liquidation_key"],
                condition=Q(status__in=["ACTIVE", "WARNING"], liquidation_key__isnull=False),
            ),
            models.Index(name="vaults_vault_warned", fields=["warning_key"], condition=Q(status="WARNING")),
            models.Index(
                name="vaults_vault_liquidating", fields=["liquidation_key"], condition=Q(status="LIQUIDATING")
            ),
            models.Index(name="vaults_vault_frozen", fields=["changed_at"], condition=Q(status="FROZEN")),
        ]

    def __str__(self) -> str:
        return f"vault {self.pk}"

    @property
    def reference(self) -> str:
        """Of its wallet in custody."""
        return str(self.pk)

    @property
    def stream(self) -> str:
        """Of its events."""
        return f"vault:{self.pk}"


class Operation(models.Model):
    """What somebody asked for by a key of his own: a repeat finds the first result here.

    `content` is what the key stands for; `answer` what was done, as `services` give it back.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    vault = models.ForeignKey(Vault, on_delete=models.PROTECT, related_name="operations")
    content = models.JSONField()
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="vaults_operation_key", fields=["actor", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
