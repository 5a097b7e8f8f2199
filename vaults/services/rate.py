"""The stability fee's one rate: held while debt moves, moved while nobody holds it.

Locks are of PostgreSQL and end with the transaction. Who moves debt of a vault takes the vault's row first
and this one after; the ledger's accounts come last.
"""

from datetime import datetime

from django.db import connection, transaction

from access.together import Answer, Together
from vaults.models import FeeAccumulator
from vaults.rules.accumulator import RAY
from vaults.rules.moments import milliseconds
from vaults.selectors_rate import Rate, rate_question

_LOCK = 0x7661756C  # "vaul"
_HOLD = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"


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
    return asked.ask(rate_question())


def lock_rate() -> FeeAccumulator:
    """For who moves it, or must see debts and the rate stand still."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return FeeAccumulator.objects.get()


@transaction.atomic
def begin_accumulator(now: datetime) -> None:
    """Make sure that there is one, at 1. Repeatable."""
    FeeAccumulator.objects.get_or_create(pk=1, defaults={"rate_ray": RAY, "accrued_ms": milliseconds(now)})
