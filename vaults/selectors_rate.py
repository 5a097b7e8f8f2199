"""The stability fee's rate, for showing and for who holds it (`services.rate`)."""

from dataclasses import dataclass

from access.together import Question, Row, ask
from vaults.rules.accumulator import RAY

_READ = "SELECT rate_ray, accrued_ms, accruals FROM vaults_feeaccumulator"


@dataclass(frozen=True, slots=True)
class Rate:
    """As of the latest accrual: what is owed grows in steps, one with each of them."""

    rate_ray: int
    accrued_ms: int
    accruals: int


def current_rate() -> Rate:
    """Without a lock. Before the first accrual it is 1."""
    return ask(rate_question())


def rate_question() -> Question[Rate]:
    return Question(_READ, (), _rate)


def _rate(rows: list[Row]) -> Rate:
    return Rate(int(rows[0][0]), rows[0][1], rows[0][2]) if rows else Rate(RAY, 0, 0)
