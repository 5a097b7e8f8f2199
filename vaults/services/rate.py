"""The stability fee's one rate: held while debt moves, moved while nobody holds it.

Locks are of PostgreSQL and end with the transaction. Who moves debt of a vault takes the vault's row first
and this one after; the ledger's accounts come last.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from access.together import Answer, Question, Row, Together, ask
from vaults.models import FeeAccumulator
from vaults.rules.accumulator import RAY
from vaults.rules.moments import milliseconds

_LOCK = 0x7661756C  # "vaul"
_READ = "SELECT rate_ray, accrued_ms, accruals FROM vaults_feeaccumulator"
_HOLD = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"


@dataclass(frozen=True, slots=True)
class Rate:
    """As of the latest accrual: what is owed grows in steps, one with each of them."""

    rate_ray: int
    accrued_ms: int
    accruals: int


def hold_rate() -> Rate:
    """Nobody moves it until the transaction ends; many may hold it at once."""
    asked = Together()
    rate = held_rate(asked)
    asked.send()
    return rate.value


def held_rate(asked: Together) -> Answer[Rate]:
    """`hold_rate` along with other questions. Two statements, for the second must see what was committed
    while the first one waited."""
    assert connection.in_atomic_block
    asked.execute(_HOLD)
    return asked.ask(_QUESTION)


def lock_rate() -> FeeAccumulator:
    """For who moves it, or must see debts and the rate stand still."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return FeeAccumulator.objects.get()


def current_rate() -> Rate:
    """For showing: without a lock. Before the first accrual it is 1."""
    return ask(_QUESTION)


def _rate(rows: list[Row]) -> Rate:
    return Rate(int(rows[0][0]), rows[0][1], rows[0][2]) if rows else Rate(RAY, 0, 0)


_QUESTION = Question(_READ, (), _rate)


@transaction.atomic
def begin_accumulator(now: datetime) -> None:
    """Make sure that there is one, at 1. Repeatable."""
    FeeAccumulator.objects.get_or_create(pk=1, defaults={"rate_ray": RAY, "accrued_ms": milliseconds(now)})
