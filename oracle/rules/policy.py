"""The numbers by which quotes become a price. A policy is versioned: who changes it makes another one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from oracle.rules.quotes import BITCOIN, DOLLAR, PRICE_ONE


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """How one source is taken. `weight` is how many times its quote stands in the median (0: shown only); it
    counts as one source whatever its weight. Outside (min, max) it is no price, and at a bound neither.
    `max_age_ms` None: the policy's."""

    weight: int = 1
    min_price_e8: int = 0
    max_price_e8: int = 10**9 * PRICE_ONE
    max_age_ms: int | None = None
    enabled: bool = True
    base: str = BITCOIN
    currency: str = DOLLAR


@dataclass(frozen=True, slots=True)
class Breaker:
    """Trips where the price moves by more than `move_ppm` within `window_ms`; ends after `cooldown_ms`."""

    move_ppm: int
    window_ms: int
    cooldown_ms: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Figures of formulas.md by default. Times are ms, shares ppm.

    `sources` are the configured ones, by name; a quote of any other is not counted. `as_dollars` names
    currencies taken for dollars: for recorded series alone, a live policy has none.
    """

    version: int = 0
    sources: Mapping[str, SourceTerms] = field(default_factory=dict)
    min_sources: int = 3
    max_age_ms: int = 30_000
    max_future_ms: int = 5_000
    frozen_after_ms: int = 600_000  # 0: never
    max_deviation_ppm: int = 20_000
    max_confidence_ppm: int = 10_000
    accepted_jump_ppm: int = 100_000
    halting_jump_ppm: int = 200_000
    stale_after_ms: int = 10_000
    confirm_after_ms: int = 1_000
    twap_window_ms: int = 3_600_000
    liquidations: Breaker = Breaker(100_000, 60_000, 300_000)
    minting: Breaker = Breaker(200_000, 600_000, 1_800_000)
    as_dollars: frozenset[str] = frozenset()

    @property
    def memory_ms(self) -> int:
        """How far back a track has to remember."""
        return max(self.twap_window_ms, self.liquidations.window_ms, self.minting.window_ms)
