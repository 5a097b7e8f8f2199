"""Many quotes become one price, or a clear no, in the order of the eight steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from oracle.rules.medians import half_range_ceil, median_ceil, median_floor
from oracle.rules.policy import Policy
from oracle.rules.quotes import BITCOIN, PPM, Absence, Quote, SourceVerdict, Verdict
from oracle.rules.sifting import KEPT, Taken, sift, verdict_of
from oracle.rules.view import Refusal

# What an absent source's silence cannot be held against: nobody counts on these.
_NOT_COUNTED = (Verdict.SHOWN, Verdict.DISABLED)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`price_e8` and `confidence_e8`, or the `refusal`.

    `median_e8` is that of step 4, from which sources deviate. `candidate_e8` is the price that steps 6 to 8
    judged, refused or not. `simulated`: a kept quote is.
    """

    price_e8: int | None
    confidence_e8: int | None
    refusal: Refusal | None
    verdicts: tuple[SourceVerdict, ...]
    median_e8: int | None = None
    candidate_e8: int | None = None
    simulated: bool = False


def aggregate(
    quotes: Iterable[Quote],
    policy: Policy,
    now_ms: int,
    absences: Iterable[Absence] = (),
    last_good_e8: int | None = None,
) -> Aggregate:
    """Steps 1 to 8. `last_good_e8` None: nothing to jump from. At most one quote of each source."""
    taken = sift(quotes, absences, policy, now_ms)
    bitcoin = [one for one in taken if one.verdict is KEPT and one.base == BITCOIN]
    if len(bitcoin) < policy.min_sources:
        return _result(taken, now_ms, Refusal.INSUFFICIENT_SOURCES)
    median_e8 = median_floor(_prices(bitcoin))
    kept = _near(bitcoin, median_e8, policy.max_deviation_ppm)
    if len(kept) < policy.min_sources:
        return _result(taken, now_ms, Refusal.DISPERSED, median_e8)
    prices = _prices(kept)
    price_e8 = median_floor(prices)
    confidence_e8 = max(half_range_ceil(prices), _stated_confidence(kept))
    if confidence_e8 * PPM > price_e8 * policy.max_confidence_ppm:
        return _result(taken, now_ms, Refusal.WIDE_CONFIDENCE, median_e8, price_e8)
    refusal = _jump(price_e8, last_good_e8, policy, taken)
    return _result(taken, now_ms, refusal, median_e8, price_e8, confidence_e8)


def _prices(taken: Sequence[Taken]) -> list[int]:
    prices = []
    for one in taken:
        if one.price_e8 is not None:
            prices += [one.price_e8] if one.weight == 1 else [one.price_e8] * one.weight
    prices.sort()
    return prices


def _near(taken: Sequence[Taken], median_e8: int, max_deviation_ppm: int) -> list[Taken]:
    """Step 5: those that are not too far from the median; the others hear why."""
    # As whole prices: price - median <= share * median, and it is an integer that is compared.
    most = median_e8 * max_deviation_ppm // PPM
    low, high = median_e8 - most, median_e8 + most
    near = []
    for one in taken:
        if one.price_e8 is not None and low <= one.price_e8 <= high:
            near.append(one)
        else:
            one.verdict = Verdict.DEVIATES
    return near


def _stated_confidence(taken: Sequence[Taken]) -> int:
    stated: list[int] = []
    for one in taken:
        if one.confidence_e8 is not None:
            stated += [one.confidence_e8] * one.weight
    stated.sort()
    return median_ceil(stated) if stated else 0


def _jump(price_e8: int, last_good_e8: int | None, policy: Policy, taken: Sequence[Taken]) -> Refusal | None:
    """Step 8: how far from the last good price, and how many say so."""
    if last_good_e8 is None:
        return None
    jump = abs(price_e8 - last_good_e8) * PPM
    if jump <= last_good_e8 * policy.accepted_jump_ppm:
        return None
    if jump > last_good_e8 * policy.halting_jump_ppm:
        return Refusal.JUMP
    return None if all(_is_no_loss(one) for one in taken) else Refusal.JUMP_UNCONFIRMED


def _is_no_loss(one: Taken) -> bool:
    return one.verdict is KEPT or one.weight == 0 or one.verdict in _NOT_COUNTED


def _result(
    taken: Sequence[Taken],
    now_ms: int,
    refusal: Refusal | None,
    median_e8: int | None = None,
    candidate_e8: int | None = None,
    confidence_e8: int | None = None,
) -> Aggregate:
    accepted = refusal is None
    return Aggregate(
        candidate_e8 if accepted else None,
        confidence_e8 if accepted else None,
        refusal,
        tuple([verdict_of(one, now_ms, median_e8) for one in taken]),
        median_e8,
        candidate_e8,
        any(one.quote.simulated for one in taken if one.verdict is KEPT and one.quote is not None),
    )
