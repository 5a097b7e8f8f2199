"""What is wanted of an outside book: scaled, apart, no better than what it copies, and within the means."""

from hypothesis import given

from exchange.bots.rules.copying import CopyTerms, Holding, affordable, copied, skew, within_band
from exchange.bots.rules.quoting import Quote
from exchange.bots.rules.units import PPM, Level, OutsideBook
from exchange.engine.types import Side
from tests.bots.books import UNITS, copy_terms, holdings, is_crossed, notional, outside_books

BID, ASK = Side.BUY, Side.SELL
PLAIN = CopyTerms(levels=5, price_ppm=PPM, quantity_ppm=PPM, group_ticks=1, spread_ticks=1, most_lots=10**9)


def book(bids: list[tuple[str, str]], asks: list[tuple[str, str]]) -> OutsideBook:
    return OutsideBook(tuple(map(level, bids)), tuple(map(level, asks)))


def level(pair: tuple[str, str]) -> Level:
    price, quantity = pair
    return Level(round(float(price) * 10**8), round(float(quantity) * 10**8))


@given(outside_books(), copy_terms)
def test_it_never_crosses_and_each_price_stands_once(outside: OutsideBook, terms: CopyTerms) -> None:
    quotes = copied(outside, UNITS, terms)
    keys = [(quote.side, quote.price_ticks) for quote in quotes]
    assert not is_crossed(quotes)
    assert len(set(keys)) == len(keys) <= 2 * terms.levels
    assert all(notional(quote) >= UNITS.min_cells for quote in quotes)
    assert all(quote.lots <= terms.most_lots for quote in quotes)


@given(outside_books(), copy_terms)
def test_best_bid_and_ask_stay_apart(outside: OutsideBook, terms: CopyTerms) -> None:
    quotes = copied(outside, UNITS, terms)
    bids = [quote.price_ticks for quote in quotes if quote.side == BID]
    asks = [quote.price_ticks for quote in quotes if quote.side == ASK]
    if bids and asks:
        assert min(asks) - max(bids) >= terms.spread_ticks


@given(outside_books(), copy_terms)
def test_a_copied_price_is_never_better_than_the_best_that_it_copies(
    outside: OutsideBook, terms: CopyTerms
) -> None:
    scale = UNITS.tick_e8 * PPM
    for quote in copied(outside, UNITS, terms):
        if quote.side == BID:
            assert quote.price_ticks * scale <= outside.bids[0].price_e8 * terms.price_ppm
        else:
            assert quote.price_ticks * scale >= outside.asks[0].price_e8 * terms.price_ppm


@given(outside_books(), copy_terms, holdings)
def test_nothing_is_offered_that_is_not_there_or_would_be_too_much(
    outside: OutsideBook, terms: CopyTerms, holding: Holding
) -> None:
    quotes = affordable(copied(outside, UNITS, terms), holding, UNITS)
    bought = sum(quote.lots for quote in quotes if quote.side == BID)
    spent = sum(notional(quote) for quote in quotes if quote.side == BID)
    sold = sum(quote.lots for quote in quotes if quote.side == ASK)
    earned = sum(notional(quote) for quote in quotes if quote.side == ASK)
    assert not bought or holding.base_lots + bought <= holding.most_base_lots
    assert not spent or holding.quote_cells - spent >= holding.least_quote_cells
    assert not sold or holding.base_lots - sold >= holding.least_base_lots
    assert not earned or holding.quote_cells + earned <= holding.most_quote_cells


def test_prices_and_quantities_are_scaled_and_rounded_away() -> None:
    outside = book([("100.019", "2")], [("100.021", "4")])
    terms = CopyTerms(
        5, price_ppm=2 * PPM, quantity_ppm=PPM // 2, group_ticks=1, spread_ticks=1, most_lots=10**9
    )
    assert copied(outside, UNITS, terms) == [Quote(BID, 20_003, 100_000), Quote(ASK, 20_005, 200_000)]


def test_prices_of_one_step_are_one_quote() -> None:
    outside = book([("100.90", "1"), ("100.10", "2"), ("99.90", "4")], [("101.10", "1"), ("101.20", "2")])
    terms = CopyTerms(5, PPM, PPM, group_ticks=100, spread_ticks=1, most_lots=10**9)
    assert copied(outside, UNITS, terms) == [
        Quote(BID, 10_000, 300_000),
        Quote(BID, 9_900, 400_000),
        Quote(ASK, 10_200, 300_000),
    ]


def test_what_is_too_little_for_an_order_waits_for_the_next_worse_price() -> None:
    outside = book([("100", "0.001"), ("99", "0.02")], [])
    assert copied(outside, UNITS, PLAIN) == [Quote(BID, 9_900, 2_100)]


def test_an_account_with_half_of_its_worth_in_each_asset_shows_both_sides_whole() -> None:
    assert skew(Holding(base_lots=100, quote_cells=5_000), 50) == (PPM, PPM)


def test_the_less_it_has_of_an_asset_the_less_it_offers_of_it() -> None:
    assert skew(Holding(base_lots=20, quote_cells=4_000), 50) == (PPM, PPM // 2)
    assert skew(Holding(base_lots=100, quote_cells=0), 50) == (0, PPM)


def test_an_account_without_anything_offers_nothing() -> None:
    quotes = [Quote(BID, 100, 5_000_000), Quote(ASK, 101, 5_000_000)]
    assert affordable(quotes, Holding(0, 0), UNITS) == []


def test_in_a_band_both_edges_are_taken() -> None:
    quotes = [Quote(BID, price, 1) for price in (900, 899, 1_100, 1_101)]
    assert [quote.price_ticks for quote in within_band(quotes, 1_000, 100_000)] == [900, 1_100]
