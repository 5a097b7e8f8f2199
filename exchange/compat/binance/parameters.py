"""Parameters of a request as Binance reads them: text from query and body, unknown ones ignored. Pure.

A parameter that is wrong is refused with -1100..-1106, -1111 or -1130, by its name. Values of a websocket's
JSON become the text that they would have been in a query, so that both are read the same way.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from exchange.compat.binance import refusals
from exchange.compat.binance.refusals import Refusal

INT64_MAX = 2**63 - 1
LAST_TIME_MS = 4_102_444_800_000  # the year 2100: above it somebody sends microseconds
MAX_PARAMETERS = 64

NUMBER = r"^[0-9]{1,20}$"
DECIMAL = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
NAME = r"^[.A-Z:/a-z0-9_-]{1,36}$"
SYMBOL = r"^[A-Z0-9-_.]{1,20}$"

Raw = dict[str, str]
Values = dict[str, Any]
Parse = Callable[[str, str], Any]  # (name, text) -> value; raises Refusal


@dataclass(frozen=True, slots=True)
class Parameter:
    """`parse` takes name and text and gives the value. One that was not sent has `default`."""

    name: str
    parse: Parse
    required: bool = False
    default: Any = None


def read_raw(query: bytes, body: bytes) -> Raw:
    """Of query and form body; where both have one the query's counts. Raises Refusal."""
    found = _pairs(query)
    for name, value in _pairs(body).items():
        found.setdefault(name, value)
    return found


def _pairs(raw: bytes) -> Raw:
    if raw.count(b"&") > MAX_PARAMETERS:
        raise refusals.too_many_parameters()
    found: Raw = {}
    try:
        for part in raw.decode("ascii").split("&"):
            if not part:
                continue
            name, _, value = part.partition("=")
            if "%" in part or "+" in part:
                name, value = _decoded(name), _decoded(value)
            if name in found:
                raise refusals.duplicate_values()
            found[name] = value
    except ValueError:
        raise refusals.illegal_character_somewhere() from None
    return found


def _decoded(text: str) -> str:
    return unquote(text.replace("+", " "), errors="strict")


def read_values(raw: Mapping[str, str], parameters: Iterable[Parameter]) -> Values:
    """Every declared parameter by name. Raises Refusal for the first that is wrong."""
    values: Values = {}
    for parameter in parameters:
        text = raw.get(parameter.name)
        if text:
            values[parameter.name] = parameter.parse(parameter.name, text)
        elif text is not None:
            raise refusals.empty(parameter.name)
        elif parameter.required:
            raise refusals.mandatory(parameter.name)
        else:
            values[parameter.name] = parameter.default
    return values


def matching(pattern: str) -> Parse:
    """Text of this pattern, which stands in the refusal."""
    legal = re.compile(pattern, re.ASCII)

    def parse(name: str, text: str) -> str:
        if legal.fullmatch(text) is None:
            raise refusals.illegal_characters(name, pattern)
        return text

    return parse


_NUMBER = matching(NUMBER)
decimal_text = matching(DECIMAL)


def whole(low: int = 0, high: int = INT64_MAX, *, clamp: bool = False) -> Parse:
    """An integer in [low, high]; with `clamp` a larger one counts as `high`, as limits do."""

    def parse(name: str, text: str) -> int:
        number = int(_NUMBER(name, text))
        if number > high and clamp:
            return high
        if not low <= number <= high:
            raise refusals.invalid_data(name)
        return number

    return parse


def choice(names: Iterable[str], refusal: Refusal | None = None) -> Parse:
    """One of these, else `refusal` (or -1130)."""
    known = frozenset(names)

    def parse(name: str, text: str) -> str:
        if text not in known:
            raise refusals.invalid_data(name) if refusal is None else refusal.anew()
        return text

    return parse


def flag(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise refusals.illegal_characters(name, "^(true|false)$")
    return text.lower() == "true"


def limit(default: int, high: int) -> Parameter:
    """How many at most. More than `high` is `high`."""
    return Parameter("limit", whole(1, high, clamp=True), default=default)


def time_ms(name: str) -> Parameter:
    return Parameter(name, whole(0, LAST_TIME_MS))


def decimal(name: str, *, required: bool = False) -> Parameter:
    """A plain decimal, as text."""
    return Parameter(name, decimal_text, required)
