"""What an accrual does: how far the rate moves, and what all debt together grew by."""

from dataclasses import dataclass

from vaults.rules.accumulator import YEAR_SECONDS, debt_atoms, rate_after

SECOND_MS = 1_000
MAX_STEP_SECONDS = YEAR_SECONDS  # what is longer ago takes further steps


@dataclass(frozen=True, slots=True)
class Accrual:
    """`rounding_atoms` above 0 are owed to the rounding account, below 0 come out of it."""

    rate_ray: int
    seconds: int
    fee_atoms: int
    rounding_atoms: int


def due_seconds(accrued_ms: int, now_ms: int) -> int:
    """Whole ones; 0 where the clock went back."""
    return min(max(now_ms - accrued_ms, 0) // SECOND_MS, MAX_STEP_SECONDS)


def accrual(
    *, rate_ray: int, fee_ppm: int, seconds: int, normalised_atoms: int, booked_atoms: int
) -> Accrual:
    """`normalised_atoms` of all vaults together; `booked_atoms`: what the books say that they owe now."""
    after_ray = rate_after(rate_ray, fee_ppm, seconds)
    owed_atoms = debt_atoms(normalised_atoms, after_ray)
    fee_atoms = owed_atoms - debt_atoms(normalised_atoms, rate_ray)
    return Accrual(after_ray, seconds, fee_atoms, owed_atoms - booked_atoms - fee_atoms)
