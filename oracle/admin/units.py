"""The oracle's numbers as people read them, and the latest round, which a page of rows needs for each."""

import time
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest

from access.operator_units import at, scaled
from ledger.money import format_atoms
from oracle.rules.quotes import PRICE_DECIMALS, SourceVerdict
from oracle.rules.view import PriceView
from oracle.selectors import NO_ROUND, committed_view

FRESH_S = 0.5
NS_PER_MS = 1_000_000
NOTHING = "-"
SIMULATED = "SIMULATED: these prices are made up. Nothing of this is a price of the real market."


@dataclass(slots=True)
class _Known:
    view: PriceView = NO_ROUND
    read_at: float = float("-inf")


_known = _Known()


def latest_view() -> PriceView:
    """As it was committed at most half a second ago."""
    if time.monotonic() - _known.read_at > FRESH_S:
        _known.view, _known.read_at = committed_view(), time.monotonic()
    return _known.view


def latest_verdict(source: str) -> SourceVerdict | None:
    return next((one for one in latest_view().verdicts if one.source == source), None)


def warn_of_simulation(request: HttpRequest) -> None:
    if latest_view().simulated:
        messages.warning(request, SIMULATED)


def now_ms() -> int:
    return time.time_ns() // NS_PER_MS


def price(price_e8: int | None) -> str:
    return NOTHING if price_e8 is None else format_atoms(price_e8, PRICE_DECIMALS)


def price_e8(value: Decimal, name: str) -> int:
    """Raises Precision, OutOfRange."""
    return scaled(value, PRICE_DECIMALS, name)


def word(value: bool) -> str:
    """Not the admin's icons: a red cross beside "is halted" would look like an alarm."""
    return "yes" if value else "no"


def moment(time_ms: int | None) -> str:
    """UTC to the millisecond."""
    return NOTHING if time_ms is None else at(time_ms * NS_PER_MS)[:-3]


def span(milliseconds: int | None) -> str:
    return NOTHING if milliseconds is None else f"{format_atoms(milliseconds, 3)} s"


def share(ppm: int | None) -> str:
    return NOTHING if ppm is None else f"{format_atoms(ppm, 4)} %"
