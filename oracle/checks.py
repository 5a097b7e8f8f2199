"""What health asks of the oracle: who may act on its price now, and how each source is.

Asked of the committed row: what money would be moved by.
"""

import time

from django.conf import settings

from access.errors import DomainError
from health.registry import Check, Finding, Gauge
from health.rules import Status
from oracle.rules.quotes import SourceVerdict, Verdict
from oracle.rules.uses import allowed, display_price, liquidation_price, mint_price
from oracle.rules.view import PriceView, State, Use
from oracle.selectors import committed_view

NS_PER_MS = 1_000_000
_STATES = tuple(State)
_FINE = (Verdict.KEPT, Verdict.SHOWN, Verdict.DISABLED)


def _now_ms() -> int:
    return time.time_ns() // NS_PER_MS


def price() -> list[Finding]:
    """Nothing is said where nobody is asked for prices: then there is no oracle."""
    if not settings.ORACLE_SOURCES:
        return []
    now_ms = _now_ms()
    view = committed_view()
    shown = display_price(view, now_ms)
    figures = {"state": _STATES.index(shown.state), "simulated": int(shown.simulated)}
    if view.last is not None:
        figures |= {
            "price_e8": view.last.price_e8,
            "confidence_e8": view.last.confidence_e8,
            "age_ms": shown.age_ms or 0,
        }
    status = {State.FRESH: Status.OK, State.STALE: Status.FAIL}.get(shown.state, Status.WARN)
    parts = [shown.state.value, shown.reason] if status is not Status.OK else []
    if shown.state is State.STALE:
        age = "no price yet" if view.last is None else f"the last price is {shown.age_ms} ms old"
        parts = [shown.reason, age]
    return [Finding(status, ": ".join(part for part in parts if part), figures=figures)]


def minting() -> list[Finding]:
    return _use(Use.MINT)


def liquidations() -> list[Finding]:
    return _use(Use.LIQUIDATE)


def _use(use: Use) -> list[Finding]:
    """A price that waits for its second round is no failure."""
    if not settings.ORACLE_SOURCES:
        return []
    now_ms, view = _now_ms(), committed_view()
    try:
        (mint_price if use is Use.MINT else liquidation_price)(view, now_ms)
    except DomainError as error:
        status = Status.WARN if use in allowed(view, now_ms) else Status.FAIL
        return [Finding(status, error.code, figures={"allowed": 0})]
    return [Finding(Status.OK, figures={"allowed": 1})]


def sources() -> list[Finding]:
    view = committed_view()
    elapsed_ms = max(0, _now_ms() - view.round_ms)
    named = set(settings.ORACLE_SOURCES)
    return [_source(one, view, elapsed_ms) for one in view.verdicts if one.source in named]


def _source(one: SourceVerdict, view: PriceView, elapsed_ms: int) -> Finding:
    figures = {"kept": int(one.verdict is Verdict.KEPT)}
    if one.age_ms is not None:
        figures["age_ms"] = one.age_ms + elapsed_ms
    if one.deviation_ppm is not None:
        figures["deviation_ppm"] = one.deviation_ppm
    is_fine = one.verdict in _FINE or not one.weight
    message = "" if is_fine else f"{one.verdict.value} {one.detail.partition(':')[0]}".strip()
    return Finding(Status.OK if is_fine else Status.WARN, message, one.source, figures)


_ALLOWED = {"allowed": Gauge("Whether the price may be used for it now.")}
CHECKS = (
    Check(
        "oracle",
        "There is a fresh price of bitcoin",
        price,
        stops=("prices",),
        gauges={
            "state": Gauge("State of the price: 0 FRESH, 1 DEGRADED, 2 STALE, 3 HALTED."),
            "simulated": Gauge("Whether the price is made up."),
            "price_e8": Gauge("The last accepted price, in 1e-8 dollars."),
            "confidence_e8": Gauge("Confidence of the last accepted price, in 1e-8 dollars."),
            "age_ms": Gauge("How old the last accepted price is."),
        },
    ),
    Check("oracle_minting", "The price may be minted by", minting, stops=("minting",), gauges=_ALLOWED),
    Check(
        "oracle_liquidations",
        "The price may be liquidated by",
        liquidations,
        stops=("liquidations",),
        gauges=_ALLOWED,
    ),
    Check(
        "oracle_source",
        "Each source's quote is kept",
        sources,
        label="source",
        gauges={
            "kept": Gauge("Whether the source's quote counted in the latest round."),
            "age_ms": Gauge("How old the source's quote is."),
            "deviation_ppm": Gauge("How far the source's quote is from the median."),
        },
    ),
)
