"""One request as a value, and how its parts are written: amounts as decimal text, what is absent left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import structs

from ballast_sdk.signing import fresh_id

T = TypeVar("T")
Amount = str | Decimal
Answer_co = TypeVar("Answer_co", covariant=True)


class Repeat(Enum):
    """Whether a request may be sent again when nobody knows what became of it."""

    ALWAYS = "it changes nothing, or the same again changes nothing more"
    BY_ID = "it carries an id under which a repeat gets the first answer"
    NEVER = "a repeat would do it again, or hide what the first one did"


@dataclass(frozen=True)  # with slots a generic one cannot be made under Python 3.11
class Call(Generic[Answer_co]):
    """`answers` says by status what stands in the answer; with `member` it is that member of it alone."""

    method: str
    path: str
    answers: Mapping[int, Any]
    member: str = ""
    query: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    signed: bool = True
    repeat: Repeat = Repeat.NEVER
    repeat_id: str = ""
    idempotency_key: str = ""
    media_type: str = "application/json"

    @property
    def operation(self) -> str:
        return f"{self.method} {self.path}"

    def target(self) -> str:
        """The path with its query."""
        parts = [f"{quote(name)}={quote(query_text(value), safe='')}" for name, value in self.query.items()]
        return f"{self.path}?{'&'.join(parts)}" if parts else self.path

    def content(self) -> bytes:
        return b"" if self.body is None else msgspec.json.encode(self.body)


def given(**values: object) -> dict[str, object]:
    """The members that were given, as JSON says them."""
    return {name: plain(value) for name, value in values.items() if value is not None}


def plain(value: object) -> object:
    """Refuses floats: most decimal fractions have none that is equal."""
    match value:
        case Decimal():
            return format(value, "f")
        case float():
            raise TypeError("An amount is text or a Decimal, never a float.")
        case msgspec.Struct():
            return given(**structs.asdict(value))
        case list() | tuple():
            return [plain(one) for one in value]
    return value


def query_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def segment(value: str | int) -> str:
    """One part of a path."""
    return quote(str(value), safe="")


Named = TypeVar("Named", bound=msgspec.Struct)


def with_ids(forms: Iterable[Named]) -> list[Named]:
    """The forms, each with a client order id, so that all of them may be sent again."""
    return [
        form if getattr(form, "client_order_id", None) else structs.replace(form, client_order_id=fresh_id())
        for form in forms
    ]
