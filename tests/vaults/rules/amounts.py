"""Amounts as tests say them: dollars and percent as text, in the integers of rules."""

from decimal import Decimal

E8 = 100_000_000
MIN_PPM = 1_500_000


def e8(amount: str | int) -> int:
    """Atoms of USDB, satoshis of a bitcoin, or a price."""
    return int(Decimal(amount) * E8)


def ppm(percent: str) -> int:
    """Rounded down, as a ratio that is shown."""
    return int(Decimal(percent) * 10_000)
