"""The eight steps, averages and breakers once more, naively and in fractions, to compare the rules with."""

import statistics
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from oracle.rules import Policy, Quote, Verdict

Kept = list[tuple[Quote, Fraction, Fraction | None]]


def fair_price(
    quotes: Sequence[Quote], policy: Policy, now_ms: int, last_good_e8: int | None
) -> tuple[int | None, int | None, str | None, dict[str, Verdict]]:
    """Price, confidence, refusal, and the verdict of each quote of a configured source of weight."""
    verdicts = {one.source: first_step(one, policy, now_ms) for one in quotes}
    rates = [one for one in quotes if one.base != "BTC" and verdicts[one.source] is Verdict.KEPT]
    for one in rates:
        verdicts[one.source] = second_step(one, one.time_ms, policy, now_ms)
    kept: Kept = []
    for one in quotes:
        if one.base != "BTC" or verdicts[one.source] is not Verdict.KEPT:
            continue
        worth, time_ms = Fraction(1), one.time_ms
        if one.currency != "USD":
            own = [
                each for each in rates if verdicts[each.source] is Verdict.KEPT and each.base == one.currency
            ]
            if not own:
                verdicts[one.source] = Verdict.NO_CONVERSION
                continue
            each_rate = [Fraction(each.price_e8) for each in own for _ in range(weight(each, policy))]
            worth = Fraction(floor(statistics.median(each_rate)), 10**8)
            time_ms = min(time_ms, *(each.time_ms for each in own))
        if one.price_e8 * worth < 1:
            verdicts[one.source] = Verdict.OUT_OF_BOUNDS
            continue
        verdicts[one.source] = second_step(one, time_ms, policy, now_ms)
        stated = None if one.confidence_e8 is None else Fraction(ceil(one.confidence_e8 * worth))
        kept.append((one, Fraction(floor(one.price_e8 * worth)), stated))
    kept = [each for each in kept if verdicts[each[0].source] is Verdict.KEPT]
    if len(kept) < policy.min_sources:
        return None, None, "INSUFFICIENT_SOURCES", verdicts
    middle = floor(weighted_median(kept, policy))
    share = Fraction(policy.max_deviation_ppm, 10**6)
    for one, price, _ in kept:
        if abs(price - middle) > middle * share:
            verdicts[one.source] = Verdict.DEVIATES
    kept = [each for each in kept if verdicts[each[0].source] is Verdict.KEPT]
    if len(kept) < policy.min_sources:
        return None, None, "DISPERSED", verdicts
    price_e8 = floor(weighted_median(kept, policy))
    confidence_e8 = confidence(kept, policy)
    if confidence_e8 > price_e8 * Fraction(policy.max_confidence_ppm, 10**6):
        return None, None, "WIDE_CONFIDENCE", verdicts
    refusal = jump(price_e8, last_good_e8, policy, verdicts)
    return (None, None, refusal, verdicts) if refusal else (price_e8, confidence_e8, None, verdicts)


def first_step(quote: Quote, policy: Policy, now_ms: int) -> Verdict:
    terms = policy.sources[quote.source]
    checks = {
        Verdict.NOT_POSITIVE: quote.price_e8 <= 0,
        Verdict.IN_THE_FUTURE: quote.time_ms > now_ms + policy.max_future_ms,
        Verdict.OUT_OF_BOUNDS: not terms.min_price_e8 <= quote.price_e8 <= terms.max_price_e8,
        Verdict.AT_A_BOUND: quote.price_e8 in (terms.min_price_e8, terms.max_price_e8),
    }
    return next((verdict for verdict, holds in checks.items() if holds), Verdict.KEPT)


def second_step(quote: Quote, time_ms: int, policy: Policy, now_ms: int) -> Verdict:
    limit = policy.sources[quote.source].max_age_ms or policy.max_age_ms
    return Verdict.STALE if now_ms - time_ms > limit else Verdict.KEPT


def weight(quote: Quote, policy: Policy) -> int:
    return policy.sources[quote.source].weight


def repeated(kept: Kept, policy: Policy) -> list[Fraction]:
    return sorted(price for one, price, _ in kept for _ in range(weight(one, policy)))


def weighted_median(kept: Kept, policy: Policy) -> Fraction:
    return Fraction(statistics.median(repeated(kept, policy)))


def confidence(kept: Kept, policy: Policy) -> int:
    prices = repeated(kept, policy)
    half = (quantile(prices, Fraction(3, 4)) - quantile(prices, Fraction(1, 4))) / 2
    stated = [own for one, _, own in kept if own is not None for _ in range(weight(one, policy))]
    return max(ceil(half), ceil(statistics.median(stated)) if stated else 0)


def quantile(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    """Hyndman and Fan's type 7, as numpy and spreadsheets have it."""
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def jump(price_e8: int, last_good_e8: int | None, policy: Policy, verdicts: dict[str, Verdict]) -> str | None:
    if last_good_e8 is None:
        return None
    move = Fraction(abs(price_e8 - last_good_e8), last_good_e8)
    if move > Fraction(policy.halting_jump_ppm, 10**6):
        return "JUMP"
    everybody = all(verdicts.get(name) is Verdict.KEPT for name in policy.sources)
    return "JUMP_UNCONFIRMED" if move > Fraction(policy.accepted_jump_ppm, 10**6) and not everybody else None


def average(points: Sequence[tuple[int, int]], start_ms: int, end_ms: int) -> int:
    """Of at least one point by the end: millisecond by millisecond."""
    start_ms = max(start_ms, points[0][0])
    known = [price for time_ms, price in points if time_ms <= end_ms]
    if start_ms >= end_ms:
        return known[-1]
    each = [[price for time_ms, price in points if time_ms <= ms][-1] for ms in range(start_ms, end_ms)]
    return floor(Fraction(sum(each), len(each)))


def trips(points: Sequence[tuple[int, int]], move_ppm: int, window_ms: int) -> list[bool]:
    """At each price, whether any price of the window before it lies too far away."""
    return [
        any(
            now_ms - time_ms <= window_ms and Fraction(abs(now - price), price) > Fraction(move_ppm, 10**6)
            for time_ms, price in points[: number + 1]
        )
        for number, (now_ms, now) in enumerate(points)
    ]
