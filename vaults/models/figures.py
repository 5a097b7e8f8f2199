"""The figures in force, by versions, and the one growing rate of the stability fee."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from vaults.rules.figures import Figures


class FiguresVersion(models.Model):
    """Append-only: the newest is in force. The columns are `rules.figures.Figures`."""

    min_ratio_ppm = models.BigIntegerField()
    warning_ratio_ppm = models.BigIntegerField()
    liquidation_ratio_ppm = models.BigIntegerField()
    target_ratio_ppm = models.BigIntegerField()
    penalty_ppm = models.BigIntegerField()
    hourly_part_ppm = models.BigIntegerField()
    gradual_ratio_ppm = models.BigIntegerField()
    stability_fee_ppm = models.BigIntegerField()
    debt_floor_atoms = models.BigIntegerField()
    debt_ceiling_atoms = models.BigIntegerField()
    vault_ceiling_atoms = models.BigIntegerField()
    max_vaults = models.BigIntegerField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "figures"
        verbose_name_plural = "figures"
        permissions = [("change_figures", "Can propose and approve figures of vaults")]

    def __str__(self) -> str:
        return f"figures {self.pk}"

    @property
    def figures(self) -> Figures:
        return Figures(**{field.name: getattr(self, field.name) for field in fields(Figures)})


class FiguresProposal(models.Model):
    """Figures that wait for another operator. `ended_because`: APPROVED, or why not."""

    content = models.JSONField()
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), name="vaults_one_open_proposal", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class RayField(models.DecimalField):  # type: ignore[type-arg]  # Django's class takes none when it runs
    """A whole number of rays, as PostgreSQL's numeric; an int in Python."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "max_digits": 60, "decimal_places": 0})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, args, options

    def from_db_value(self, value: Any, expression: object, connection: object) -> int | None:
        return None if value is None else int(value)


class FeeAccumulator(models.Model):
    """One row: the rate as of `accrued_ms`. Who reads it to move debt holds the shared lock of
    `services.rate`, who moves it the exclusive one.

    `accruals` counts them: the version of the stream of events that has each.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    rate_ray = RayField()
    accrued_ms = models.BigIntegerField()
    accruals = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="vaults_accumulator_is_one", condition=Q(id=1)),
            models.CheckConstraint(name="vaults_rate_never_below_one", condition=Q(rate_ray__gte=10**27)),
        ]

    def __str__(self) -> str:
        return f"{self.rate_ray}"
