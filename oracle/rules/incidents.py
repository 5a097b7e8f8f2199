"""What goes wrong with the price, as it begins, lasts and ends; and the past from which a track goes on."""

from dataclasses import dataclass
from enum import StrEnum

from oracle.rules.quotes import SourceVerdict
from oracle.rules.view import Refusal


class Kind(StrEnum):
    HALT = "HALT"
    LIQUIDATIONS_PAUSED = "LIQUIDATIONS_PAUSED"
    MINTING_PAUSED = "MINTING_PAUSED"


@dataclass(frozen=True, slots=True)
class Begun:
    """`until_ms` None: not by itself. `move_ppm` is signed, 0 where an operator did it."""

    kind: Kind
    began_ms: int
    until_ms: int | None
    reason: str
    from_e8: int | None = None
    to_e8: int | None = None
    move_ppm: int = 0
    needs_two: bool = False


@dataclass(frozen=True, slots=True)
class Prolonged:
    kind: Kind
    until_ms: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A pause ends by itself at the end of its cooldown, though a later round finds it."""

    kind: Kind
    ended_ms: int


@dataclass(frozen=True, slots=True)
class PastRound:
    """A decided round as it is stored. A refused one, or one while the oracle was halted, has no price."""

    round_id: int
    time_ms: int
    price_e8: int | None
    confidence_e8: int | None
    refusal: Refusal | None
    cumulative: int
    simulated: bool
    verdicts: tuple[SourceVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class PastIncident:
    """`ended_ms` None: it is open. `by_operator`: it did not end by itself; then rounds up to that time came
    before, and all later ones after."""

    begun: Begun
    ended_ms: int | None = None
    by_operator: bool = False
