"""What holds of every round, whatever the quotes."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oracle.rules import Policy, Quote, SourceTerms, Verdict, aggregate
from tests.oracle.rules.quoting import NOW, with_source
from tests.oracle.rules.reference import fair_price

FAIR = 4_500_000_000_000
PLACES = {
    **{f"dollars{number}:BTC/USD": ("BTC", "USD") for number in range(5)},
    **{f"tethers{number}:BTC/USDT": ("BTC", "USDT") for number in range(3)},
    **{f"rate{number}:USDT/USD": ("USDT", "USD") for number in range(2)},
}
NEAR = st.integers(-30_000, 30_000)


@st.composite
def quotes_by(draw: st.DrawFn, name: str) -> Quote:
    base, currency = PLACES[name]
    around = FAIR if base == "BTC" else 10**8
    price = draw(st.one_of(NEAR.map(lambda ppm: around + around * ppm // 10**6), st.integers(-1, 2 * around)))
    return Quote(
        name,
        base,
        currency,
        price,
        NOW - draw(st.one_of(st.integers(-6_000, 32_000), st.sampled_from([-5_001, -5_000, 30_000, 30_001]))),
        draw(st.none() | st.integers(0, around // 50)),
        simulated=draw(st.booleans()),
    )


@st.composite
def rounds(draw: st.DrawFn) -> tuple[list[Quote], Policy, int | None]:
    present = draw(st.lists(st.sampled_from(list(PLACES)), unique=True))
    terms = {
        name: SourceTerms(
            weight=draw(st.integers(1, 3)),
            min_price_e8=draw(st.sampled_from([0, 0, FAIR if base == "BTC" else 10**8])),
            max_age_ms=draw(st.none() | st.just(10_000)),
            base=base,
            currency=currency,
        )
        for name, (base, currency) in PLACES.items()
        if name in present or draw(st.booleans())
    }
    policy = Policy(sources=terms, min_sources=draw(st.integers(1, 4)))
    last_good = draw(st.none() | st.integers(FAIR * 3 // 4, FAIR * 4 // 3))
    return [draw(quotes_by(name)) for name in present], policy, last_good


@given(rounds())
def test_it_decides_as_the_naive_reference_does(case: tuple[list[Quote], Policy, int | None]) -> None:
    quotes, policy, last_good_e8 = case
    found = aggregate(quotes, policy, NOW, last_good_e8=last_good_e8)
    verdicts = {one.source: one.verdict for one in found.verdicts if one.verdict is not Verdict.ABSENT}
    expected = fair_price(quotes, policy, NOW, last_good_e8)
    assert (found.price_e8, found.confidence_e8, found.refusal, verdicts) == expected


@given(rounds())
def test_the_price_lies_within_the_kept_quotes(case: tuple[list[Quote], Policy, int | None]) -> None:
    found = aggregate(case[0], case[1], NOW, last_good_e8=case[2])
    if found.price_e8 is not None:
        kept = [
            one.price_e8
            for one in found.verdicts
            if one.verdict is Verdict.KEPT and one.base == "BTC" and one.price_e8 is not None
        ]
        assert len(kept) >= case[1].min_sources
        assert min(kept) <= found.price_e8 <= max(kept)
        assert found.confidence_e8 is not None
        assert 0 <= found.confidence_e8 * 10**6 <= found.price_e8 * case[1].max_confidence_ppm


@given(rounds(), st.randoms(use_true_random=False))
def test_the_order_of_the_quotes_does_not_matter(
    case: tuple[list[Quote], Policy, int | None], chance: Any
) -> None:
    quotes, policy, last_good_e8 = case
    shuffled = chance.sample(quotes, len(quotes))
    assert aggregate(shuffled, policy, NOW, last_good_e8=last_good_e8) == aggregate(
        quotes, policy, NOW, last_good_e8=last_good_e8
    )


@given(rounds(), st.data())
def test_a_quote_dropped_before_the_median_cannot_move_the_price(
    case: tuple[list[Quote], Policy, int | None], data: st.DataObject
) -> None:
    """Whatever else it says while it is dropped; nor does it matter whether it is there at all."""
    quotes, policy, _ = case
    found = aggregate(quotes, policy, NOW)
    gone = (
        Verdict.STALE,
        Verdict.IN_THE_FUTURE,
        Verdict.NOT_POSITIVE,
        Verdict.OUT_OF_BOUNDS,
        Verdict.NO_CONVERSION,
    )
    dropped = {one.source for one in found.verdicts if one.verdict in gone}
    without = [one for one in quotes if one.source not in dropped]
    again = aggregate(without, policy, NOW)
    assert (again.price_e8, again.confidence_e8, again.refusal) == (
        found.price_e8,
        found.confidence_e8,
        found.refusal,
    )
    other = [
        replace(one, price_e8=data.draw(st.integers(1, 2 * FAIR)), time_ms=NOW - 10**6)
        if one.source in dropped
        else one
        for one in quotes
    ]
    assert aggregate(other, policy, NOW).price_e8 == found.price_e8


@given(rounds(), st.integers(1, 10**6))
def test_an_outlier_cannot_move_the_price_by_lying_further_out(
    case: tuple[list[Quote], Policy, int | None], factor: int
) -> None:
    quotes, policy, _ = case
    found = aggregate(quotes, policy, NOW)
    high = {
        one.source
        for one in found.verdicts
        if one.verdict is Verdict.DEVIATES and (one.deviation_ppm or 0) > 0 and one.currency == "USD"
    }
    further = [
        replace(one, price_e8=one.price_e8 + FAIR * factor // 10**6) if one.source in high else one
        for one in quotes
    ]
    assert aggregate(further, policy, NOW).price_e8 == found.price_e8


@given(rounds())
def test_a_weight_is_the_same_as_so_many_equal_sources(case: tuple[list[Quote], Policy, int | None]) -> None:
    quotes, policy, _ = case
    spread = Policy(min_sources=1)
    copies = []
    for quote in quotes:
        for number in range(policy.sources[quote.source].weight):
            name = f"copy{number}{quote.source}"
            copies.append(replace(quote, source=name))
            spread = with_source(spread, name, replace(policy.sources[quote.source], weight=1))
    weighted = aggregate(quotes, replace(policy, min_sources=1), NOW)
    repeated = aggregate(copies, spread, NOW)
    assert (weighted.price_e8, weighted.confidence_e8) == (repeated.price_e8, repeated.confidence_e8)
