"""Fees and holds of an order, in quote atoms. Every rounding goes against the payer.

An order's fee so far is ceil(accumulated / 1e6), where `accumulated` (ppm-atoms) is the sum over its
fills of rate_ppm * notional; each fill pays the difference to what was charged before. A negative
rate is a rebate, and the same ceiling rounds it against its receiver. `matching.py` and `crossing.py`
write these formulas out where a call would cost too much; tests hold them together.
"""

from exchange.engine.types import PPM
from ledger.money import mul_div_ceil, mul_div_floor


def accumulated_ppm_atoms(filled_quote: int, taker_quote: int, maker_ppm: int, taker_ppm: int) -> int:
    """`taker_quote` is the part of `filled_quote` that the order traded as a taker."""
    return taker_ppm * taker_quote + maker_ppm * (filled_quote - taker_quote)


def charged_atoms(accumulated: int) -> int:
    return mul_div_ceil(accumulated, 1, PPM)


def buy_hold_atoms(remaining_notional: int, accumulated: int, maker_ppm: int, taker_ppm: int) -> int:
    """What an open limit buy locks: its remaining notional at the limit, and the rest of its fee at the
    worse of both rates. One atom more covers any later rounding (none where no fee can arise).

    Figure: 30 lots at 11,400 with a notional of 3.42e9 and 17 ppm hold 3.42e9 + 58,140 + 1.
    """
    worst_ppm = maker_ppm if maker_ppm > taker_ppm else taker_ppm
    fee = charged_atoms(accumulated + worst_ppm * remaining_notional) - charged_atoms(accumulated)
    return remaining_notional + fee + (1 if worst_ppm > 0 else 0)


def affordable_lots(left: int, lot_notional: int, taker_ppm: int, step_lots: int) -> int:
    """Lots at one price that `left` quote atoms pay for, the fee included. Rounds down to the step."""
    if left <= 0:
        return 0
    lots = mul_div_floor(left, PPM, lot_notional * (PPM + taker_ppm))
    return lots - lots % step_lots
