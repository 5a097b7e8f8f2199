"""Types of the API: what answers about oracle are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import PriceOrigin, PriceState, RoundRefusal, SourceVerdict


class Halt(Model, frozen=True, kw_only=True):
    """jump_ppm: 0 where an operator halted.
    needs_two: Two different operators have to resume it.
    """

    reason: str
    since_ms: int
    from_price: str | None
    to_price: str | None
    jump_ppm: int
    needs_two: bool


class PriceSource(Model, frozen=True, kw_only=True):
    """One source in the latest round, and what became of it. KEPT alone moves the price.

    name: kind:pair
    detail: Says more of ABSENT.
    currency: What it quotes in.
    quote: In that currency.
    price: In dollars.
    confidence: Its own, where it gives one.
    deviation_ppm: From the round's median, in millionths.
    weight: 0: shown only.
    """

    name: str
    verdict: SourceVerdict
    detail: str
    base: str
    currency: str
    quote: str | None
    price: str | None
    confidence: str | None
    time_ms: int | None
    age_ms: int | None
    deviation_ppm: int | None
    weight: int


class Round(Model, frozen=True, kw_only=True):
    """price: null: it was refused, or the oracle was halted.
    simulated: true: made up, by a simulation that a setting asked for. It is worth nothing.
    sources: Only where asked for.
    """

    round_id: str
    time_ms: int
    price: str | None
    confidence: str | None
    refusal: RoundRefusal | None
    halted: bool
    simulated: bool
    policy_version: int
    sources: list[PriceSource] | None = None


class History(Model, frozen=True, kw_only=True):
    rounds: list[Round]
    next_cursor: str | None


class Incident(Model, frozen=True, kw_only=True):
    """kind: One of HALT, LIQUIDATIONS_PAUSED, MINTING_PAUSED.
    until_ms: When it ends by itself; null: never.
    """

    incident_id: str
    kind: str
    reason: str
    began_ms: int
    until_ms: int | None
    ended_ms: int | None
    from_price: str | None
    to_price: str | None
    move_ppm: int
    needs_two: bool


class LatestRound(Model, frozen=True, kw_only=True):
    """Accepted or not.

    round_id: 0: there was none yet.
    refusal: Why it gave no price.
    """

    round_id: str
    time_ms: int
    refusal: RoundRefusal | None


class Liquidation(Model, frozen=True, kw_only=True):
    """Confirmed by two consecutive rounds: the widest band of both.

    lower: The lowest price minus confidence.
    upper: The highest price plus confidence.
    refusal: Why there is none.
    """

    lower: str | None
    upper: str | None
    refusal: str | None


class May(Model, frozen=True, kw_only=True):
    """What the price may be used for now. Display is always allowed, with the state and the age beside it.

    mint: To mint, and to withdraw collateral.
    """

    mint: bool
    liquidate: bool
    display: bool


class Mint(Model, frozen=True, kw_only=True):
    """price: The lower of price minus confidence, and the time-weighted average.
    refusal: Why there is none.
    """

    price: str | None
    refusal: str | None


class OracleCandle(Model, frozen=True, kw_only=True):
    """Of the accepted prices.

    rounds: How many prices; 0: the close before stands for it.
    simulated: true: made up, by a simulation that a setting asked for. It is worth nothing.
    """

    start_ms: int
    open: str
    high: str
    low: str
    close: str
    rounds: int
    simulated: bool


class OracleCandles(Model, frozen=True, kw_only=True):
    interval: str
    candles: list[OracleCandle]


class Pause(Model, frozen=True, kw_only=True):
    """kind: LIQUIDATIONS_PAUSED or MINTING_PAUSED.
    until_ms: When it ends by itself, if the price has calmed down.
    """

    kind: str
    until_ms: int


class WhoMay(Model, frozen=True, kw_only=True):
    state: str
    reason: str | None
    may: May


class OracleState(Model, frozen=True, kw_only=True):
    """What may be done with the price, and what keeps more from being done.

    reason: null: there is none to say.
    age_ms: Of the price; null where there never was one.
    simulated: true: made up, by a simulation that a setting asked for. It is worth nothing.
    time_ms: When this was said.
    origin: LIVE: as the rounds are announced. STORED: read from the latest stored round, because the
        announcements do not come.
    pauses: What the breakers have paused.
    open_incidents: null: they cannot be read now; the rest holds.
    latest_incidents: Latest first, at most 20.
    who_may: The whole table: what may be done in which state.
    """

    state: PriceState
    reason: str | None
    may: May
    age_ms: int | None
    simulated: bool
    time_ms: int
    origin: PriceOrigin
    pauses: list[Pause]
    halt: Halt | None
    open_incidents: list[Incident] | None
    latest_incidents: list[Incident] | None
    who_may: list[WhoMay]


class Price(Model, frozen=True, kw_only=True):
    """The price, what it is made of, and what may be done with it now.

    reason: null: there is none to say.
    age_ms: Of the price; null where there never was one.
    simulated: true: made up, by a simulation that a setting asked for. It is worth nothing.
    time_ms: When this was said.
    origin: LIVE: as the rounds are announced. STORED: read from the latest stored round, because the
        announcements do not come.
    price: The last accepted one, however old; null where there never was one.
    twap: The time-weighted average of the policy's window.
    twap_covered_ms: How much of that window there are prices of.
    """

    state: PriceState
    reason: str | None
    may: May
    age_ms: int | None
    simulated: bool
    time_ms: int
    origin: PriceOrigin
    base: str
    currency: str
    price: str | None
    confidence: str | None
    price_time_ms: int | None
    mint: Mint
    liquidation: Liquidation
    twap: str | None
    twap_covered_ms: int
    round: LatestRound
    policy_version: int
    sources: list[PriceSource]


class Twap(Model, frozen=True, kw_only=True):
    """Each accepted price counts for as long as it was the last one.

    twap: null: there is no price of that time.
    covered_ms: For how much of the window there are prices.
    simulated: true: made up, by a simulation that a setting asked for. It is worth nothing.
    """

    twap: str | None
    window_ms: int
    start_ms: int
    end_ms: int
    covered_ms: int
    simulated: bool
