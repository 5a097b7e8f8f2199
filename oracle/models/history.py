"""Rounds as they were decided, and the minutes they make."""

from django.db import models
from django.db.models import Q

from oracle.rules.view import Refusal


class Round(models.Model):
    """One round of quotes and what came of it: an accepted price, or a refusal and none.

    The scans that follow a price find it here by id. `cumulative` is the sum of price x ms over the accepted
    prices up to the last accepted one (38 digits), from which any TWAP is one subtraction. `verdicts` says of
    each source what it quoted and why it was dropped, as `rules.encoding` writes it. Ids grow with time; who
    makes a round gives it its id, under the lock that makes him the only one.
    """

    id = models.BigIntegerField(primary_key=True)
    time_ms = models.BigIntegerField()
    price_e8 = models.BigIntegerField(null=True)
    confidence_e8 = models.BigIntegerField(null=True)
    refusal = models.CharField(max_length=32, blank=True, choices=[(one, one.value) for one in Refusal])
    cumulative = models.DecimalField(max_digits=38, decimal_places=0)
    is_halted = models.BooleanField(default=False)
    is_simulated = models.BooleanField()
    policy_version = models.PositiveIntegerField()
    verdicts = models.JSONField()

    class Meta:
        indexes = [
            models.Index(name="oracle_round_time", fields=["time_ms"]),
            # A halt may last for days, and the last price before it is wanted with every average.
            models.Index(
                name="oracle_round_accepted", fields=["time_ms", "id"], condition=Q(price_e8__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="oracle_round_price_or_refusal",
                condition=Q(price_e8__gt=0, confidence_e8__gte=0, refusal="")
                | Q(Q(price_e8__isnull=True, confidence_e8__isnull=True), ~Q(refusal=""))
                | Q(price_e8__isnull=True, confidence_e8__isnull=True, is_halted=True),
            )
        ]

    def __str__(self) -> str:
        return f"round {self.pk}"


class Minute(models.Model):
    """The accepted prices of one minute, written with its rounds. Kept when they are gone."""

    start_ms = models.BigIntegerField(primary_key=True)
    open_e8 = models.BigIntegerField()
    high_e8 = models.BigIntegerField()
    low_e8 = models.BigIntegerField()
    close_e8 = models.BigIntegerField()
    rounds = models.PositiveIntegerField()
    is_simulated = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="oracle_minute_start", condition=Q(start_ms__gte=0)),
            models.CheckConstraint(
                name="oracle_minute_range",
                condition=Q(
                    low_e8__gt=0,
                    low_e8__lte=models.F("open_e8"),
                    high_e8__gte=models.F("open_e8"),
                )
                & Q(low_e8__lte=models.F("close_e8"), high_e8__gte=models.F("close_e8")),
            ),
        ]

    def __str__(self) -> str:
        return f"minute {self.start_ms}"


class Current(models.Model):
    """The price as of the last commit: one row. `view` is a PriceView as `rules.encoding` writes it.

    Rounds and operators lock it before they change anything, so each sees what the other has done.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    round_id = models.BigIntegerField(default=0)
    view = models.BinaryField(null=True)

    class Meta:
        verbose_name = "current price"
        constraints = [models.CheckConstraint(name="oracle_one_current_price", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"price of round {self.round_id}"
