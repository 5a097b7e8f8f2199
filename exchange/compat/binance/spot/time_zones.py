"""`timeZone`: how far a day's beginning is ahead of UTC, as hours or hours and minutes. Pure."""

import re

from access.intervals import HOUR_S, MINUTE_S
from exchange.compat.binance import refusals
from exchange.compat.binance.parameters import Parameter

_FORM = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-9]{2}))?", re.ASCII)
_WEST_S, _EAST_S = -12 * HOUR_S, 14 * HOUR_S


def ahead_seconds(name: str, text: str) -> int:
    """From "0", "8", "-1:00", "05:45". Raises Refusal."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise refusals.invalid_data(name)
    sign, hours, minutes = form.groups()
    seconds = int(hours) * HOUR_S + int(minutes or 0) * MINUTE_S
    ahead_s = -seconds if sign == "-" else seconds
    if int(minutes or 0) > 59 or not _WEST_S <= ahead_s <= _EAST_S:
        raise refusals.invalid_data(name)
    return ahead_s


TIME_ZONE = Parameter("timeZone", ahead_seconds, default=0)
