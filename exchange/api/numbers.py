"""Numbers that stand in a path."""

from access.errors import DomainError, OutOfRange
from exchange.engine.types import INT64_MAX


def parse_number(text: str, *, field: str, absent: type[DomainError]) -> int:
    """Raises `absent` for what cannot be a number, OutOfRange for one that no row can have."""
    if not (text.isascii() and text.isdigit()):
        raise absent
    if len(text) > 19 or int(text) > INT64_MAX:
        raise OutOfRange(field=field)
    return int(text)
