"""Whom a price may move to another state: four questions, each one range of one partial index.

What is found is judged under its lock (`services.scanning`); nothing is decided or locked here.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from django.db import connection

from vaults.rules.ratios import key_threshold
from vaults.rules.standing import recovery_threshold

MOST = 20_000


class Question(StrEnum):
    """In the order in which they are answered."""

    LIQUIDATE = "LIQUIDATE"
    RECOVER = "RECOVER"
    WARN = "WARN"
    CALM = "CALM"


# The literals are those of the indexes' conditions. Most urgent first: the lowest ratio, the best recovered.
QUERIES: Mapping[Question, str] = MappingProxyType(
    {
        Question.LIQUIDATE: """
SELECT id FROM vaults_vault WHERE status IN ('ACTIVE', 'WARNING') AND liquidation_key > %(falling)s
ORDER BY liquidation_key DESC LIMIT %(limit)s""",
        Question.RECOVER: """
SELECT id FROM vaults_vault WHERE status = 'LIQUIDATING' AND liquidation_key <= %(rising)s
ORDER BY liquidation_key LIMIT %(limit)s""",
        Question.WARN: """
SELECT id FROM vaults_vault
WHERE status = 'ACTIVE' AND warning_key > %(falling)s AND liquidation_key <= %(falling)s
ORDER BY warning_key DESC LIMIT %(limit)s""",
        Question.CALM: """
SELECT id FROM vaults_vault WHERE status = 'WARNING' AND warning_key <= %(rising)s
ORDER BY warning_key LIMIT %(limit)s""",
    }
)


def candidates(question: Question, *, price_e8: int, rate_ray: int, limit: int = MOST) -> list[UUID]:
    """All who would have to change by this question, and the few who stand within an atom of it; at most
    `limit`, the most urgent first."""
    given = {**thresholds(price_e8, rate_ray), "limit": min(limit, MOST)}
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[question], given)
        return [row[0] for row in cursor.fetchall()]


def thresholds(price_e8: int, rate_ray: int) -> dict[str, int]:
    """What the queries compare stored keys with."""
    return {
        "falling": key_threshold(price_e8, rate_ray),
        "rising": recovery_threshold(price_e8, rate_ray),
    }
