"""Each question of the scan is one range of its own index, however many vaults there are."""

import pytest
from django.db import connection

from tests.vaults.rules.amounts import e8
from tests.vaults.support.rows import E8, funded_vault, take_step
from vaults.rules.accumulator import RAY
from vaults.rules.statuses import VaultEvent
from vaults.selectors_scan import QUERIES, Question, candidates, thresholds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("assets")]

INDEXES = {
    Question.LIQUIDATE: "vaults_vault_risk",
    Question.RECOVER: "vaults_vault_liquidating",
    Question.WARN: "vaults_vault_calm",
    Question.CALM: "vaults_vault_warned",
}
# Ten thousand vaults beside which a handful is found.
_MANY = """
INSERT INTO vaults_vault (id, owner_id, label, figures_id, address, status, status_before, collateral_sats,
    normalised_atoms, liquidation_key, warning_key, version, created_at, changed_at)
SELECT gen_random_uuid(), owner_id, '', figures_id, '',
    (ARRAY['ACTIVE', 'WARNING', 'LIQUIDATING'])[n %% 3 + 1], '', collateral_sats,
    normalised_atoms, 1000000::bigint * n, 1100000::bigint * n, 1, now(), now()
FROM vaults_vault, generate_series(1, %s) AS n"""


@pytest.mark.parametrize("question", Question)
def test_it_reads_its_index_backwards_or_forwards_and_nothing_else(question: Question) -> None:
    funded_vault(debt=3_000 * E8)
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [10_000])
        cursor.execute("ANALYZE vaults_vault")
        given = {**thresholds(e8(50), RAY), "limit": 1_000}
        cursor.execute("EXPLAIN " + QUERIES[question], given)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"Index Scan using {INDEXES[question]} " in plan
    assert "Index Cond" in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan


def test_the_most_urgent_come_first() -> None:
    first, second, third = (funded_vault(debt=debt * E8) for debt in (3_300, 3_100, 3_200))
    found = candidates(Question.LIQUIDATE, price_e8=e8(45_000), rate_ray=RAY)
    assert found == [first.pk, third.pk, second.pk]
    assert candidates(Question.LIQUIDATE, price_e8=e8(45_000), rate_ray=RAY, limit=1) == [first.pk]
    for vault in (first, second, third):
        take_step(vault, VaultEvent.LIQUIDATE)
    found = candidates(Question.RECOVER, price_e8=e8(49_000), rate_ray=RAY)
    assert found == [second.pk, third.pk]


def test_nobody_is_asked_about_twice() -> None:
    """Who is to be liquidated is not to be warned as well."""
    for debt in (3_300, 3_000, 2_000):
        funded_vault(debt=debt * E8)
    found = [candidates(question, price_e8=e8(45_000) - 1, rate_ray=RAY) for question in Question]
    assert [len(ids) for ids in found] == [2, 0, 0, 0]
    found = [candidates(question, price_e8=e8(46_000), rate_ray=RAY) for question in Question]
    assert [len(ids) for ids in found] == [1, 0, 1, 0]
