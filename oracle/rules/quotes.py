"""What a source says of a price, and what becomes of it. Prices are integers of 1e-8 USD, times ms UTC."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

PRICE_DECIMALS = 8
PRICE_ONE = 10**PRICE_DECIMALS
PPM = 10**6
DOLLAR = "USD"
BITCOIN = "BTC"


@dataclass(frozen=True, slots=True)
class Quote:
    """One source's price of one `base` in `currency`, both codes.

    `price_e8` and `confidence_e8` (None: it gives none) are in units of 1e-8 of the currency. `time_ms` is
    when the source says the price was true, or when it came where it says nothing. `unchanged_ms` is for how
    long it has been the very same price, however fresh its time.
    """

    source: str
    base: str
    currency: str
    price_e8: int
    time_ms: int
    confidence_e8: int | None = None
    unchanged_ms: int = 0
    simulated: bool = False


class Absent(StrEnum):
    """Why there is no quote of a source that was asked."""

    TIMED_OUT = "TIMED_OUT"
    UNREACHABLE = "UNREACHABLE"
    REFUSED = "REFUSED"  # an answer that says no: an HTTP status, the exchange's own error
    RATE_LIMITED = "RATE_LIMITED"
    MALFORMED = "MALFORMED"  # not the shape, not a finite number, too large
    BACKING_OFF = "BACKING_OFF"  # it failed before, and is not asked for a while
    NO_PRICE = "NO_PRICE"  # it answers that it has none now: an empty book, a market that is closed


@dataclass(frozen=True, slots=True)
class Absence:
    source: str
    reason: Absent
    detail: str = ""


class Verdict(StrEnum):
    """What became of a source in one round. KEPT alone moves the price."""

    KEPT = "KEPT"
    SHOWN = "SHOWN"  # of weight 0: displayed, never counted
    ABSENT = "ABSENT"
    DISABLED = "DISABLED"
    NOT_POSITIVE = "NOT_POSITIVE"
    IN_THE_FUTURE = "IN_THE_FUTURE"
    OUT_OF_BOUNDS = "OUT_OF_BOUNDS"
    AT_A_BOUND = "AT_A_BOUND"  # a feed that is stuck at its floor or ceiling is no price
    STALE = "STALE"
    FROZEN = "FROZEN"
    NO_CONVERSION = "NO_CONVERSION"  # in a currency whose own dollar price is not known
    DEVIATES = "DEVIATES"


class SourceVerdict(NamedTuple):
    """A tuple, for ten of them are made in each round.

    `price_e8` is in dollars, after conversion; `quoted_e8` as the source gave it; None: there is none.

    `deviation_ppm` is signed, from the median of the round, floored towards minus infinity. `detail` says
    more of ABSENT.
    """

    source: str
    verdict: Verdict
    base: str = BITCOIN
    currency: str = DOLLAR
    quoted_e8: int | None = None
    price_e8: int | None = None
    confidence_e8: int | None = None
    time_ms: int | None = None
    age_ms: int | None = None
    deviation_ppm: int | None = None
    weight: int = 1
    detail: str = ""
