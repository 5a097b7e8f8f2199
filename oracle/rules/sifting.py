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
        self.quote = quote
        self.weight = 0 if source.startswith(_HOUSE) else terms.weight
        self.price_e8: int | None = None
        self.confidence_e8: int | None = None
        self.time_ms = 0
        self.detail = ""
        if quote is not None and not _is_storable(quote):
            quote, self.quote, absence = None, None, Absence(source, Absent.MALFORMED, "out of any range")
        if quote is not None:
            self.base, self.currency, self.time_ms = quote.base, quote.currency, quote.time_ms
            self.verdict = KEPT if self.weight else Verdict.SHOWN
        else:
            self.base, self.currency, self.verdict = terms.base, terms.currency, Verdict.ABSENT
            if absence is not None:
                self.detail = (
                    f"{absence.reason}: {absence.detail}" if absence.detail else absence.reason.value
                )
        if self.weight and not terms.enabled:
            self.verdict = Verdict.DISABLED


def sift(quotes: Iterable[Quote], absences: Iterable[Absence], policy: Policy, now_ms: int) -> list[Taken]:
    """One for each source, in the policy's order, then those it does not name. At most one quote of each."""
    taken = _of_each_source(quotes, absences, policy)
    for one in taken:
        if one.verdict is KEPT:
            one.verdict = _as_quoted(one, policy, now_ms)
    in_dollars = policy.as_dollars | {DOLLAR}
    rates = [one for one in taken if one.base != BITCOIN]
    for one in rates:
        _take_for_dollars(one, one.currency in in_dollars)
        _drop_old(one, policy, now_ms)
    dollars_for = _rates({one.currency for one in taken} - in_dollars, rates)
    for one in taken:
        if one.base == BITCOIN and one.quote is not None:
            if one.currency in in_dollars:
                _take_for_dollars(one, True)
            else:
                _convert(one, dollars_for.get(one.currency))
            _drop_old(one, policy, now_ms)
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


def _as_quoted(one: Taken, policy: Policy, now_ms: int) -> Verdict:
    """Step 1: what is no price at all, in the source's own currency."""
    quote, terms = one.quote, one.terms
    assert quote is not None
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


def _take_for_dollars(one: Taken, in_dollars: bool) -> None:
    quote = one.quote
    if quote is None:
        return
    if in_dollars:
        one.price_e8, one.confidence_e8 = quote.price_e8, quote.confidence_e8
    elif one.verdict is KEPT:
        one.verdict = Verdict.NO_CONVERSION


def _rates(currencies: Iterable[str], rates: list[Taken]) -> dict[str, tuple[int, int]]:
    """Of each currency its median in dollars (1e-8), and the time of the oldest quote in it."""
    found: dict[str, tuple[int, int]] = {}
    for currency in currencies:
        own = [one for one in rates if one.base == currency and one.verdict is KEPT]
        if own:
            prices = sorted(one.price_e8 or 0 for one in own for _ in range(one.weight))
            found[currency] = median_floor(prices), min(one.time_ms for one in own)
    return found


def _convert(one: Taken, rate: tuple[int, int] | None) -> None:
    quote = one.quote
    assert quote is not None
    if rate is None:
        if one.verdict is KEPT:
            one.verdict = Verdict.NO_CONVERSION
        return
    rate_e8, rate_ms = rate
    price_e8 = quote.price_e8 * rate_e8 // PRICE_ONE
    one.time_ms = min(quote.time_ms, rate_ms)
    if 0 < price_e8 <= MAX_PRICE_E8:
        one.price_e8 = price_e8
    elif one.verdict is KEPT:
        one.verdict = Verdict.OUT_OF_BOUNDS
    if quote.confidence_e8 is not None:
        one.confidence_e8 = min(_MOST, -(-quote.confidence_e8 * rate_e8 // PRICE_ONE))


def _drop_old(one: Taken, policy: Policy, now_ms: int) -> None:
    """Step 2. A dollar may stay worth a dollar for hours, so a stablecoin's rate cannot freeze."""
    if one.verdict is not KEPT or one.quote is None:
        return
    limit_ms = policy.max_age_ms if one.terms.max_age_ms is None else one.terms.max_age_ms
    if now_ms - one.time_ms > limit_ms:
        one.verdict = Verdict.STALE
    elif 0 < policy.frozen_after_ms < one.quote.unchanged_ms and one.base == BITCOIN:
        one.verdict = Verdict.FROZEN


def verdict_of(one: Taken, now_ms: int, median_e8: int | None) -> SourceVerdict:
    """What is said of it outside."""
    quote, price_e8 = one.quote, one.price_e8
    if quote is None:
        return SourceVerdict(
            one.source, one.verdict, one.base, one.currency, weight=one.weight, detail=one.detail
        )
    deviation_ppm = None
    if median_e8 and price_e8 is not None and one.base == BITCOIN:
        deviation_ppm = min((price_e8 - median_e8) * PPM // median_e8, _MOST_DEVIATION_PPM)
    return SourceVerdict(
        one.source,
        one.verdict,
        one.base,
        one.currency,
        quote.price_e8,
        price_e8,
        one.confidence_e8,
        one.time_ms,
        max(0, now_ms - one.time_ms),
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
