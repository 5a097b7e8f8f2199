"""The figures that vaults go by, whole numbers each with its least and its most. A change is another version.

A vault pins the version that was in force when it was opened: its ratios and its penalty. Debt floor,
ceilings and the stability fee are those in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from vaults.rules.accumulator import PPM

USDB_ATOMS = 100_000_000
MOST_ATOMS = 10**9 * USDB_ATOMS


@dataclass(frozen=True, slots=True)
class Figures:
    """Ratios in ppm (1,500,000 is 150 %), the fee in ppm a year, amounts in atoms of USDB.

    `target_ratio_ppm` is what a partial liquidation restores. At most `hourly_part_ppm` of a vault is
    liquidated in an hour while its ratio is `gradual_ratio_ppm` or more.
    """

    min_ratio_ppm: int = 1_500_000
    warning_ratio_ppm: int = 1_600_000
    liquidation_ratio_ppm: int = 1_500_000
    target_ratio_ppm: int = 1_600_000
    penalty_ppm: int = 130_000
    hourly_part_ppm: int = 500_000
    gradual_ratio_ppm: int = 1_300_000
    stability_fee_ppm: int = 20_000
    debt_floor_atoms: int = 1_000 * USDB_ATOMS
    debt_ceiling_atoms: int = 10_000_000 * USDB_ATOMS
    vault_ceiling_atoms: int = 1_000_000 * USDB_ATOMS
    max_vaults: int = 20  # of one owner that are neither closed nor closing


_RATIO = (1_010_000, 100 * PPM)
LIMITS: Mapping[str, tuple[int, int]] = {
    "min_ratio_ppm": _RATIO,
    "warning_ratio_ppm": _RATIO,
    "liquidation_ratio_ppm": _RATIO,
    "target_ratio_ppm": _RATIO,
    "penalty_ppm": (0, PPM),
    "hourly_part_ppm": (10_000, PPM),
    "gradual_ratio_ppm": _RATIO,
    "stability_fee_ppm": (0, PPM),
    "debt_floor_atoms": (0, MOST_ATOMS),
    "debt_ceiling_atoms": (0, MOST_ATOMS),
    "vault_ceiling_atoms": (0, MOST_ATOMS),
    "max_vaults": (1, 1_000),
}
# Where the first is above the second, the two do not go together.
_ORDERED = (
    ("liquidation_ratio_ppm", "min_ratio_ppm"),
    ("liquidation_ratio_ppm", "warning_ratio_ppm"),
    ("liquidation_ratio_ppm", "target_ratio_ppm"),
    ("gradual_ratio_ppm", "liquidation_ratio_ppm"),
    ("debt_floor_atoms", "vault_ceiling_atoms"),
)


def figures_of(values: Mapping[str, int]) -> Figures:
    """Those of LIMITS; what else is there is left out."""
    return Figures(**{name: values[name] for name in LIMITS})


def as_values(figures: Figures) -> dict[str, int]:
    return {field.name: getattr(figures, field.name) for field in fields(figures)}


def wrong_figure(figures: Mapping[str, int]) -> str:
    """The first that is out of its range, or does not go with another; "" where all are well."""
    for name, (least, most) in LIMITS.items():
        if not least <= figures[name] <= most:
            return name
    for low, high in _ORDERED:
        if figures[low] > figures[high]:
            return low
    # A liquidation takes debt and penalty out of the vault and must leave it better than before.
    return "penalty_ppm" if PPM + figures["penalty_ppm"] >= figures["target_ratio_ppm"] else ""
