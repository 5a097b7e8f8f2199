"""The oracle's price at one moment, and what may be done with it, as a value that travels."""

from dataclasses import dataclass
from enum import StrEnum

from oracle.rules.quotes import SourceVerdict


class Refusal(StrEnum):
    """Why a round gave no price."""

    INSUFFICIENT_SOURCES = "INSUFFICIENT_SOURCES"
    DISPERSED = "DISPERSED"
    WIDE_CONFIDENCE = "WIDE_CONFIDENCE"
    JUMP_UNCONFIRMED = "JUMP_UNCONFIRMED"  # 10 to 20 %, and not every configured source says so
    JUMP = "JUMP"  # more than that: halts until a person has looked


class State(StrEnum):
    FRESH = "FRESH"
    DEGRADED = "DEGRADED"
    STALE = "STALE"
    HALTED = "HALTED"


class Use(StrEnum):
    """What a price is wanted for."""

    MINT = "MINT"
    LIQUIDATE = "LIQUIDATE"
    DISPLAY = "DISPLAY"


class Degraded(StrEnum):
    """Reasons of DEGRADED beside the refusals of a round."""

    SOURCES_MISSING = "SOURCES_MISSING"
    LIQUIDATIONS_PAUSED = "LIQUIDATIONS_PAUSED"
    MINTING_PAUSED = "MINTING_PAUSED"


class Stale(StrEnum):
    """Reasons of STALE beside the refusals of a round."""

    NO_ROUNDS = "NO_ROUNDS"  # nobody makes any
    CLOCKS_DIFFER = "CLOCKS_DIFFER"  # by the clock here the price is of a time that has not come


@dataclass(frozen=True, slots=True)
class Band:
    """What one accepted round said: price and confidence, at a time."""

    price_e8: int
    confidence_e8: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class Halt:
    """`jump_ppm` is signed, 0 where an operator halted. Two operators resume where `needs_two`."""

    reason: str
    since_ms: int
    from_e8: int | None = None
    to_e8: int | None = None
    jump_ppm: int = 0
    needs_two: bool = False


@dataclass(frozen=True, slots=True)
class PriceView:
    """Everything known after the latest round. Its state depends on the time it is looked at.

    `last` is the last accepted round; `confirming` the accepted one before it that confirms it (None: a
    refused one stands in between). `refusal` is of the latest round. `twap_covered_ms` is how much of
    its window the TWAP covers. The `paused_until_ms` are the breakers', 0 where they have not tripped.
    """

    round_id: int
    round_ms: int
    last: Band | None
    confirming: Band | None
    refusal: Refusal | None
    verdicts: tuple[SourceVerdict, ...]
    twap_e8: int | None
    twap_covered_ms: int
    liquidations_paused_until_ms: int
    minting_paused_until_ms: int
    halt: Halt | None
    simulated: bool
    policy_version: int
    stale_after_ms: int
    max_deviation_ppm: int
