"""Whether bitcoin may leave a vault by its owner's wish.

Checks stand in this order: the amount, that it is there with its fee, the minimum ratio, the caller's own
guard. What owes nothing needs no price.
"""

from access.errors import DomainError
from ledger.errors import AmountOutOfRange
from vaults.errors import BelowMinimumRatio, CollateralTooSmall, RatioMoved
from vaults.rules.ratios import is_covered, least_collateral_sats, ratio_ppm
from vaults.rules.texts import bitcoin, ratio_text


def take_refusal(
    *,
    collateral_sats: int,
    amount_sats: int,
    fee_sats: int,
    debt_atoms: int,
    price_e8: int | None,
    min_ratio_ppm: int,
    guard_ratio_ppm: int | None = None,
) -> DomainError | None:
    """`price_e8`: the mint price; may be None only without debt. `min_ratio_ppm`: what the vault pins."""
    if amount_sats <= 0 or fee_sats < 0:
        return AmountOutOfRange("That amount cannot be taken.", field="amount")
    after_sats = collateral_sats - amount_sats - fee_sats
    if after_sats < 0:
        return CollateralTooSmall(
            field="amount", available=bitcoin(collateral_sats), required=bitcoin(amount_sats + fee_sats)
        )
    if not debt_atoms:
        return None
    assert price_e8 is not None, "what owes something is judged at a price"
    if not is_covered(after_sats, debt_atoms, price_e8, min_ratio_ppm):
        spare = takeable_sats(collateral_sats, debt_atoms, price_e8, min_ratio_ppm)
        return BelowMinimumRatio(
            field="amount",
            minimum=ratio_text(min_ratio_ppm),
            ratio=ratio_text(ratio_ppm(after_sats, debt_atoms, price_e8)),
            available=bitcoin(max(spare - fee_sats, 0)),
        )
    if guard_ratio_ppm is not None and not is_covered(after_sats, debt_atoms, price_e8, guard_ratio_ppm):
        return RatioMoved(field="min_ratio", ratio=ratio_text(ratio_ppm(after_sats, debt_atoms, price_e8)))
    return None


def takeable_sats(collateral_sats: int, debt_atoms: int, price_e8: int, min_ratio_ppm: int) -> int:
    """The most that may leave, fee and all."""
    if not debt_atoms:
        return collateral_sats
    return max(collateral_sats - least_collateral_sats(debt_atoms, price_e8, min_ratio_ppm), 0)
