"""The stability fee's one rate: held while debt moves, moved while nobody holds it.

Locks are of PostgreSQL and end with the transaction. Who moves debt of a vault takes the vault's row first
and this one after; the ledger's accounts come last.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from vaults.models import FeeAccumulator
from vaults.rules.accumulator import RAY
from vaults.rules.moments import milliseconds

_LOCK = 0x7661756C  # "vaul"
_READ = "SELECT rate_ray, accrued_ms, accruals FROM vaults_feeaccumulator"
# Two statements, for the second must see what was committed while the first one waited.
_HOLD = f"SELECT pg_advisory_xact_lock_shared({_LOCK}); {_READ}"


@dataclass(frozen=True, slots=True)
class Rate:
    """As of the latest accrual: what is owed grows in steps, one with each of them."""

    rate_ray: int
    accrued_ms: int
    accruals: int


def hold_rate() -> Rate:
    """Nobody moves it until the transaction ends; many may hold it at once."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(_HOLD)
        cursor.nextset()
        return _rate(cursor.fetchone())


def lock_rate() -> FeeAccumulator:
    """For who moves it, or must see debts and the rate stand still."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return FeeAccumulator.objects.get()


def current_rate() -> Rate:
    """For showing: without a lock. Before the first accrual it is 1."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return _rate(cursor.fetchone())


def _rate(row: tuple[Any, ...] | None) -> Rate:
    return Rate(RAY, 0, 0) if row is None else Rate(int(row[0]), row[1], row[2])


@transaction.atomic
def begin_accumulator(now: datetime) -> None:
    """Make sure that there is one, at 1. Repeatable."""
    FeeAccumulator.objects.get_or_create(pk=1, defaults={"rate_ray": RAY, "accrued_ms": milliseconds(now)})
