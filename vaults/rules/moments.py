"""Moments as whole milliseconds since 1970, exactly: of what is later the number is never lower."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(at: datetime) -> int:
    """Rounded down."""
    return (at - _EPOCH) // timedelta(milliseconds=1)
