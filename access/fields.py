"""Serializer fields of the strict front door.

Each field's `parse` does the whole work and its `schema` documents it, so that the answer, the OpenAPI
document and DRF's own machinery cannot disagree. `access.serializers` puts them together.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar

from drf_spectacular.drainage import set_override
from rest_framework import serializers

from access.errors import (
    DomainError,
    InvalidAsset,
    InvalidChoice,
    InvalidClientOrderId,
    InvalidNumber,
    InvalidSymbol,
    InvalidText,
    InvalidTime,
    InvalidType,
    OutOfRange,
)
from access.parsing import INT64_MAX, check_decimal, decimal_to_atoms

SYMBOL_PATTERN = "^[A-Z0-9]{2,10}-[A-Z0-9]{2,10}(-PERP)?$"
ASSET_PATTERN = "^[A-Z0-9]{2,10}$"
CLIENT_ORDER_ID_PATTERN = "^[A-Za-z0-9_-]{1,36}$"
MAX_DECIMALS = 10
MAX_TEXT = 64
MAX_TEXT_INPUT = 256  # before normalisation, so that a pile of combining marks costs nothing
LAST_TIME_MS = 4_102_444_800_000  # the year 2100: above it somebody sends microseconds

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,39})", re.ASCII)

Schema = dict[str, Any]


class StrictField(serializers.Field[Any, Any, Any, Any]):
    """One input value. `parse` takes a JSON value, `parse_text` what stood in a query string or path."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        set_override(self, "field", self.schema())

    def parse(self, value: object) -> Any:
        raise NotImplementedError

    def parse_text(self, text: str) -> Any:
        return self.parse(text)

    def schema(self) -> Schema:
        return {"type": "string"}

    def to_internal_value(self, data: Any) -> Any:
        return self.parse(data)

    def to_representation(self, value: Any) -> Any:
        return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise InvalidType("The value must be a string.")
    return value


class AmountField(StrictField):
    """A decimal string of an asset with known decimals. Gives atoms, between `minimum_atoms` and int64."""

    def __init__(self, decimals: int, *, minimum_atoms: int = 1, **options: Any) -> None:
        self.decimals = decimals
        self.minimum_atoms = minimum_atoms
        super().__init__(**options)

    def parse(self, value: object) -> int:
        atoms = decimal_to_atoms(_text(value), decimals=self.decimals)
        if atoms < self.minimum_atoms:
            raise OutOfRange
        return atoms

    def schema(self) -> Schema:
        fraction = rf"(\.[0-9]{{1,{self.decimals}}})?" if self.decimals else ""
        return {"type": "string", "pattern": f"^(0|[1-9][0-9]{{0,17}}){fraction}$", "examples": ["1"]}


class DecimalField(StrictField):
    """A decimal string whose decimals only the service knows (a price, a quantity). Gives the checked text.

    The service turns it into an integer with `access.parsing.decimal_to_atoms`.
    """

    def parse(self, value: object) -> str:
        return check_decimal(_text(value), max_decimals=MAX_DECIMALS)

    def schema(self) -> Schema:
        return {
            "type": "string",
            "pattern": rf"^(0|[1-9][0-9]{{0,17}})(\.[0-9]{{1,{MAX_DECIMALS}}})?$",
            "examples": ["42000.5"],
        }


class IntegerField(StrictField):
    def __init__(self, minimum: int = 0, maximum: int = INT64_MAX, **options: Any) -> None:
        self.minimum = minimum
        self.maximum = maximum
        super().__init__(**options)

    def parse(self, value: object) -> int:
        if type(value) is not int:
            raise InvalidType("The value must be an integer.")
        if not self.minimum <= value <= self.maximum:
            raise OutOfRange(f"The number must be between {self.minimum} and {self.maximum}.")
        return value

    def parse_text(self, text: str) -> int:
        if _INTEGER.fullmatch(text) is None:
            raise OutOfRange if text.isdigit() and text.isascii() and text[0] != "0" else InvalidNumber
        return self.parse(int(text))

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


class TimeField(StrictField):
    """Milliseconds since 1970, at most the year 2100."""

    def parse(self, value: object) -> int:
        if type(value) is not int:
            raise InvalidType("A time is an integer of milliseconds.")
        if not 0 <= value <= LAST_TIME_MS:
            raise InvalidTime
        return value

    def parse_text(self, text: str) -> int:
        if _INTEGER.fullmatch(text) is None:
            raise InvalidTime
        return self.parse(int(text))

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": 0, "maximum": LAST_TIME_MS}


class BooleanField(StrictField):
    def parse(self, value: object) -> bool:
        if type(value) is not bool:
            raise InvalidType("The value must be true or false.")
        return value

    def parse_text(self, text: str) -> bool:
        if text not in ("true", "false"):
            raise InvalidChoice("The value must be true or false.")
        return text == "true"

    def schema(self) -> Schema:
        return {"type": "boolean"}


class ChoiceField(StrictField):
    def __init__(self, choices: Iterable[str], **options: Any) -> None:
        self.choices = tuple(choices)
        super().__init__(**options)

    def parse(self, value: object) -> str:
        text = _text(value)
        if text not in self.choices:
            raise InvalidChoice(f"The value must be one of {', '.join(self.choices)}.")
        return text

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.choices)}


class PatternField(StrictField):
    """Text that one ASCII pattern describes wholly."""

    pattern: ClassVar[str] = ""
    error: ClassVar[type[DomainError]] = InvalidText

    def __init__(self, **options: Any) -> None:
        # \Z and not $, which would let a final line feed pass.
        self._matches = re.compile(self.pattern.removesuffix("$") + r"\Z", re.ASCII).match
        super().__init__(**options)

    def parse(self, value: object) -> str:
        text = _text(value)
        if self._matches(text) is None:
            raise self.error
        return text

    def schema(self) -> Schema:
        return {"type": "string", "pattern": self.pattern}


class SymbolField(PatternField):
    pattern = SYMBOL_PATTERN
    error = InvalidSymbol


class AssetField(PatternField):
    pattern = ASSET_PATTERN
    error = InvalidAsset


class ClientOrderIdField(PatternField):
    pattern = CLIENT_ORDER_ID_PATTERN
    error = InvalidClientOrderId


class TextField(StrictField):
    """Text for people: normalised to NFC, at most `maximum` characters, nothing invisible or steering."""

    def __init__(self, *, minimum: int = 0, maximum: int = MAX_TEXT, **options: Any) -> None:
        self.minimum = minimum
        self.maximum = maximum
        super().__init__(**options)

    def parse(self, value: object) -> str:
        raw = _text(value)
        if len(raw) > MAX_TEXT_INPUT:
            raise InvalidText
        text = unicodedata.normalize("NFC", raw)
        if not self.minimum <= len(text) <= self.maximum:
            raise InvalidText
        if not text.isprintable():
            raise InvalidText
        return text

    def schema(self) -> Schema:
        return {"type": "string", "minLength": self.minimum, "maxLength": self.maximum}
