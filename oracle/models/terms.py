"""What operators decide: how each source is taken, and the numbers of the policy."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from oracle.rules.policy import SourceTerms

MAX_WEIGHT = 10


class SourceRow(models.Model):
    """One source of the settings, by name. A row that the settings no longer name is kept, unused."""

    name = models.CharField(max_length=80, unique=True)
    base = models.CharField(max_length=16)
    currency = models.CharField(max_length=16)
    is_enabled = models.BooleanField(default=True)
    weight = models.PositiveSmallIntegerField(default=1)
    min_price_e8 = models.BigIntegerField(default=0)
    max_price_e8 = models.BigIntegerField(default=SourceTerms().max_price_e8)
    max_age_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "source"
        constraints = [
            models.CheckConstraint(name="oracle_source_weight", condition=Q(weight__lte=MAX_WEIGHT)),
            models.CheckConstraint(
                name="oracle_source_bounds",
                condition=Q(min_price_e8__gte=0, max_price_e8__gt=F("min_price_e8")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """Append-only: the newest is in force. `content` is a policy without its sources (`rules.encoding`)."""

    content = models.JSONField()
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "policy version"

    def __str__(self) -> str:
        return f"policy {self.pk}"
