"""A price as somebody else wrote it, made an integer of 1e-8 from its digits, with no binary fraction."""

import re

from oracle.rules.quotes import PRICE_DECIMALS

MAX_PRICE_E8 = 10**18  # ten thousand million dollars, and well inside of 64 bits
MAX_TEXT = 60
MAX_EXPONENT = 30

_NUMBER = re.compile(r"\+?([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?")


class PriceError(ValueError):
    """The text is no price."""


def parse_price(text: str) -> int:
    """Plain decimals and small exponents: "45000.5", "4.5e4". More than 8 decimals are rounded down.

    Raises PriceError for what is not finite, not above zero, above MAX_PRICE_E8, or too long.
    """
    digits, places = _parts(text)
    price_e8 = digits * _ten_to(places) // _ten_to(-places)
    if not 0 < price_e8 <= MAX_PRICE_E8:
        raise PriceError(f"not a price: {text[:MAX_TEXT]!r}")
    return price_e8


def parse_confidence(text: str) -> int:
    """As `parse_price`, but it may be zero and is rounded up."""
    digits, places = _parts(text)
    confidence_e8 = -(-digits * _ten_to(places) // _ten_to(-places))
    if confidence_e8 > MAX_PRICE_E8:
        raise PriceError(f"not a confidence: {text[:MAX_TEXT]!r}")
    return confidence_e8


def _parts(text: str) -> tuple[int, int]:
    """All digits as one integer, and the power of ten that makes units of 1e-8 of it."""
    found = _NUMBER.fullmatch(text) if len(text) <= MAX_TEXT else None
    if found is None:
        raise PriceError(f"not a plain number: {text[:MAX_TEXT]!r}")
    whole, fraction, exponent_text = found[1], found[2] or "", found[3] or "0"
    exponent = int(exponent_text)
    if abs(exponent) > MAX_EXPONENT:
        raise PriceError(f"exponent out of range: {text[:MAX_TEXT]!r}")
    return int(whole + fraction), PRICE_DECIMALS + exponent - len(fraction)


def _ten_to(power: int) -> int:
    return int("1" + "0" * power)
