"""Collateral against debt, compared by cross-multiplication and never divided: exactly the minimum is enough.

Prices are 1e-8 dollars for a bitcoin, so satoshis times price divided by 1e8 are atoms of USDB.
"""

from ledger.money import INT64_MAX, mul_div_ceil, mul_div_floor
from vaults.rules.accumulator import PPM, RAY

SATS = 100_000_000


def value_atoms(collateral_sats: int, price_e8: int) -> int:
    """Rounded down: what is shown, never what is compared."""
    return mul_div_floor(collateral_sats, price_e8, SATS)


def is_covered(collateral_sats: int, debt_atoms: int, price_e8: int, ratio_ppm: int) -> bool:
    """Whether value / debt >= ratio. No debt is always covered."""
    return collateral_sats * price_e8 * PPM >= debt_atoms * ratio_ppm * SATS


def ratio_ppm(collateral_sats: int, debt_atoms: int, price_e8: int) -> int | None:
    """Rounded down; None without debt."""
    return mul_div_floor(collateral_sats * price_e8, PPM, SATS * debt_atoms) if debt_atoms else None


def health_factor_ppm(
    collateral_sats: int, debt_atoms: int, price_e8: int, liquidation_ratio_ppm: int
) -> int | None:
    """1,000,000 is the edge; rounded down; None without debt."""
    if not debt_atoms:
        return None
    return mul_div_floor(collateral_sats * price_e8, PPM * PPM, SATS * debt_atoms * liquidation_ratio_ppm)


def liquidation_price_e8(collateral_sats: int, debt_atoms: int, ratio: int) -> int | None:
    """The lowest price at which the vault still has this ratio; None without debt or without collateral."""
    if not debt_atoms or not collateral_sats:
        return None
    return mul_div_ceil(debt_atoms * ratio, SATS, PPM * collateral_sats)


def most_debt_atoms(collateral_sats: int, price_e8: int, ratio: int) -> int:
    """The highest debt with this ratio."""
    return mul_div_floor(collateral_sats * price_e8, PPM, SATS * ratio)


def least_collateral_sats(debt_atoms: int, price_e8: int, ratio: int) -> int:
    """The least collateral with this ratio."""
    return mul_div_ceil(debt_atoms * ratio, SATS, PPM * price_e8)


def stored_key(normalised_atoms: int, collateral_sats: int, ratio: int) -> int | None:
    """The price at which the vault falls below `ratio`, for each unit of the accumulator, rounded up.

    Of one atom more than is owed, so that whoever is below is among those found: debt, rounded up, is less
    than (normalised + 1) * rate. None without debt; at most what 64 bits hold.
    """
    if not normalised_atoms:
        return None
    if not collateral_sats:
        return INT64_MAX
    return min(mul_div_ceil((normalised_atoms + 1) * ratio, SATS, PPM * collateral_sats), INT64_MAX)


def key_threshold(price_e8: int, rate_ray: int) -> int:
    """Those with a higher stored key may be below their ratio; all others are not."""
    return min(mul_div_floor(price_e8, RAY, rate_ray), INT64_MAX - 1)
