"""What lists are asked for by: spans of time, and pages, newest first, each begun by an opaque cursor.

A cursor says before which row its page begins. The order is that of a unique number, so rows that are added
while somebody pages neither repeat nor hide any.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from access.errors import InvalidCursor, InvalidTime
from access.fields import IntegerField, StrictField, TimeField
from access.parsing import INT64_MAX
from access.serializers import StrictSerializer

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_CURSOR_BYTES = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES, _ID_BYTES = 8, 16
_LAST_US = 4_102_444_800_000_000  # the year 2100

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


class MomentCursorField(StrictField):
    """Gives the time and the id of the row that the last page ended with."""

    def parse(self, value: object) -> tuple[datetime, UUID]:
        try:
            raw = base64.urlsafe_b64decode(f"{value}".encode("ascii"))
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        microseconds = int.from_bytes(raw[:_TIME_BYTES], "big")
        if len(raw) != _TIME_BYTES + _ID_BYTES or microseconds > _LAST_US:
            raise InvalidCursor
        found = _EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw[_TIME_BYTES:])
        if moment_cursor(*found) != value:
            raise InvalidCursor
        return found


def moment_cursor(at: datetime, row: UUID) -> str:
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(microseconds.to_bytes(_TIME_BYTES, "big") + row.bytes).decode("ascii")


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
