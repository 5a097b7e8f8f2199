"""Reads a client's message: {"id", "method", "params"}. Pure and strict: one JSON object, each name once."""

import json
from typing import Any, NamedTuple, NoReturn

MAX_ID_LENGTH = 36
MAX_DEPTH = 8
_MAX_DIGITS = 40
_INT64 = 2**63

Number = int | str | None


class Request(NamedTuple):
    """`params` as sent: a list, an object, whatever it was; None: none were sent. Numbers with a fraction or
    an exponent are `Spelled`."""

    number: Number
    method: str
    params: Any


class Spelled(str):
    """A number with a fraction or an exponent, as it was spelled. It is no text that was sent as text."""

    __slots__ = ()


class NotJson(Exception):
    """The message is no JSON object that everybody reads the same way."""


class Misshapen(Exception):
    """`member` (id or method) is wrong; `number` is the request's where that is known."""

    def __init__(self, member: str, number: Number, *, is_missing: bool = False) -> None:
        super().__init__(member)
        self.member = member
        self.number = number
        self.is_missing = is_missing


def read_request(text: str) -> Request:
    """Raises NotJson, Misshapen."""
    members = _members(text)
    number = members.get("id")
    if not _is_number(number):
        raise Misshapen("id", None)
    method = members.get("method")
    if type(method) is not str:
        raise Misshapen("method", number, is_missing="method" not in members)
    return Request(number, method, members.get("params"))


def _is_number(number: Any) -> bool:
    if type(number) is int:
        return -_INT64 <= number < _INT64
    return number is None or (type(number) is str and len(number) <= MAX_ID_LENGTH)


def _members(text: str) -> dict[str, Any]:
    try:
        value = _decoder.decode(text)
        if text.count("{") + text.count("[") > MAX_DEPTH:
            _check_depth(value, 1)
        if "\\u" in text:  # only escapes can spell half of a surrogate pair
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise NotJson from None
    if type(value) is not dict:
        raise NotJson
    return value


def _check_depth(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError
    if type(value) in (dict, list):
        for member in value.values() if type(value) is dict else value:
            _check_depth(member, depth + 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _bounded(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError
    return int(text)


def _refuse(name: str) -> NoReturn:
    raise ValueError


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Spelled, parse_int=_bounded, parse_constant=_refuse
)
