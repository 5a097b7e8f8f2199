"""What went wrong with the price, and who let it go on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class IncidentKind(models.TextChoices):
    HALT = "HALT"
    LIQUIDATIONS_PAUSED = "LIQUIDATIONS_PAUSED"
    MINTING_PAUSED = "MINTING_PAUSED"


class Incident(models.Model):
    """A halt or a breaker that tripped. At most one of a kind is open (`ended_ms` null) at a time.

    `until_ms` is when it ends by itself, null for a halt. `needs_two`: two different operators resume.
    `ended_by` is an operator; empty, it has ended by itself.
    """

    kind = models.CharField(max_length=32, choices=IncidentKind.choices)
    began_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    from_e8 = models.BigIntegerField(null=True)
    to_e8 = models.BigIntegerField(null=True)
    move_ppm = models.BigIntegerField(default=0)
    needs_two = models.BooleanField(default=False)
    ended_ms = models.BigIntegerField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    class Meta:
        permissions = [
            ("halt_oracle", "Can halt the oracle"),
            ("resume_oracle", "Can let a halted oracle go on"),
            ("end_pause", "Can end the pause of a breaker before its time"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="oracle_one_open_incident", fields=["kind"], condition=Q(ended_ms__isnull=True)
            ),
            models.CheckConstraint(
                name="oracle_incident_kind", condition=Q(kind__in=list(IncidentKind.values))
            ),
            models.CheckConstraint(
                name="oracle_incident_ends_after_it_began",
                condition=Q(ended_ms__isnull=True) | Q(ended_ms__gte=F("began_ms")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Approval(models.Model):
    """One operator's word that an incident may end."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="approvals")
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="oracle_one_approval_each", fields=["incident", "operator"])
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"
