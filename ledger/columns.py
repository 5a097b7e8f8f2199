"""Columns of a batch as PostgreSQL array literals, to be unnested by a statement.

psycopg can dump lists by itself, but looks at every element for its type and for what must be quoted; for the
tens of thousands of integers of a batch that took more time than all of the engine's own work.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

_BYTEA, _UUID = 17, 2950  # the numbers of these types in PostgreSQL
_LENGTH = struct.Struct("!i")

Encoders = Sequence[Callable[[Sequence[Any]], str | bytes]]


def integers(column: Iterable[int]) -> str:
    """Also for booleans, whose names PostgreSQL knows."""
    return "{" + ",".join(map(str, column)) + "}"


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


def _binary(element_type: int, values: Sequence[bytes]) -> bytes:
    """One dimension, no nulls, counted from 1; then each element behind its length."""
    head = struct.pack("!5i", 1, 0, element_type, len(values), 1)
    pack = _LENGTH.pack
    return head + b"".join([pack(len(value)) + value for value in values])


def encoded(rows: Sequence[tuple[Any, ...]], encoders: Encoders) -> list[str | bytes]:
    """One parameter for each column of `rows`."""
    return [encode(column) for encode, column in zip(encoders, zip(*rows, strict=True), strict=True)]
