"""Columns of a batch as PostgreSQL array literals, to be unnested by a statement.

psycopg can dump lists by itself, but looks at every element for its type and for what must be quoted; for the
tens of thousands of integers of a batch that took more time than all of the engine's own work.
"""

import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

_BYTEA, _INT8, _UUID = 17, 20, 2950  # the numbers of these types in PostgreSQL
_HEAD = struct.Struct("!5i")
_LENGTH = struct.Struct("!i")
_NUMBER = struct.Struct("!iq")  # behind its length, as in an array
_WIDTH, _LEAD = _NUMBER.size, _LENGTH.size
_ALONE = _HEAD.pack(1, 0, _INT8, 1, 1)
_FEW = 16

Encoders = Sequence[Callable[[Sequence[Any]], str | bytes]]


def integers(column: Iterable[int]) -> str:
    """Also for booleans, whose names PostgreSQL knows."""
    return "{" + ",".join(map(str, column)) + "}"


def bigints(column: Sequence[int]) -> bytes:
    """In binary form, for a parameter that is sent as such. Raises OverflowError.

    Most columns of a batch hold one value in all rows; of the others the bytes are put in their places eight
    times, once for each place in a number, which takes half of the time of writing them as text.
    """
    count, first = len(column), column[0]
    if count == 1:
        return _ALONE + _number(first)
    head = _HEAD.pack(1, 0, _INT8, count, 1)
    if column.count(first) == count:
        return head + _number(first) * count
    if count < _FEW:
        return head + b"".join([_number(value) for value in column])
    numbers = array("q", column)
    if sys.byteorder == "little":
        numbers.byteswap()
    packed = numbers.tobytes()
    body = bytearray(_NUMBER.pack(8, 0) * count)
    for place in range(8):
        body[_LEAD + place :: _WIDTH] = packed[place::8]
    return head + body


def integers_or_nulls(column: Iterable[int | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else str(value) for value in column]) + "}"


def texts(column: Iterable[str]) -> str:
    """Every element in quotes, so that none can be taken for a NULL, a comma or a brace."""
    if not any(column := list(column)):
        return "{" + ",".join(['""'] * len(column)) + "}"
    return (
        "{" + ",".join(['"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in column]) + "}"
    )


def texts_or_nulls(column: Iterable[str | None]) -> str:
    return "{" + ",".join(["NULL" if text is None else texts([text])[1:-1] for text in column]) + "}"


def byteas(column: Sequence[bytes]) -> bytes:
    """In binary form, for a parameter that is sent as such."""
    return _binary(_BYTEA, column)


def uuids(column: Sequence[UUID]) -> bytes:
    """In binary form, for a parameter that is sent as such."""
    return _binary(_UUID, [value.bytes for value in column])


def _number(value: int) -> bytes:
    try:
        return _NUMBER.pack(8, value)
    except struct.error as error:
        raise OverflowError(f"{value} has more than 64 bits") from error


def _binary(element_type: int, values: Sequence[bytes]) -> bytes:
    """One dimension, no nulls, counted from 1; then each element behind its length."""
    head = _HEAD.pack(1, 0, element_type, len(values), 1)
    pack = _LENGTH.pack
    return head + b"".join([pack(len(value)) + value for value in values])


def encoded(rows: Sequence[tuple[Any, ...]], encoders: Encoders) -> list[str | bytes]:
    """One parameter for each column of `rows`."""
    return [encode(column) for encode, column in zip(encoders, zip(*rows, strict=True), strict=True)]
