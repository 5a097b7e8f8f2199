"""How the oracle's price looks to the outside, over HTTP and on sockets alike: decimal strings, and always
its state, its age, and whether it is simulated."""

from collections.abc import Collection, Iterable
from typing import Any

from access.errors import DomainError
from ledger.money import format_atoms
from oracle.models import Incident, Round
from oracle.rules.quotes import BITCOIN, DOLLAR, PRICE_DECIMALS, SourceVerdict
from oracle.rules.uses import WHO_MAY, allowed, display_price, liquidation_price, mint_price, pauses_of
from oracle.rules.view import Halt, PriceView, Use
from oracle.selectors_history import Average, Bar

Shown = dict[str, Any]


def render_price_e8(price_e8: int | None) -> str | None:
    return None if price_e8 is None else format_atoms(price_e8, PRICE_DECIMALS)


def render_view(view: PriceView, now_ms: int) -> Shown:
    """Everything but the sources. What may not be used is null, with the code that says why."""
    shown = display_price(view, now_ms)
    return {
        "base": BITCOIN,
        "currency": DOLLAR,
        "price": render_price_e8(shown.price_e8),
        "confidence": render_price_e8(shown.confidence_e8),
        "price_time_ms": None if view.last is None else view.last.time_ms,
        **render_state(view, now_ms),
        "mint": _mint(view, now_ms),
        "liquidation": _liquidation(view, now_ms),
        "twap": render_price_e8(view.twap_e8),
        "twap_covered_ms": view.twap_covered_ms,
        "round": {
            "round_id": str(view.round_id),
            "time_ms": view.round_ms,
            "refusal": view.refusal,
        },
        "policy_version": view.policy_version,
    }


def render_state(view: PriceView, now_ms: int) -> Shown:
    shown = display_price(view, now_ms)
    return {
        "state": shown.state,
        "reason": shown.reason or None,
        "may": _may(allowed(view, now_ms)),
        "age_ms": shown.age_ms,
        "simulated": shown.simulated,
        "time_ms": now_ms,
    }


def _may(uses: Collection[Use]) -> Shown:
    return {use.lower(): use in uses for use in Use}


def render_who_may() -> list[Shown]:
    """The whole table. A reason of null stands for none, and for any that is not listed."""
    return [
        {"state": state, "reason": reason or None, "may": _may(uses)}
        for (state, reason), uses in WHO_MAY.items()
    ]


def _mint(view: PriceView, now_ms: int) -> Shown:
    try:
        return {"price": render_price_e8(mint_price(view, now_ms).price_e8), "refusal": None}
    except DomainError as error:
        return {"price": None, "refusal": error.code}


def _liquidation(view: PriceView, now_ms: int) -> Shown:
    try:
        band = liquidation_price(view, now_ms)
    except DomainError as error:
        return {"lower": None, "upper": None, "refusal": error.code}
    return {
        "lower": render_price_e8(band.lower_e8),
        "upper": render_price_e8(band.upper_e8),
        "refusal": None,
    }


def render_sources(view: PriceView, now_ms: int) -> list[Shown]:
    """As they were in the latest round, but for their ages, which go on."""
    return render_verdicts(view.verdicts, max(0, now_ms - view.round_ms))


def render_verdicts(verdicts: Iterable[SourceVerdict], since_ms: int = 0) -> list[Shown]:
    """`since_ms`: what their ages have grown by since their round."""
    return [
        {
            "name": one.source,
            "verdict": one.verdict,
            "detail": one.detail,
            "base": one.base,
            "currency": one.currency,
            "quote": render_price_e8(one.quoted_e8),
            "price": render_price_e8(one.price_e8),
            "confidence": render_price_e8(one.confidence_e8),
            "time_ms": one.time_ms,
            "age_ms": None if one.age_ms is None else one.age_ms + since_ms,
            "deviation_ppm": one.deviation_ppm,
            "weight": one.weight,
        }
        for one in verdicts
    ]


def render_pauses(view: PriceView, now_ms: int) -> list[Shown]:
    return [{"kind": kind, "until_ms": until_ms} for kind, until_ms in pauses_of(view, now_ms).items()]


def render_halt(halt: Halt | None) -> Shown | None:
    return (
        None
        if halt is None
        else {
            "reason": halt.reason,
            "since_ms": halt.since_ms,
            "from_price": render_price_e8(halt.from_e8),
            "to_price": render_price_e8(halt.to_e8),
            "jump_ppm": halt.jump_ppm,
            "needs_two": halt.needs_two,
        }
    )


def render_incident(incident: Incident) -> Shown:
    """Without the operators' names, which are nobody else's business."""
    return {
        "incident_id": str(incident.pk),
        "kind": incident.kind,
        "reason": incident.reason,
        "began_ms": incident.began_ms,
        "until_ms": incident.until_ms,
        "ended_ms": incident.ended_ms,
        "from_price": render_price_e8(incident.from_e8),
        "to_price": render_price_e8(incident.to_e8),
        "move_ppm": incident.move_ppm,
        "needs_two": incident.needs_two,
    }


def render_round(row: Round) -> Shown:
    return {
        "round_id": str(row.pk),
        "time_ms": row.time_ms,
        "price": render_price_e8(row.price_e8),
        "confidence": render_price_e8(row.confidence_e8),
        "refusal": row.refusal or None,
        "halted": row.is_halted,
        "simulated": row.is_simulated,
        "policy_version": row.policy_version,
    }


def render_bar(bar: Bar) -> Shown:
    return {
        "start_ms": bar.start_s * 1_000,
        "open": render_price_e8(bar.open_e8),
        "high": render_price_e8(bar.high_e8),
        "low": render_price_e8(bar.low_e8),
        "close": render_price_e8(bar.close_e8),
        "rounds": bar.rounds,
        "simulated": bar.is_simulated,
    }


def render_average(average: Average) -> Shown:
    return {
        "twap": render_price_e8(average.price_e8),
        "window_ms": average.end_ms - average.start_ms,
        "start_ms": average.start_ms,
        "end_ms": average.end_ms,
        "covered_ms": average.covered_ms,
        "simulated": average.is_simulated,
    }
