"""Rows as CSV (RFC 4180) that a spreadsheet takes for text and numbers, never for a formula."""

import re
from collections.abc import Iterable, Mapping, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_QUOTED = re.compile(r'[",\r\n]')


def csv_lines(names: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Each row's values under these names; None is an empty cell."""
    return b"".join(csv_line([row[name] for name in names]) for row in rows)


def csv_line(values: Iterable[object]) -> bytes:
    return (",".join(_cell(value) for value in values) + "\r\n").encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA) and _NUMBER.fullmatch(text) is None:  # a loss is a number and no formula
        text = f"'{text}"
    if _QUOTED.search(text):
        text = '"' + text.replace('"', '""') + '"'
    return text
