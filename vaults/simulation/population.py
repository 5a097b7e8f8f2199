"""Vaults that never were, as real ones are spread: ratios log-normal above the least, debts heavy-tailed."""

import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from vaults.rules.accumulator import PPM
from vaults.rules.figures import Figures
from vaults.rules.ratios import least_collateral_sats

# Half of the vaults stand 60 points or more above the least ratio, one of a hundred 7 points or less.
_MEDIAN_ABOVE, _SPREAD = 0.6, 0.9
_TAIL = 1.16  # of Pareto: a fifth of the vaults owes four fifths of the debt


@dataclass(frozen=True, slots=True)
class Synthetic:
    """At a rate of 1 its normalised debt is its debt."""

    id: uuid.UUID
    collateral_sats: int
    debt_atoms: int


def population(count: int, seed: int, price_e8: int, figures: Figures) -> Iterator[Synthetic]:
    """The same for the same seed. Each was at its minimum ratio or above when the price was `price_e8`."""
    chance = Random(seed)  # noqa: S311  # not a secret
    least_atoms = max(figures.debt_floor_atoms, 1)
    most_atoms = max(figures.vault_ceiling_atoms, least_atoms)
    for number in range(count):
        debt_atoms = min(int(least_atoms * chance.paretovariate(_TAIL)), most_atoms)
        above = chance.lognormvariate(math.log(_MEDIAN_ABOVE), _SPREAD)
        ratio_ppm = figures.min_ratio_ppm + int(above * PPM)
        sats = least_collateral_sats(debt_atoms, price_e8, ratio_ppm)
        yield Synthetic(uuid.UUID(int=seed << 64 | number + 1), sats, debt_atoms)
