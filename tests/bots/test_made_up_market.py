"""The made-up market: uncrossed, alive, the same for the same seed, and near its price."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.bots.rules.units import E8, OutsideBook
from exchange.bots.sources.made_up import (
    COARSE_LEVELS,
    FINE_LEVELS,
    MadeUpMarket,
    book_around,
    width_of,
)

NOON_MS = 1_795_262_400_000
PRICE = 60_000 * E8


@given(st.integers(100 * E8, 10**6 * E8), st.integers(0, 2 * NOON_MS), st.text(max_size=5))
def test_it_is_never_crossed_and_best_stands_first(price_e8: int, time_ms: int, seed: str) -> None:
    book = book_around(seed, price_e8, time_ms)
    assert len(book.bids) == len(book.asks) == FINE_LEVELS + COARSE_LEVELS
    assert book.bids[0].price_e8 < price_e8 < book.asks[0].price_e8
    assert all(better.price_e8 > worse.price_e8 for better, worse in pairwise(book.bids))
    assert all(better.price_e8 < worse.price_e8 for better, worse in pairwise(book.asks))
    assert all(level.quantity_e8 > 0 for level in (*book.bids, *book.asks))


@given(st.integers(1, 10**15))
def test_a_width_is_a_round_number(price_e8: int) -> None:
    digits = str(width_of(price_e8))
    assert digits.rstrip("0") in ("1", "2", "5")


def test_the_same_seed_makes_the_same_market() -> None:
    first, second = MadeUpMarket("a"), MadeUpMarket("a")
    for second_number in range(100):
        time_ms = NOON_MS + 1_000 * second_number
        assert first.at(PRICE, time_ms) == second.at(PRICE, time_ms)


def test_another_seed_makes_another() -> None:
    assert MadeUpMarket("a").at(PRICE, NOON_MS) != MadeUpMarket("b").at(PRICE, NOON_MS)


@pytest.fixture(scope="module")
def hour() -> list[tuple[OutsideBook, int]]:
    """Of each second the book and how many have traded, while the price rises by a dollar a second."""
    market = MadeUpMarket("an hour")
    steps = [market.at(PRICE + second * E8, NOON_MS + 1_000 * second) for second in range(3_600)]
    return [(book, len(trades)) for book, trades in steps]


def test_somebody_trades_about_every_second(hour: list[tuple[OutsideBook, int]]) -> None:
    assert 1 < sum(count for _, count in hour) / len(hour) < 3


def test_it_follows_its_price(hour: list[tuple[OutsideBook, int]]) -> None:
    for second, (book, _) in enumerate(hour):
        middle_e8 = (book.bids[0].price_e8 + book.asks[0].price_e8) // 2
        assert abs(middle_e8 - PRICE - second * E8) < 20 * E8


def test_its_spread_is_tight(hour: list[tuple[OutsideBook, int]]) -> None:
    spreads = [book.asks[0].price_e8 - book.bids[0].price_e8 for book, _ in hour]
    assert max(spreads) < PRICE // 5_000
    assert sum(spreads) < len(spreads) * PRICE // 15_000


def test_most_of_a_book_stays_while_it_moves(hour: list[tuple[OutsideBook, int]]) -> None:
    kept = [len(set(before.asks) & set(after.asks)) for (before, _), (after, _) in pairwise(hour)]
    assert sum(kept) / len(kept) > 0.8 * (FINE_LEVELS + COARSE_LEVELS)
    assert min(kept) < FINE_LEVELS + COARSE_LEVELS
