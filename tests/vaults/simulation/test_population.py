"""Synthetic vaults: the same for a seed, each well at the beginning, spread as real ones are."""

from statistics import median

from tests.vaults.rules.amounts import e8
from vaults.rules.figures import Figures
from vaults.rules.ratios import is_covered, ratio_ppm
from vaults.simulation.population import Synthetic, population

FIGURES = Figures()
PRICE = e8(7_000)


def some(count: int = 2_000, *, seed: int = 1) -> list[Synthetic]:
    return list(population(count, seed, PRICE, FIGURES))


def test_the_same_seed_gives_the_same_vaults_and_another_one_others() -> None:
    assert some(50) == some(50)
    assert not {one.id for one in some(50)} & {one.id for one in some(50, seed=2)}


def test_each_is_within_the_figures_at_the_first_price() -> None:
    for one in some():
        assert FIGURES.debt_floor_atoms <= one.debt_atoms <= FIGURES.vault_ceiling_atoms
        assert is_covered(one.collateral_sats, one.debt_atoms, PRICE, FIGURES.min_ratio_ppm)


def test_ratios_lie_about_two_to_one_and_a_fifth_owes_most() -> None:
    vaults = some()
    middle = median(ratio_ppm(one.collateral_sats, one.debt_atoms, PRICE) or 0 for one in vaults)
    assert 1_900_000 < middle < 2_300_000
    debts = sorted((one.debt_atoms for one in vaults), reverse=True)
    assert sum(debts[: len(debts) // 5]) * 2 > sum(debts)
