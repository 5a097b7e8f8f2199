"""A maker's plan: what is wanted is what rests afterwards, nothing crosses, and few requests do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.bots.rules.quoting import (
    MOST_AMENDS,
    MOST_AT_ONCE,
    Amend,
    Plan,
    Quote,
    Resting,
    plan,
    unblocked,
)
from exchange.bots.rules.units import PPM
from exchange.engine.types import Side
from exchange.trading import MAX_BATCH
from tests.bots.books import carried_out, resting_orders, wanted_quotes

BID, ASK = Side.BUY, Side.SELL


@given(wanted_quotes(), resting_orders(), st.integers(0, PPM // 2))
def test_what_is_wanted_is_what_rests_afterwards(
    wanted: list[Quote], mine: list[Resting], tolerance_ppm: int
) -> None:
    found = carried_out(plan(wanted, mine, tolerance_ppm=tolerance_ppm), mine)
    assert set(found) == {(quote.side, quote.price_ticks) for quote in wanted}
    for quote in wanted:
        (lots,) = found[quote.side, quote.price_ticks]
        assert abs(lots - quote.lots) * PPM <= quote.lots * tolerance_ppm


@given(wanted_quotes(), resting_orders())
def test_it_takes_no_more_requests_than_there_are_differences_and_never_more_than_four(
    wanted: list[Quote], mine: list[Resting]
) -> None:
    decided = plan(wanted, mine)
    differences = len(decided.amends) + len(decided.cancels) + len(decided.places)
    assert decided.requests <= min(differences, MOST_AMENDS + 2)


@given(wanted_quotes(), resting_orders())
def test_a_second_look_finds_nothing_left_to_do(wanted: list[Quote], mine: list[Resting]) -> None:
    found = carried_out(plan(wanted, mine), mine)
    after = [
        Resting(number, side, price_ticks, lots)
        for number, ((side, price_ticks), (lots,)) in enumerate(found.items(), start=1)
    ]
    assert plan(wanted, after) == Plan()


@given(wanted_quotes())
def test_from_nothing_it_is_one_batch(wanted: list[Quote]) -> None:
    assert plan(wanted, []).requests == bool(wanted)


@given(resting_orders())
def test_to_nothing_it_is_one_batch(mine: list[Resting]) -> None:
    decided = plan([], mine)
    assert sorted(decided.cancels) == sorted(mine)
    assert decided.requests == bool(mine)


def test_less_quantity_is_amended_and_keeps_its_place() -> None:
    order = Resting(64, BID, 100, 10, filled_lots=3)
    assert plan([Quote(BID, 100, 4)], [order]) == Plan(amends=(Amend(order, 100, 4),))


def test_more_quantity_is_a_new_order_by_one_amend() -> None:
    order = Resting(64, BID, 100, 4)
    assert plan([Quote(BID, 100, 10)], [order]) == Plan(amends=(Amend(order, 100, 10),))


def test_one_order_that_moves_is_amended() -> None:
    order = Resting(64, ASK, 105, 10)
    assert plan([Quote(ASK, 104, 10)], [order]) == Plan(amends=(Amend(order, 104, 10),))


def test_an_order_never_changes_its_side_by_an_amend() -> None:
    order, quote = Resting(64, ASK, 105, 10), Quote(BID, 104, 10)
    assert plan([quote], [order]) == Plan(cancels=(order,), places=(quote,))


def test_two_that_move_are_one_batch_of_cancels_and_one_of_orders() -> None:
    mine = [Resting(64, ASK, 105, 10), Resting(128, ASK, 106, 10)]
    quotes = [Quote(ASK, 107, 10), Quote(ASK, 108, 10)]
    assert plan(quotes, mine) == Plan(cancels=tuple(mine), places=tuple(quotes))


def test_of_two_orders_at_a_price_the_older_one_stays() -> None:
    mine = [Resting(128, BID, 100, 5), Resting(64, BID, 100, 5)]
    assert plan([Quote(BID, 100, 5)], mine) == Plan(cancels=(mine[0],))


@pytest.mark.parametrize(("lots", "requests"), [(80, 0), (79, 1), (120, 0), (121, 1)])
def test_what_is_within_the_tolerance_stays(lots: int, requests: int) -> None:
    decided = plan([Quote(BID, 100, 100)], [Resting(64, BID, 100, lots)], tolerance_ppm=200_000)
    assert decided.requests == requests


def test_more_than_a_batch_is_taken_away_before_anything_is_placed() -> None:
    """Or the house would refuse it again and again, and what rests would stay."""
    assert MOST_AT_ONCE == MAX_BATCH
    mine = [Resting(64 * number, ASK, number, 1) for number in range(1, 131)]
    wanted = [Quote(BID, 50, 1)]
    first = plan(wanted, mine)
    assert (len(first.cancels), first.places) == (100, ())
    left = [order for order in mine if order not in first.cancels]
    second = plan(wanted, left)
    assert (len(second.cancels), second.places) == (30, (wanted[0],))


def test_behind_somebody_who_is_in_the_way_only_the_best_of_the_side_is_left() -> None:
    quotes = [Quote(BID, 99, 1), Quote(BID, 98, 1), *(Quote(ASK, price, 1) for price in (101, 102, 103, 104))]
    left = unblocked(quotes, {ASK: 103})
    assert [(quote.side, quote.price_ticks) for quote in left] == [
        (BID, 99),
        (BID, 98),
        (ASK, 101),
        (ASK, 104),
    ]
    assert unblocked(quotes, {BID: 98})[:1] == quotes[:1]
    assert unblocked(quotes, {}) == quotes
