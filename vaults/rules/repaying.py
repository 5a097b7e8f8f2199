"""What a repayment pays and what it takes off a vault's debt. Anybody may repay, at any price.

Checks stand in this order: something is owed, the amount, the debt floor.
"""

from dataclasses import dataclass

from access.errors import DomainError
from ledger.errors import AmountOutOfRange
from vaults.errors import DebtBelowFloor, NothingOwed
from vaults.rules.accumulator import debt_atoms, normalised_of_repayment
from vaults.rules.texts import dollars


@dataclass(frozen=True, slots=True)
class Repayment:
    """`pays_atoms` = `debt_falls_by_atoms` + `rounding_atoms`. All of the debt leaves `normalised` at 0."""

    pays_atoms: int
    debt_falls_by_atoms: int
    rounding_atoms: int
    normalised_after_atoms: int
    debt_after_atoms: int


def repayment(
    normalised_atoms: int, rate_ray: int, asked_atoms: int | None, floor_atoms: int
) -> Repayment | DomainError:
    """`asked_atoms` None: all. Of more than is owed only the debt is paid."""
    owed_atoms = debt_atoms(normalised_atoms, rate_ray)
    if not owed_atoms:
        return NothingOwed()
    if asked_atoms is None or asked_atoms >= owed_atoms:
        return Repayment(owed_atoms, owed_atoms, 0, 0, 0)
    falls_normalised = normalised_of_repayment(asked_atoms, rate_ray) if asked_atoms > 0 else 0
    if not falls_normalised:
        return AmountOutOfRange("That amount repays nothing.", field="amount")
    after = normalised_atoms - falls_normalised
    rest_atoms = debt_atoms(after, rate_ray)
    if rest_atoms < min(floor_atoms, owed_atoms):
        return DebtBelowFloor(field="amount", floor=dollars(floor_atoms))
    falls_by = owed_atoms - rest_atoms
    return Repayment(asked_atoms, falls_by, asked_atoms - falls_by, after, rest_atoms)
