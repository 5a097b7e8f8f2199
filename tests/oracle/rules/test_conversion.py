"""A quote in a stablecoin is worth what that stablecoin's own dollar quotes say, or nothing."""

from dataclasses import replace

import pytest

from oracle.rules import Policy, Quote, Refusal, SourceTerms, SourceVerdict, Verdict, aggregate
from tests.oracle.rules.quoting import NOW, e8, policy_of, quotes_of, rate, verdicts_by_source, with_source

TETHERED = "okx:BTC/USDT"
KRAKEN, COINBASE = "kraken:USDT/USD", "coinbase:USDT/USD"


def policy() -> Policy:
    found = with_source(policy_of(2), TETHERED, SourceTerms(currency="USDT"))
    for name in (KRAKEN, COINBASE):
        found = with_source(found, name, SourceTerms(base="USDT"))
    return found


def tethered(price: str = "50000", *, age_ms: int = 0) -> Quote:
    return Quote(TETHERED, "BTC", "USDT", e8(price), NOW - age_ms)


def verdict_of(*rates: Quote, quote: Quote | None = None, by: Policy | None = None) -> SourceVerdict:
    quotes = [*quotes_of("45000", "45000"), quote or tethered(), *rates]
    found = aggregate(quotes, by or policy(), NOW)
    return next(one for one in found.verdicts if one.source == TETHERED)


def test_it_is_converted_at_the_median_rate_rounded_down() -> None:
    found = verdict_of(rate(KRAKEN, "0.9"), rate(COINBASE, "0.90000003"))
    assert found.verdict is Verdict.KEPT
    assert found.quoted_e8 == e8("50000")
    assert found.price_e8 == e8("50000") * 90_000_001 // 10**8


def test_its_confidence_is_converted_too_and_rounded_up() -> None:
    quote = replace(tethered(), confidence_e8=11)
    assert verdict_of(rate(KRAKEN, "0.9"), quote=quote).confidence_e8 == 10


def test_it_is_as_old_as_the_older_of_the_two() -> None:
    found = verdict_of(rate(KRAKEN, "0.9", age_ms=7_000), quote=tethered(age_ms=2_000))
    assert (found.age_ms, found.time_ms) == (7_000, NOW - 7_000)
    assert verdict_of(rate(KRAKEN, "0.9"), quote=tethered(age_ms=30_001)).verdict is Verdict.STALE


@pytest.mark.parametrize(
    "rates",
    [
        [],
        [rate(KRAKEN, "0.9", age_ms=30_001)],
        [rate(KRAKEN, "0.9", age_ms=-5_001)],
        [rate("kraken:USDC/USD", "0.9", base="USDC")],
        [replace(rate(KRAKEN, "0.9"), price_e8=0)],
        [replace(rate(KRAKEN, "0.9"), currency="EUR")],
    ],
)
def test_without_a_good_rate_it_is_left_out_and_never_taken_as_dollars(rates: list[Quote]) -> None:
    assert verdict_of(*rates).verdict is Verdict.NO_CONVERSION
    quotes = [*quotes_of("45000", "45000"), tethered("45000"), *rates]
    assert aggregate(quotes, policy(), NOW).refusal is Refusal.INSUFFICIENT_SOURCES


def test_a_rate_of_a_source_that_is_off_or_of_no_weight_converts_nothing() -> None:
    for terms in (SourceTerms(base="USDT", enabled=False), SourceTerms(base="USDT", weight=0)):
        assert verdict_of(rate(KRAKEN, "0.9"), by=with_source(policy(), KRAKEN, terms)).price_e8 is None


def test_a_rate_counts_by_its_weight() -> None:
    by = with_source(policy(), KRAKEN, SourceTerms(base="USDT", weight=2))
    found = verdict_of(rate(KRAKEN, "0.9"), rate(COINBASE, "0.95"), by=by)
    assert found.price_e8 == e8("45000")


def test_a_dollar_may_stand_still() -> None:
    still = replace(rate(KRAKEN, "0.9"), unchanged_ms=10**9)
    assert verdict_of(still).price_e8 == e8("45000")


def test_a_wrong_rate_makes_quotes_that_deviate_and_moves_nothing() -> None:
    quotes = [*quotes_of("45000", "45000", "45000"), tethered("45000"), rate(KRAKEN, "0.5")]
    found = aggregate(quotes, replace(policy(), sources={**policy_of(3).sources, **policy().sources}), NOW)
    assert found.price_e8 == e8("45000")
    assert verdicts_by_source(found.verdicts)[TETHERED] is Verdict.DEVIATES


def test_a_rate_beyond_all_sense_gives_no_price_that_cannot_be_stored() -> None:
    found = verdict_of(replace(rate(KRAKEN, "1"), price_e8=10**17 - 1))
    assert (found.verdict, found.price_e8) == (Verdict.OUT_OF_BOUNDS, None)


def test_a_policy_for_recorded_series_may_take_it_for_dollars() -> None:
    found = verdict_of(by=replace(policy(), as_dollars=frozenset({"USDT"})), quote=tethered("45000"))
    assert (found.verdict, found.price_e8) == (Verdict.KEPT, e8("45000"))


def test_a_rate_that_failed_is_a_source_that_is_missing_for_a_jump() -> None:
    quotes = quotes_of("115", "115", "115")
    by = with_source(policy_of(3), KRAKEN, SourceTerms(base="USDT"))
    assert aggregate(quotes, by, NOW, last_good_e8=e8("100")).refusal is Refusal.JUMP_UNCONFIRMED
    known = [*quotes, rate(KRAKEN, "1")]
    assert aggregate(known, by, NOW, last_good_e8=e8("100")).price_e8 == e8("115")
