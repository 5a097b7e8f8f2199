"""JSON with amounts as Bitcoin Core writes them: numbers of bitcoin with eight decimals, made of integers."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from custody.dev_chain.errors import ChainError, Code

SATS = 100_000_000
_MOST_BITCOINS = 21_000_000


@dataclass(frozen=True, slots=True)
class Bitcoins:
    """An amount in satoshis that is told in bitcoin."""

    sats: int

    def __str__(self) -> str:
        whole, part = divmod(abs(self.sats), SATS)
        return f"{'-' if self.sats < 0 else ''}{whole}.{part:08}"


def encode(value: Any) -> str:
    match value:
        case Bitcoins():
            return str(value)
        case dict():
            return "{" + ",".join(f"{json.dumps(name)}:{encode(one)}" for name, one in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(encode, value)) + "]"
        case bool() | None | int() | str():
            return json.dumps(value)
        case Decimal():
            return str(value)
    raise TypeError(type(value).__name__)


def decode(body: bytes) -> Any:
    """Numbers with a point are exact. Raises ValueError."""
    return json.loads(body, parse_float=Decimal, parse_constant=_refuse)


def _refuse(name: str) -> Any:
    raise ValueError(name)


def sats_of(value: Any) -> int:
    """Bitcoin as a number or as text. Raises ChainError for more than eight decimals."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ChainError(Code.TYPE, "Amount is not a number or string")
    try:
        amount = Decimal(value)
        if not 0 <= amount <= _MOST_BITCOINS:
            raise ChainError(Code.TYPE, "Amount out of range")
    except ArithmeticError:
        raise ChainError(Code.TYPE, "Invalid amount") from None
    sats = int(amount.scaleb(8))
    if sats != amount.scaleb(8):
        raise ChainError(Code.TYPE, "Invalid amount")
    return sats
