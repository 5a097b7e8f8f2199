"""Strict reading of JSON bodies, query strings and decimal numbers. Pure: bytes and text in, values out.

It refuses everything two readers could understand differently: duplicate names, floats, stray encodings.
"""

import json
import re
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes
from uuid import UUID

from access.errors import (
    DomainError,
    DuplicateParam,
    InvalidJson,
    InvalidNumber,
    InvalidQuery,
    OutOfRange,
    Precision,
    UnknownField,
)

MAX_BODY_BYTES = 64 * 1024
MAX_DEPTH = 16
MAX_KEYS = 64
MAX_INTEGER_DIGITS = 40  # beyond any field's range, below the interpreter's own limit on conversion
MAX_QUERY_BYTES = 4096
INT64_MAX = 2**63 - 1
MAX_WHOLE_DIGITS = 18

_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class FloatNumber:
    """Stands where a JSON number with a fraction or an exponent stood. Every field refuses it."""

    __slots__ = ()

    def __init__(self, text: str = "") -> None:
        pass


_FLOAT = FloatNumber()


def _bounded_integer(text: str) -> int:
    if len(text) > MAX_INTEGER_DIGITS:
        raise InvalidJson("A number in the body has too many digits.")
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is not JSON.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # No request has so many fields, so one of them is unknown; refused before anything is hashed.
    if len(pairs) > MAX_KEYS:
        raise UnknownField(f"An object has more than {MAX_KEYS} fields.")
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidJson("A name stands twice in one object.")
    return members


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=lambda _: _FLOAT,
    parse_int=_bounded_integer,
    parse_constant=_refuse_constant,
)


def _is_unicode(text: str) -> bool:
    """False for the lone surrogates that JSON escapes can spell and UTF-8 cannot."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _check_shape(value: Any, depth: int) -> None:
    if type(value) is str:
        if not _is_unicode(value):
            raise InvalidJson("A string has half of a surrogate pair.")
    elif depth > MAX_DEPTH and type(value) in (dict, list):
        raise InvalidJson(f"The body is nested more than {MAX_DEPTH} deep.")
    elif type(value) is dict:
        for name, member in value.items():
            _check_shape(name, depth)
            _check_shape(member, depth + 1)
    elif type(value) is list:
        for member in value:
            _check_shape(member, depth + 1)


def parse_json(body: bytes, *, limit: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """One JSON object in UTF-8 without a byte order mark. Numbers are ints or a `FloatNumber`."""
    if len(body) > limit:
        raise InvalidJson("The body is too large.")
    try:
        text = body.decode("utf-8")
        value = _decoder.decode(text)
    except (ValueError, RecursionError):
        raise InvalidJson from None
    if type(value) is not dict:
        raise InvalidJson
    # Only escapes can spell half a surrogate pair, and what opens so seldom cannot be deep.
    if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        _check_shape(value, 1)
    return value


def _decode_query_part(part: bytes) -> str:
    if _BAD_ESCAPE.search(part):
        raise InvalidQuery("A percent sign must be followed by two hexadecimal digits.")
    try:
        return unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidQuery("The query string is not UTF-8.") from None


def parse_query_string(raw: bytes) -> dict[str, str]:
    """`name=value` pairs, each name once. `+` is a blank, escapes must be whole and UTF-8."""
    if not raw:
        return {}
    parts = raw.split(b"&")
    if len(raw) > MAX_QUERY_BYTES or len(parts) > MAX_KEYS:
        raise InvalidQuery("The query string is too long.")
    parameters: dict[str, str] = {}
    for part in parts:
        name_bytes, separator, value = part.partition(b"=")
        name = _decode_query_part(name_bytes)
        if not separator or not name:
            raise InvalidQuery("A parameter is written name=value.")
        if name in parameters:
            raise DuplicateParam(field=name)
        parameters[name] = _decode_query_part(value)
    return parameters


def check_decimal(text: str, *, max_decimals: int) -> str:
    """`text` itself when it is a plain decimal with at most `max_decimals` places and 18 whole digits."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise InvalidNumber
    whole, fraction = match.groups()
    if len(whole) > MAX_WHOLE_DIGITS:
        raise OutOfRange
    if fraction is not None and len(fraction) > max_decimals:
        raise Precision(f"At most {max_decimals} decimals are allowed.")
    return text


def decimal_to_atoms(text: str, *, decimals: int) -> int:
    """The exact whole number of atoms that `text` says: ("1.5", 6) -> 1_500_000. Nothing is ever rounded."""
    check_decimal(text, max_decimals=decimals)
    whole, _, fraction = text.partition(".")
    atoms = int(whole + fraction.ljust(decimals, "0"))
    if atoms > INT64_MAX:
        raise OutOfRange
    return atoms


def parse_number(text: str, *, field: str, absent: type[DomainError]) -> int:
    """A row's number in a path. Raises `absent` for what cannot be one, OutOfRange for one that no row can
    have."""
    if not (text.isascii() and text.isdigit()):
        raise absent
    if len(text) > 19 or int(text) > INT64_MAX:
        raise OutOfRange(field=field)
    return int(text)


def parse_uuid(text: str, *, absent: type[DomainError]) -> UUID:
    """A row's id in a path, in its one spelling. Raises `absent` for what cannot be one."""
    try:
        found = UUID(text)
    except ValueError:
        raise absent from None
    if str(found) != text:
        raise absent
    return found
