"""What a price may be used for at a moment. Each use has its own type, so that none is passed for another."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from oracle.errors import (
    NoPrice,
    OracleDegraded,
    OracleHalted,
    OraclePaused,
    OracleStale,
    OracleUnconfirmed,
)
from oracle.rules.quotes import Verdict
from oracle.rules.view import Degraded, PriceView, Refusal, Stale, State, Use

ALL = frozenset(Use)
_DISPLAY = frozenset({Use.DISPLAY})
_PAUSED_BY = {Degraded.LIQUIDATIONS_PAUSED: Use.LIQUIDATE, Degraded.MINTING_PAUSED: Use.MINT}
# A reason that is not listed is an operator's own words, or none. Two pauses at once take both uses away.
WHO_MAY: Mapping[tuple[State, str], frozenset[Use]] = MappingProxyType(
    {
        (State.FRESH, ""): ALL,
        (State.DEGRADED, Degraded.SOURCES_MISSING.value): ALL,
        **{(State.DEGRADED, refusal.value): _DISPLAY for refusal in Refusal},
        **{(State.DEGRADED, reason.value): ALL - {use} for reason, use in _PAUSED_BY.items()},
        (State.STALE, ""): _DISPLAY,
        **{(State.STALE, reason.value): _DISPLAY for reason in (*Refusal, *Stale)},
        (State.HALTED, ""): _DISPLAY,
    }
)
_FINE = (Verdict.KEPT, Verdict.SHOWN, Verdict.DISABLED)


@dataclass(frozen=True, slots=True)
class MintPrice:
    """What collateral is worth when money is made of it or it is taken out: min(price - confidence, TWAP)."""

    price_e8: int
    round_id: int
    time_ms: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class LiquidationPrice:
    """What two rounds in a row agree on. A vault is judged by `upper_e8`, a short position by `lower_e8`:
    each gives its owner the benefit of the doubt."""

    upper_e8: int
    lower_e8: int
    round_id: int
    time_ms: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class DisplayPrice:
    """For eyes only. Both prices are None before the first one; `age_ms` too."""

    price_e8: int | None
    confidence_e8: int | None
    state: State
    reason: str
    age_ms: int | None
    round_id: int
    simulated: bool


def state_of(view: PriceView, now_ms: int) -> tuple[State, str, int | None]:
    """The state, its reason ("" where there is none to say), and the age of the last price."""
    since_ms = None if view.last is None else now_ms - view.last.time_ms
    age_ms = None if since_ms is None else max(0, since_ms)
    if view.halt is not None:
        return State.HALTED, view.halt.reason, age_ms
    if since_ms is None or abs(since_ms) > view.stale_after_ms:
        return State.STALE, _why_stale(view, now_ms), age_ms
    if view.refusal is not None:
        return State.DEGRADED, view.refusal.value, age_ms
    pauses = pauses_of(view, now_ms)
    if pauses:
        return State.DEGRADED, next(iter(pauses)).value, age_ms
    if missing_sources(view):
        return State.DEGRADED, Degraded.SOURCES_MISSING.value, age_ms
    return State.FRESH, "", age_ms


def _why_stale(view: PriceView, now_ms: int) -> str:
    """What keeps a new price from coming; "" where the next round may bring one, as just after a halt."""
    if view.last is not None and now_ms < view.last.time_ms:
        return Stale.CLOCKS_DIFFER.value  # nobody knows how old it is
    if now_ms - view.round_ms > view.stale_after_ms:
        return Stale.NO_ROUNDS.value
    return "" if view.refusal is None else view.refusal.value


def pauses_of(view: PriceView, now_ms: int) -> dict[Degraded, int]:
    """The breakers that hold at this moment, and until when."""
    ends = {
        Degraded.LIQUIDATIONS_PAUSED: view.liquidations_paused_until_ms,
        Degraded.MINTING_PAUSED: view.minting_paused_until_ms,
    }
    return {reason: until_ms for reason, until_ms in ends.items() if now_ms < until_ms}


def missing_sources(view: PriceView) -> list[str]:
    """The enabled sources of weight that the latest round had to do without."""
    return [one.source for one in view.verdicts if one.weight and one.verdict not in _FINE]


def allowed(view: PriceView, now_ms: int) -> frozenset[Use]:
    """Who may act now. Display is always in it."""
    state, reason, _ = state_of(view, now_ms)
    uses = WHO_MAY.get((state, reason)) or WHO_MAY[state, ""]
    return uses - {_PAUSED_BY[pause] for pause in pauses_of(view, now_ms)}


def mint_price(view: PriceView, now_ms: int) -> MintPrice:
    """Raises NoPrice or one of its kinds."""
    _require(Use.MINT, view, now_ms)
    assert view.last is not None
    assert view.twap_e8 is not None
    price_e8 = min(view.last.price_e8 - view.last.confidence_e8, view.twap_e8)
    return MintPrice(price_e8, view.round_id, view.last.time_ms, view.simulated)


def liquidation_price(view: PriceView, now_ms: int) -> LiquidationPrice:
    """Raises NoPrice or one of its kinds."""
    _require(Use.LIQUIDATE, view, now_ms)
    last, before = view.last, view.confirming
    assert last is not None
    if before is None:
        raise OracleUnconfirmed
    upper_e8 = max(last.price_e8 + last.confidence_e8, before.price_e8 + before.confidence_e8)
    lower_e8 = min(last.price_e8 - last.confidence_e8, before.price_e8 - before.confidence_e8)
    return LiquidationPrice(upper_e8, lower_e8, view.round_id, last.time_ms, view.simulated)


def display_price(view: PriceView, now_ms: int) -> DisplayPrice:
    state, reason, age_ms = state_of(view, now_ms)
    price_e8, confidence_e8 = (
        (None, None) if view.last is None else (view.last.price_e8, view.last.confidence_e8)
    )
    return DisplayPrice(price_e8, confidence_e8, state, reason, age_ms, view.round_id, view.simulated)


def _require(use: Use, view: PriceView, now_ms: int) -> None:
    """Raises what keeps this use from the price."""
    if use in allowed(view, now_ms):
        return
    state, reason, age_ms = state_of(view, now_ms)
    if view.halt is not None:
        raise OracleHalted(reason=reason, since_ms=view.halt.since_ms)
    if view.last is None:
        raise NoPrice
    if state is State.STALE:
        raise OracleStale(age_ms=age_ms, reason=reason)
    if view.refusal is not None:
        raise OracleDegraded(reason=reason)
    pause, until_ms = next(
        (pause, until_ms) for pause, until_ms in pauses_of(view, now_ms).items() if _PAUSED_BY[pause] is use
    )
    raise OraclePaused(reason=pause.value, until_ms=until_ms)
