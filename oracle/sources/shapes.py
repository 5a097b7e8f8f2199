"""Bodies and fields of outside answers, held to their shape. Numbers stay text until they are integers."""

import json
import re
import time
from typing import Any

from oracle.rules.parsing import PriceError, parse_confidence, parse_price
from oracle.rules.quotes import Absent
from oracle.sources.source import SourceFailure

MAX_DEPTH = 32
_ZERO = re.compile(r"[+-]?0+(?:\.0*)?(?:[eE][+-]?[0-9]{1,3})?")
# As Python's own int() reads digits: of any script, with blanks around and underscores within.
_LONG_EXPONENT = re.compile(r"\s*[+-]?[\d_.]+\s*[eE]\s*[+-]?[\d_]{3,}\s*")
_YEAR_2100_MS = 4_102_444_800_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def malformed(detail: str) -> SourceFailure:
    return SourceFailure(Absent.MALFORMED, detail)


def decoded(text: str) -> Any:
    """JSON with every fraction and every NaN left as text, as it was written. Raises SourceFailure.

    A number that is too long for anything, or has an exponent of three digits, is refused here: what parses
    the rest may calculate with it, and 1e999999 has a million digits.
    """
    try:
        value = json.loads(text, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise malformed("no JSON") from error
    refuse_wild(value)
    return value


def refuse_wild(value: Any, depth: int = MAX_DEPTH) -> None:
    """Nothing may be in it that fills the memory where somebody calculates with it. Raises SourceFailure."""
    if depth == 0:
        raise malformed("nested too deeply")
    if isinstance(value, str):
        if _LONG_EXPONENT.fullmatch(value):
            raise malformed("a number out of range")
    elif isinstance(value, int):
        if value.bit_length() > 256:
            raise malformed("a number out of range")
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            refuse_wild(inner, depth - 1)


def price_of(value: object) -> int:
    """What a price's field says, in 1e-8. Raises SourceFailure: NO_PRICE where it is zero or absent."""
    text = _written(value)
    if text is None or _ZERO.fullmatch(text):
        raise SourceFailure(Absent.NO_PRICE, "no price in the answer")
    try:
        return parse_price(text)
    except PriceError as error:
        raise malformed("no price where one should be") from error


def confidence_of(value: object) -> int:
    text = _written(value)
    try:
        return parse_confidence(text or "")
    except PriceError as error:
        raise malformed("no confidence where one should be") from error


def _written(value: object) -> str | None:
    """Fields that hold no number at all are malformed; an empty or missing one says that there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, str) or type(value) is int:
        return str(value)
    if isinstance(value, float):  # a feed that gives nothing else: its shortest decimal is what was sent
        return repr(value)
    raise malformed("no number where one should be")


def time_of(value: object, *, unit_ms: int = 1) -> int:
    """A time in ms. Raises SourceFailure for what is no time of this century."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise malformed("no time where one should be")
    time_ms = int(text) * unit_ms
    if not 0 < time_ms < _YEAR_2100_MS:
        raise malformed("no time where one should be")
    return time_ms
