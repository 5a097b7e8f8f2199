"""The eight steps of a round, each at its boundary and just beyond it."""

from dataclasses import replace

import pytest

from oracle.rules import Absence, Absent, Quote, Refusal, SourceTerms, Verdict, aggregate
from tests.oracle.rules.quoting import NAMES, NOW, e8, policy_of, quotes_of, verdicts_by_source, with_source

FIRST = NAMES[0]
FAIR = e8("45000")


def verdict_of_first(quote: Quote, terms: SourceTerms | None = None, **figures: int) -> Verdict:
    """Beside two good ones, so that the round itself has a price."""
    policy = with_source(policy_of(3, min_sources=2, **figures), FIRST, terms or SourceTerms())
    found = aggregate([quote, *quotes_of("45000", "45000", "45000")[1:]], policy, NOW)
    assert found.price_e8 == FAIR
    return verdicts_by_source(found.verdicts)[FIRST]


def quote(price_e8: int = FAIR, *, age_ms: int = 0, unchanged_ms: int = 0) -> Quote:
    return Quote(FIRST, "BTC", "USD", price_e8, NOW - age_ms, unchanged_ms=unchanged_ms)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (quote(0), Verdict.NOT_POSITIVE),
        (quote(-1), Verdict.NOT_POSITIVE),
        (replace(quote(), confidence_e8=-1), Verdict.NOT_POSITIVE),
        (quote(10**30), Verdict.ABSENT),
        (quote(age_ms=10**30), Verdict.ABSENT),
        (quote(age_ms=-5_000), Verdict.KEPT),
        (quote(age_ms=-5_001), Verdict.IN_THE_FUTURE),
        (quote(age_ms=30_000), Verdict.KEPT),
        (quote(age_ms=30_001), Verdict.STALE),
        (quote(unchanged_ms=600_000), Verdict.KEPT),
        (quote(unchanged_ms=600_001), Verdict.FROZEN),
        (quote(FAIR * 102 // 100), Verdict.KEPT),
        (quote(FAIR * 102 // 100 + 1), Verdict.DEVIATES),
        (quote(FAIR * 98 // 100), Verdict.KEPT),
        (quote(FAIR * 98 // 100 - 1), Verdict.DEVIATES),
    ],
)
def test_a_quote_is_kept_up_to_its_boundary(given: Quote, verdict: Verdict) -> None:
    assert verdict_of_first(given) is verdict


@pytest.mark.parametrize(
    ("price_e8", "verdict"),
    [
        (FAIR - 2, Verdict.OUT_OF_BOUNDS),
        (FAIR - 1, Verdict.AT_A_BOUND),
        (FAIR, Verdict.KEPT),
        (FAIR + 1, Verdict.AT_A_BOUND),
        (FAIR + 2, Verdict.OUT_OF_BOUNDS),
    ],
)
def test_a_price_that_sits_on_a_clamp_is_no_price(price_e8: int, verdict: Verdict) -> None:
    terms = SourceTerms(min_price_e8=FAIR - 1, max_price_e8=FAIR + 1)
    assert verdict_of_first(quote(price_e8), terms) is verdict


def test_a_source_may_have_an_age_of_its_own() -> None:
    terms = SourceTerms(max_age_ms=1_000)
    assert verdict_of_first(quote(age_ms=1_000), terms) is Verdict.KEPT
    assert verdict_of_first(quote(age_ms=1_001), terms) is Verdict.STALE


def test_nothing_freezes_where_the_policy_says_never() -> None:
    assert verdict_of_first(quote(unchanged_ms=10**9), frozen_after_ms=0) is Verdict.KEPT


def test_a_quote_wrong_in_several_ways_hears_of_the_first_step_that_drops_it() -> None:
    given = quote(0, age_ms=-10_000, unchanged_ms=10**9)
    assert verdict_of_first(given) is Verdict.NOT_POSITIVE
    assert verdict_of_first(replace(given, price_e8=FAIR)) is Verdict.IN_THE_FUTURE


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_sources_give_no_price(count: int) -> None:
    found = aggregate(quotes_of(*["45000"] * count), policy_of(), NOW)
    assert (found.price_e8, found.refusal) == (None, Refusal.INSUFFICIENT_SOURCES)
    assert found.median_e8 is None


def test_sources_that_do_not_agree_give_no_price() -> None:
    found = aggregate(quotes_of("45000", "46000", "47000"), policy_of(), NOW)
    assert (found.price_e8, found.refusal) == (None, Refusal.DISPERSED)
    assert found.median_e8 == e8("46000")
    assert [one.deviation_ppm for one in found.verdicts[:3]] == [-21_740, 0, 21_739]


def test_of_an_even_number_the_middle_is_rounded_down() -> None:
    found = aggregate(quotes_of("1.00000001", "1.00000002", "1", "1.00000003"), policy_of(), NOW)
    assert found.price_e8 == 100_000_001


def test_the_confidence_is_half_the_range_of_the_middle_half_rounded_up() -> None:
    found = aggregate(quotes_of("45000", "45000.00000001", "45001", "45003"), policy_of(), NOW)
    # Quartiles 45000.0000000075 and 45001.5: half of 1.4999999925 is 0.74999999625.
    assert found.confidence_e8 == 75_000_000


def test_the_sources_own_confidence_counts_where_it_is_wider() -> None:
    quotes = quotes_of("45000", "45000", "45000", "45000")
    stated = [replace(quotes[0], confidence_e8=10), replace(quotes[1], confidence_e8=13), *quotes[2:]]
    assert aggregate(stated, policy_of(), NOW).confidence_e8 == 12


@pytest.mark.parametrize(
    ("confidence_e8", "refusal"), [(45_000_000_000, None), (45_000_000_001, "WIDE_CONFIDENCE")]
)
def test_a_confidence_above_one_percent_gives_no_price(confidence_e8: int, refusal: str | None) -> None:
    quotes = [replace(one, confidence_e8=confidence_e8) for one in quotes_of("45000", "45000", "45000")]
    found = aggregate(quotes, policy_of(), NOW)
    assert found.refusal == refusal
    assert found.candidate_e8 == FAIR


@pytest.mark.parametrize(
    ("price", "of_all", "refusal"),
    [
        ("110", False, None),
        ("110.00000001", False, Refusal.JUMP_UNCONFIRMED),
        ("110.00000001", True, None),
        ("120", False, Refusal.JUMP_UNCONFIRMED),
        ("120", True, None),
        ("120.00000001", True, Refusal.JUMP),
        ("120.00000001", False, Refusal.JUMP),
        ("90", False, None),
        ("89.99999999", False, Refusal.JUMP_UNCONFIRMED),
        ("80", True, None),
        ("79.99999999", True, Refusal.JUMP),
    ],
)
def test_a_jump_from_the_last_good_price(price: str, of_all: bool, refusal: Refusal | None) -> None:
    quotes = quotes_of(price, price, price)
    found = aggregate(quotes, policy_of(3 if of_all else 4), NOW, last_good_e8=e8("100"))
    assert found.refusal == refusal
    assert (found.price_e8 is None) is (refusal is not None)
    assert found.candidate_e8 == e8(price)


def test_every_source_means_those_that_count() -> None:
    """A disabled one, one of no weight and the house's own book are not waited for."""
    policy = policy_of(3)
    for name, terms in {
        "off:BTC/USD": SourceTerms(enabled=False),
        "shown:BTC/USD": SourceTerms(weight=0),
        "house:BTC-USDB": SourceTerms(currency="USDB"),
    }.items():
        policy = with_source(policy, name, terms)
    found = aggregate(quotes_of("115", "115", "115"), policy, NOW, last_good_e8=e8("100"))
    assert found.price_e8 == e8("115")


def test_weight_counts_in_medians_and_not_in_numbers() -> None:
    policy = with_source(
        policy_of(3, max_deviation_ppm=500_000, max_confidence_ppm=10**6), FIRST, SourceTerms(weight=4)
    )
    assert aggregate(quotes_of("45000", "44000", "44001"), policy, NOW).price_e8 == FAIR
    few = aggregate(quotes_of("45000", "44000"), policy, NOW)
    assert few.refusal is Refusal.INSUFFICIENT_SOURCES


def test_the_own_book_is_shown_and_never_counted_whatever_its_row_says() -> None:
    house = Quote("house:BTC-USDB", "BTC", "USD", e8("90000"), NOW)
    policy = with_source(policy_of(2, min_sources=3), house.source, SourceTerms(weight=5))
    found = aggregate([house, *quotes_of("45000", "45000")], policy, NOW)
    assert found.refusal is Refusal.INSUFFICIENT_SOURCES
    assert (found.verdicts[-1].verdict, found.verdicts[-1].weight) == (Verdict.SHOWN, 0)


def test_sources_that_are_off_of_no_weight_or_unknown_move_nothing() -> None:
    policy = with_source(policy_of(3), "off:BTC/USD", SourceTerms(enabled=False))
    policy = with_source(policy, "shown:BTC/USD", SourceTerms(weight=0))
    others = [Quote(f"{name}:BTC/USD", "BTC", "USD", e8("45100"), NOW) for name in ("shown", "off", "new")]
    found = aggregate([*others, *quotes_of("45000", "45000", "45000")], policy, NOW)
    verdicts = verdicts_by_source(found.verdicts)
    assert found.price_e8 == FAIR
    assert verdicts["off:BTC/USD"] is Verdict.DISABLED
    assert verdicts["shown:BTC/USD"] is verdicts["new:BTC/USD"] is Verdict.SHOWN
    assert found.verdicts[-1].deviation_ppm == 2_222


def test_an_absent_source_says_why() -> None:
    absences = [Absence(NAMES[3], Absent.RATE_LIMITED, "429"), Absence("new:BTC/USD", Absent.TIMED_OUT)]
    found = aggregate(quotes_of("45000", "45000", "45000"), policy_of(5), NOW, absences)
    by_source = {one.source: one for one in found.verdicts}
    assert by_source[NAMES[3]].detail == "RATE_LIMITED: 429"
    assert (by_source[NAMES[4]].verdict, by_source[NAMES[4]].detail) == (Verdict.ABSENT, "")
    assert (by_source["new:BTC/USD"].weight, by_source["new:BTC/USD"].detail) == (0, "TIMED_OUT")


def test_two_quotes_of_one_source_are_a_bug() -> None:
    with pytest.raises(AssertionError, match="two quotes"):
        aggregate([quote(), quote()], policy_of(), NOW)


def test_a_price_of_simulated_quotes_says_so_unless_they_were_dropped() -> None:
    quotes = quotes_of("45000", "45000", "45000", "60000")
    simulated = [*quotes[:3], replace(quotes[3], simulated=True)]
    assert not aggregate(simulated, policy_of(), NOW).simulated
    assert aggregate([replace(quotes[0], simulated=True), *quotes[1:]], policy_of(), NOW).simulated
