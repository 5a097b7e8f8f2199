"""What a call is given, read strictly: each wrong one is refused in Bitcoin Core's words."""

from typing import Any

from custody.bitcoin.types import OutPoint
from custody.dev_chain.encoding import sats_of
from custody.dev_chain.errors import ChainError, Code

_HASH = 64
_HEX = set("0123456789abcdef")
_MOST_TEXT = 8_000_000


def a_hash(value: Any, name: str) -> str:
    text = a_text(value)
    if len(text) != _HASH:
        problem = f"{name} must be of length {_HASH} (not {len(text)}, for '{text[:80]}')"
        raise ChainError(Code.PARAMETER, problem)
    if set(text.lower()) - _HEX:
        raise ChainError(Code.PARAMETER, f"{name} must be hexadecimal string (not '{text}')")
    return text.lower()


def a_text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ChainError(Code.TYPE, f"JSON value of type {_kind(value)} is not of expected type string")
    return value


def a_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ChainError(Code.TYPE, f"JSON value of type {_kind(value)} is not of expected type number")
    if abs(value) >= 1 << 31:
        raise ChainError(Code.TYPE, "JSON integer out of range")
    return value


def a_switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ChainError(Code.TYPE, f"JSON value of type {_kind(value)} is not of expected type bool")
    return value


def a_level(value: Any) -> int:
    """How much to tell: a number, or the switch that it was before."""
    return int(value) if isinstance(value, bool) else a_number(value)


def a_list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise ChainError(Code.TYPE, f"JSON value of type {_kind(value)} is not of expected type array")
    if len(value) > most:
        raise ChainError(Code.PARAMETER, f"Array must contain at most {most} elements")
    return value


def some_bytes(value: Any, problem: str) -> bytes:
    try:
        return bytes.fromhex(a_text(value))
    except ValueError:
        raise ChainError(Code.DESERIALIZATION, problem) from None


def an_outpoint(txid: Any, vout: Any) -> OutPoint:
    return OutPoint(a_hash(txid, "txid"), a_number(vout))


def a_rate(value: Any) -> int:
    """Bitcoin for 1,000 vbytes, in satoshis."""
    return sats_of(value)


def _kind(value: Any) -> str:
    kinds = {bool: "bool", int: "number", str: "string", list: "array", dict: "object", type(None): "null"}
    return kinds.get(type(value), "number")
