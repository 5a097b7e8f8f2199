"""Times and decimals as operators read and write them. Nothing is rounded on the way in."""

from datetime import UTC, datetime
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal

from access.errors import OutOfRange, Precision

_INT64_MAX = 2**63 - 1
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)  # nothing that a form takes is rounded in it


def at(timestamp_ns: int) -> str:
    """UTC to the microsecond; "" for no time."""
    if not timestamp_ns:
        return ""
    seconds, rest_ns = divmod(timestamp_ns, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{rest_ns // 1000:06d}"


def scaled(value: Decimal, decimals: int, name: str) -> int:
    """A decimal as an integer of that many places. Raises Precision, OutOfRange."""
    whole = value.scaleb(decimals, _EXACT)
    if whole != whole.to_integral_value(context=_EXACT):
        raise Precision(f"At most {decimals} decimals.", field=name)
    if whole.copy_abs() > _INT64_MAX:
        raise OutOfRange(field=name)
    return int(whole)
