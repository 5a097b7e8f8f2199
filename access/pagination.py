"""What lists are asked for by: spans of time, and pages, newest first, each begun by an opaque cursor.

A cursor says before which row its page begins. The order is that of a unique number, so rows that are added
while somebody pages neither repeat nor hide any.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from access.errors import InvalidCursor, InvalidTime
from access.fields import IntegerField, StrictField, TimeField
from access.parsing import INT64_MAX
from access.serializers import StrictSerializer

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_CURSOR_BYTES = 8

Row = TypeVar("Row", bound=Model)


class CursorField(StrictField):
    """Gives the number of the row that the last page ended with."""

    def parse(self, value: object) -> int:
        try:
            raw = base64.urlsafe_b64decode(f"{value}=".encode("ascii"))
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        number = int.from_bytes(raw, "big")
        # Compared with its one right spelling, for base64 knows several of some bytes.
        if len(raw) != _CURSOR_BYTES or number > INT64_MAX or encode_cursor(number) != value:
            raise InvalidCursor
        return number


def encode_cursor(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(_CURSOR_BYTES, "big")).decode("ascii").rstrip("=")


class PageQuery(StrictSerializer):
    """The query of a list, to inherit from."""

    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = CursorField(default=None)


class SpanQuery(StrictSerializer):
    """[start, end) in milliseconds, to inherit from."""

    start = TimeField(required=False)
    end = TimeField(required=False)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        start, end = values["start"], values["end"]
        if start is not None and end is not None and start > end:
            raise InvalidTime("The start is after the end.", field="start")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`next_cursor` is None on the last page."""

    rows: Sequence[Row]
    next_cursor: str | None


def page_of(rows: QuerySet[Row], query: dict[str, Any], *, order: str = "pk") -> Page[Row]:
    """One page by `order`, a unique whole number, from the highest down. `query` is a `PageQuery`'s."""

    def read(before: int | None, limit: int) -> list[Row]:
        found = rows if before is None else rows.filter(**{f"{order}__lt": before})
        return list(found.order_by(f"-{order}")[:limit])

    return page_read(read, query, order=order)


def page_read(
    read: Callable[[int | None, int], Sequence[Row]], query: dict[str, Any], *, order: str = "pk"
) -> Page[Row]:
    """As `page_of`. `read` gives so many, of those below a number or of all."""
    limit = query["limit"]
    found = read(query["cursor"], limit + 1)
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], encode_cursor(getattr(last, order)))
