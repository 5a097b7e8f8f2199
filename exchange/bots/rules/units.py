"""In which units a bot counts: a market's price steps and quantity steps, and what one times the other is.

All whole numbers. It knows decimal strings only to read and to write them.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

E8 = 10**8
PPM = 10**6


class Level(NamedTuple):
    """A price of a source's book and what rests there, both in units of 1e-8."""

    price_e8: int
    quantity_e8: int


class OutsideBook(NamedTuple):
    """Best first; each price once."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """`tick_e8` and `lot_e8` are the market's steps. A cell is the worth of one lot at one tick.

    A market whose steps are finer than 1e-8 cannot be traded by these bots (`units_of` raises ValueError).
    """

    tick_e8: int
    lot_e8: int
    min_cells: int
    max_cells: int

    def price_text(self, ticks: int) -> str:
        return f"{ticks * self.tick_e8 * Decimal('1e-8'):f}"

    def quantity_text(self, lots: int) -> str:
        return f"{lots * self.lot_e8 * Decimal('1e-8'):f}"

    def ticks(self, text: str) -> int:
        """Of a price of this market."""
        return e8_of(text) // self.tick_e8

    def lots(self, text: str) -> int:
        """Rounded down."""
        return e8_of(text) // self.lot_e8

    def cells(self, text: str) -> int:
        """Of an amount of the quote asset, rounded down."""
        return e8_of(text) * E8 // (self.tick_e8 * self.lot_e8)


def units_of(*, tick_size: str, lot_size: str, min_notional: str, max_notional: str) -> Units:
    """Raises ValueError."""
    tick_e8, lot_e8 = e8_of(tick_size), e8_of(lot_size)
    if min(tick_e8, lot_e8) < 1:
        raise ValueError(f"steps of {tick_size} and {lot_size} are too fine")
    cell = tick_e8 * lot_e8
    return Units(tick_e8, lot_e8, -(-e8_of(min_notional) * E8 // cell), e8_of(max_notional) * E8 // cell)


def e8_of(text: str) -> int:
    """Rounded down. Raises ValueError for what is no number."""
    return _whole(text, ROUND_FLOOR)


def e8_above(text: str) -> int:
    """Rounded up. Raises ValueError for what is no number."""
    return _whole(text, ROUND_CEILING)


def _whole(text: str, rounding: str) -> int:
    try:
        return int((Decimal(text) * E8).to_integral_value(rounding))
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is no number") from error
