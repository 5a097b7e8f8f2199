"""What the oracle decides, purely: integers of 1e-8 USD, milliseconds of UTC, no clock and no chance."""

from oracle.rules.aggregating import Aggregate, aggregate
from oracle.rules.parsing import PriceError, parse_confidence, parse_price
from oracle.rules.policy import Breaker, Policy, SourceTerms
from oracle.rules.quotes import Absence, Absent, Quote, SourceVerdict, Verdict
from oracle.rules.track import Decided, PriceTrack
from oracle.rules.twap import twap
from oracle.rules.uses import (
    WHO_MAY,
    DisplayPrice,
    LiquidationPrice,
    MintPrice,
    allowed,
    display_price,
    liquidation_price,
    mint_price,
    state_of,
)
from oracle.rules.view import Band, Degraded, Halt, PriceView, Refusal, Stale, State, Use

__all__ = [
    "WHO_MAY",
    "Absence",
    "Absent",
    "Aggregate",
    "Band",
    "Breaker",
    "Decided",
    "Degraded",
    "DisplayPrice",
    "Halt",
    "LiquidationPrice",
    "MintPrice",
    "Policy",
    "PriceError",
    "PriceTrack",
    "PriceView",
    "Quote",
    "Refusal",
    "SourceTerms",
    "SourceVerdict",
    "Stale",
    "State",
    "Use",
    "Verdict",
    "aggregate",
    "allowed",
    "display_price",
    "liquidation_price",
    "mint_price",
    "parse_confidence",
    "parse_price",
    "state_of",
    "twap",
]
