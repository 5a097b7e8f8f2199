"""Whatever prices and rates come, after a turn every vault stands where the exact rule says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as WithDatabase

from ledger.streams import events_of
from tests.support.examples import examples
from tests.vaults.scan.at_price import scan_at
from tests.vaults.support.rows import E8, NOON, user
from vaults.models import FeeAccumulator, FiguresVersion, Vault
from vaults.rules.accumulator import RAY, debt_atoms
from vaults.rules.figures import Figures, as_values
from vaults.rules.ratios import liquidation_price_e8
from vaults.rules.standing import Standing, standing_of
from vaults.services.changes import keys_of
from vaults.services.rate import begin_accumulator

CENT = E8 // 100
WHERE = {Standing.SAFE: "ACTIVE", Standing.WARNED: "WARNING", Standing.LIQUIDATABLE: "LIQUIDATING"}
# Never so little for so much that the price at its edge is one that no 64 bits hold.
VAULTS = st.lists(
    st.tuples(st.integers(10_000, 10 * E8), st.integers(CENT, 10**6 * E8), st.integers(1_010_000, 3_000_000)),
    min_size=1,
    max_size=6,
)
# Prices: at the edge of one of the vaults, by either ratio, or a unit off.
MOVES = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.integers(-1, 1), st.integers(0, 3)), min_size=1, max_size=5
)


class TestEveryVault(WithDatabase):
    @examples(25)
    @given(vaults=VAULTS, moves=MOVES)
    def test_stands_after_a_turn_where_the_exact_rule_says(
        self, vaults: list[tuple[int, int, int]], moves: list[tuple[int, bool, int, int]]
    ) -> None:
        begin_accumulator(NOON)
        rate = RAY
        rows = [_vault(*given) for given in vaults]
        for number, by_warning, off, growth in moves:
            rate += growth * RAY // 10**4
            FeeAccumulator.objects.update(rate_ray=rate)
            price = max(1, _edge(rows[number % len(rows)], rate, by_warning=by_warning) + off)
            scan_at(price)
            for row in rows:
                row.refresh_from_db()
                owed = debt_atoms(row.normalised_atoms, rate)
                standing = standing_of(row.collateral_sats, owed, price, row.figures.figures)
                assert row.status == WHERE[standing]
        for row in rows:
            assert [event.version for event in events_of(row.stream)] == list(range(1, row.version + 1))


def _vault(sats: int, debt: int, liquidation_ratio: int) -> Vault:
    """Each pins figures of its own. Nobody looks at coins and at the ledger here."""
    ratios = {
        "liquidation_ratio_ppm": liquidation_ratio,
        "warning_ratio_ppm": liquidation_ratio + 50_000,
        "min_ratio_ppm": liquidation_ratio + 20_000,
    }
    pinned = FiguresVersion.objects.create(**{**as_values(Figures()), **ratios}, reason="test")
    vault = Vault(owner=user("alice"), figures=pinned, status="ACTIVE", created_at=NOON, changed_at=NOON)
    vault.collateral_sats, vault.normalised_atoms = sats, debt
    vault.liquidation_key, vault.warning_key = keys_of(vault, pinned.figures)
    vault.save(force_insert=True)
    return vault


def _edge(vault: Vault, rate: int, *, by_warning: bool) -> int:
    figures = vault.figures.figures
    ratio = figures.warning_ratio_ppm if by_warning else figures.liquidation_ratio_ppm
    edge = liquidation_price_e8(vault.collateral_sats, debt_atoms(vault.normalised_atoms, rate), ratio)
    assert edge is not None
    return edge


@pytest.mark.django_db
def test_there_is_a_vault_for_each_standing() -> None:
    """That the property is not about nothing."""
    rows = [_vault(E8 // 10, debt * E8, 1_500_000) for debt in (3_200, 2_950, 2_000)]
    scan_at(45_000 * E8)
    assert [Vault.objects.get(pk=row.pk).status for row in rows] == ["LIQUIDATING", "WARNING", "ACTIVE"]
