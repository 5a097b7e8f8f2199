"""Columns of a batch as PostgreSQL array literals, to be unnested by a statement.

psycopg can dump lists by itself, but looks at every element for its type and for what must be quoted; for the
tens of thousands of integers of a batch that took more time than all of the engine's own work.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

Encoders = Sequence[Callable[[Sequence[Any]], object]]


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


def as_list(column: Sequence[Any]) -> list[Any]:
    """What psycopg dumps well: bytes and UUIDs, with the binary placeholder %b."""
    return list(column)


def encoded(rows: Sequence[tuple[Any, ...]], encoders: Encoders) -> list[object]:
    """One parameter for each column of `rows`."""
    return [encode(column) for encode, column in zip(encoders, zip(*rows, strict=True), strict=True)]
