"""The first two steps of a round: which quotes count, in dollars, and why the others do not."""

from collections.abc import Iterable

from oracle.rules.medians import median_floor
from oracle.rules.names import HOUSE
from oracle.rules.parsing import MAX_PRICE_E8
from oracle.rules.policy import Policy, SourceTerms
from oracle.rules.quotes import (
    BITCOIN,
    DOLLAR,
    PPM,
    PRICE_ONE,
    Absence,
    Absent,
    Quote,
    SourceVerdict,
    Verdict,
)

KEPT = Verdict.KEPT
_HOUSE = f"{HOUSE}:"
_MOST = 2**62  # what any column and any wire holds; of no price, time or confidence is it near
_MOST_DEVIATION_PPM = 10**12
_UNKNOWN = SourceTerms(weight=0)


class Taken:
    """One source on its way through a round. `price_e8`, `confidence_e8`, `time_ms`: after conversion."""

    __slots__ = (
        "base",
        "confidence_e8",
        "currency",
        "detail",
        "price_e8",
        "quote",
        "source",
        "terms",
        "time_ms",
        "verdict",
        "weight",
    )

    def __init__(self, source: str, terms: SourceTerms, quote: Quote | None, absence: Absence | None) -> None:
        self.source = source
        self.terms = terms
        self.weight = weight = 0 if source.startswith(_HOUSE) else terms.weight
        self.detail = ""
        if quote is not None and not _is_storable(quote):
            quote, absence = None, Absence(source, Absent.MALFORMED, "out of any range")
        self.quote = quote
        if quote is not None:
            self.base, self.currency = quote.base, quote.currency
            self.price_e8: int | None = quote.price_e8
            self.confidence_e8 = quote.confidence_e8
            self.time_ms = quote.time_ms
            self.verdict = KEPT if weight else Verdict.SHOWN
        else:
            self.base, self.currency, self.verdict = terms.base, terms.currency, Verdict.ABSENT
            self.price_e8 = self.confidence_e8 = None
            self.time_ms = 0
            if absence is not None:
                self.detail = (
                    f"{absence.reason}: {absence.detail}" if absence.detail else absence.reason.value
                )
        if weight and not terms.enabled:
            self.verdict = Verdict.DISABLED


def sift(quotes: Iterable[Quote], absences: Iterable[Absence], policy: Policy, now_ms: int) -> list[Taken]:
    """One for each source, in the policy's order, then those it does not name. At most one quote of each."""
    taken = _of_each_source(quotes, absences, policy)
    quoted = [(one, one.quote) for one in taken if one.quote is not None]
    for one, quote in quoted:
        if one.verdict is KEPT:
            one.verdict = _as_quoted(one, quote, policy, now_ms)
    in_dollars = policy.as_dollars | {DOLLAR}
    rates = [(one, quote) for one, quote in quoted if one.base != BITCOIN]
    for one, quote in rates:
        if one.currency not in in_dollars:
            _convert(one, quote, None)
        if one.verdict is KEPT:
            one.verdict = _by_age(one, quote, policy, now_ms)
    dollars_for = _rates(rates)
    for one, quote in quoted:
        if one.base == BITCOIN:
            if one.currency not in in_dollars:
                _convert(one, quote, dollars_for.get(one.currency))
            if one.verdict is KEPT:
                one.verdict = _by_age(one, quote, policy, now_ms)
    return taken


def _of_each_source(quotes: Iterable[Quote], absences: Iterable[Absence], policy: Policy) -> list[Taken]:
    quoted: dict[str, Quote] = {}
    for quote in quotes:
        assert quote.source not in quoted, f"two quotes of {quote.source}"
        quoted[quote.source] = quote
    missing = {absence.source: absence for absence in absences}
    taken = [
        Taken(name, terms, quoted.pop(name, None), missing.pop(name, None))
        for name, terms in policy.sources.items()
    ]
    for name in sorted(quoted.keys() | missing.keys()):
        taken.append(Taken(name, _UNKNOWN, quoted.get(name), missing.get(name)))
    return taken


def _as_quoted(one: Taken, quote: Quote, policy: Policy, now_ms: int) -> Verdict:
    """Step 1: what is no price at all, in the source's own currency."""
    terms = one.terms
    price_e8 = quote.price_e8
    if price_e8 <= 0:
        return Verdict.NOT_POSITIVE
    if quote.confidence_e8 is not None and quote.confidence_e8 < 0:
        one.detail = "confidence"
        return Verdict.NOT_POSITIVE
    if quote.time_ms - now_ms > policy.max_future_ms:
        return Verdict.IN_THE_FUTURE
    if price_e8 < terms.min_price_e8 or price_e8 > terms.max_price_e8:
        return Verdict.OUT_OF_BOUNDS
    if price_e8 in (terms.min_price_e8, terms.max_price_e8):
        return Verdict.AT_A_BOUND
    return KEPT


def _rates(rates: Iterable[tuple[Taken, Quote]]) -> dict[str, tuple[int, int]]:
    """Of each currency its median in dollars (1e-8), and the time of the oldest quote in it."""
    own: dict[str, list[Taken]] = {}
    for one, _ in rates:
        if one.verdict is KEPT:
            own.setdefault(one.base, []).append(one)
    return {
        currency: (
            median_floor(sorted(one.price_e8 or 0 for one in known for _ in range(one.weight))),
            min(one.time_ms for one in known),
        )
        for currency, known in own.items()
    }


def _convert(one: Taken, quote: Quote, rate: tuple[int, int] | None) -> None:
    """Into dollars. What has no rate has no price."""
    one.price_e8 = one.confidence_e8 = None
    if rate is None:
        if one.verdict is KEPT:
            one.verdict = Verdict.NO_CONVERSION
        return
    rate_e8, rate_ms = rate
    one.time_ms = min(quote.time_ms, rate_ms)
    price_e8 = quote.price_e8 * rate_e8 // PRICE_ONE
    if 0 < price_e8 <= MAX_PRICE_E8:
        one.price_e8 = price_e8
    elif one.verdict is KEPT:
        one.verdict = Verdict.OUT_OF_BOUNDS
    if quote.confidence_e8 is not None:
        one.confidence_e8 = min(_MOST, -(-quote.confidence_e8 * rate_e8 // PRICE_ONE))


def _by_age(one: Taken, quote: Quote, policy: Policy, now_ms: int) -> Verdict:
    """Step 2. A dollar may stay worth a dollar for hours, so a stablecoin's rate cannot freeze."""
    limit_ms = policy.max_age_ms if one.terms.max_age_ms is None else one.terms.max_age_ms
    if now_ms - one.time_ms > limit_ms:
        return Verdict.STALE
    if 0 < policy.frozen_after_ms < quote.unchanged_ms and one.base == BITCOIN:
        return Verdict.FROZEN
    return KEPT


def verdict_of(one: Taken, now_ms: int, median_e8: int | None) -> SourceVerdict:
    """What is said of it outside."""
    quote, price_e8 = one.quote, one.price_e8
    if quote is None:
        return SourceVerdict(
            one.source, one.verdict, one.base, one.currency, weight=one.weight, detail=one.detail
        )
    deviation_ppm = None
    if median_e8 and price_e8 is not None and one.base == BITCOIN:
        deviation_ppm = (price_e8 - median_e8) * PPM // median_e8
        if deviation_ppm > _MOST_DEVIATION_PPM:
            deviation_ppm = _MOST_DEVIATION_PPM
    return SourceVerdict(
        one.source,
        one.verdict,
        one.base,
        one.currency,
        quote.price_e8,
        price_e8,
        one.confidence_e8,
        one.time_ms,
        now_ms - one.time_ms if one.time_ms < now_ms else 0,
        deviation_ppm,
        one.weight,
        one.detail,
    )


def _is_storable(quote: Quote) -> bool:
    """A source of numbers beyond all sense must not keep a round from being written down."""
    confidence_e8 = quote.confidence_e8
    return (
        -_MOST < quote.price_e8 < _MOST
        and -_MOST < quote.time_ms < _MOST
        and (confidence_e8 is None or -_MOST < confidence_e8 < _MOST)
    )
