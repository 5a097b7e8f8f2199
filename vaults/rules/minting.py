"""Whether dollars may be made of a vault's bitcoin, and what that does to it.

Checks stand in this order: the amount, the debt floor, the ceiling of the vault, that of the house, the
minimum ratio, then the caller's own guards (debt, ratio).
"""

from dataclasses import dataclass

from access.errors import DomainError
from ledger.errors import AmountOutOfRange
from ledger.money import mul_div_floor
from vaults.errors import BelowMinimumRatio, DebtBelowFloor, DebtCeilingReached, DebtMoved, RatioMoved
from vaults.rules.accumulator import RAY, debt_atoms, normalised_of_mint
from vaults.rules.figures import MOST_ATOMS, Figures
from vaults.rules.ratios import is_covered, most_debt_atoms, ratio_ppm
from vaults.rules.texts import dollars, ratio_text

HOUSE, VAULT = "house", "vault"


@dataclass(frozen=True, slots=True)
class Backing:
    """A vault as it stands under its lock. `price_e8` is the mint price, `min_ratio_ppm` what it pins."""

    collateral_sats: int
    normalised_atoms: int
    rate_ray: int
    price_e8: int
    min_ratio_ppm: int

    @property
    def debt_atoms(self) -> int:
        return debt_atoms(self.normalised_atoms, self.rate_ray)


@dataclass(frozen=True, slots=True)
class Guards:
    """What the caller does not want to be surprised by."""

    min_ratio_ppm: int | None = None
    max_debt_atoms: int | None = None


@dataclass(frozen=True, slots=True)
class Minting:
    """The debt grows by the amount and by `rounding_atoms` (0 to 3 while the rate is below 3)."""

    normalised_after_atoms: int
    debt_before_atoms: int
    debt_after_atoms: int
    rounding_atoms: int


def minting(
    backing: Backing,
    amount_atoms: int,
    in_force: Figures,
    house_debt_atoms: int,
    guards: Guards = Guards(),
) -> Minting | DomainError:
    """`house_debt_atoms`: what all vaults owe before it."""
    if not 0 < amount_atoms <= MOST_ATOMS:
        return AmountOutOfRange("That amount cannot be minted.", field="amount")
    after = backing.normalised_atoms + normalised_of_mint(amount_atoms, backing.rate_ray)
    before_atoms, after_atoms = backing.debt_atoms, debt_atoms(after, backing.rate_ray)
    grown_atoms = after_atoms - before_atoms
    return (
        _refused_by_figures(backing, after_atoms, in_force, house_debt_atoms)
        or _refused_by_guards(backing, after_atoms, guards)
        or Minting(after, before_atoms, after_atoms, grown_atoms - amount_atoms)
    )


def mintable_atoms(backing: Backing, in_force: Figures, house_debt_atoms: int) -> int:
    """The highest amount that is not refused; 0 where none is."""
    most = min(
        most_debt_atoms(backing.collateral_sats, backing.price_e8, backing.min_ratio_ppm),
        in_force.vault_ceiling_atoms,
        backing.debt_atoms + in_force.debt_ceiling_atoms - house_debt_atoms,
    )
    if most < in_force.debt_floor_atoms:
        return 0
    return min(_room_atoms(backing, most), MOST_ATOMS)


def _room_atoms(backing: Backing, most_debt: int) -> int:
    """What brings the debt to `most_debt` at the highest, its own rounding included."""
    left = mul_div_floor(most_debt, RAY, backing.rate_ray) - backing.normalised_atoms
    return max(mul_div_floor(left, backing.rate_ray, RAY), 0)


def _refused_by_figures(
    backing: Backing, after_atoms: int, in_force: Figures, house_debt_atoms: int
) -> DomainError | None:
    if after_atoms < in_force.debt_floor_atoms:
        return DebtBelowFloor(field="amount", floor=dollars(in_force.debt_floor_atoms))
    before_atoms = backing.debt_atoms
    house_most = before_atoms + in_force.debt_ceiling_atoms - house_debt_atoms
    for of, most in ((VAULT, in_force.vault_ceiling_atoms), (HOUSE, house_most)):
        if after_atoms > most:
            return DebtCeilingReached(field="amount", of=of, available=dollars(_room_atoms(backing, most)))
    if not is_covered(backing.collateral_sats, after_atoms, backing.price_e8, backing.min_ratio_ppm):
        return BelowMinimumRatio(
            field="amount",
            minimum=ratio_text(backing.min_ratio_ppm),
            ratio=ratio_text(ratio_ppm(backing.collateral_sats, after_atoms, backing.price_e8)),
            available=dollars(mintable_atoms(backing, in_force, house_debt_atoms)),
        )
    return None


def _refused_by_guards(backing: Backing, after_atoms: int, guards: Guards) -> DomainError | None:
    if guards.max_debt_atoms is not None and after_atoms > guards.max_debt_atoms:
        return DebtMoved(field="max_debt", debt=dollars(after_atoms))
    wanted = guards.min_ratio_ppm
    if wanted is None or is_covered(backing.collateral_sats, after_atoms, backing.price_e8, wanted):
        return None
    ratio = ratio_ppm(backing.collateral_sats, after_atoms, backing.price_e8)
    return RatioMoved(field="min_ratio", ratio=ratio_text(ratio))
