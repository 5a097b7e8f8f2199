"""The index of waiting orders: which way each kind waits, what a price reaches, in what order it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.engine.book import Balance, Order, Trader
from exchange.engine.events import EventKind, OrderAccepted
from exchange.engine.triggers import Triggers, is_reached, waits_for_rise
from exchange.engine.types import BOUNDLESS_TICKS, OrderType, Side

BUY, SELL = Side.BUY, Side.SELL
STOPS = (OrderType.STOP_LIMIT, OrderType.STOP_MARKET)
TAKE_PROFITS = (OrderType.TAKE_PROFIT_LIMIT, OrderType.TAKE_PROFIT_MARKET)
NOBODY = Trader(1, Balance(), Balance(), {}, {})


def _waiting(order_id: int, side: int, order_type: int, trigger: int) -> Order:
    accepted = OrderAccepted(
        EventKind.ORDER_ACCEPTED,
        order_id,
        NOBODY.account,
        "BTC-USDB",
        "",
        side,
        order_type,
        0,
        False,
        0,
        1,
        0,
        0,
        0,
        0,
        trigger,
        0,
    )
    return Order(tuple(accepted), NOBODY, 1)


def _ids(orders: list[Order]) -> list[int]:
    return [int(order.terms[1]) for order in orders]


@pytest.mark.parametrize("order_type", STOPS)
def test_a_stop_waits_for_the_price_to_move_against_its_side(order_type: OrderType) -> None:
    assert waits_for_rise(BUY, order_type)
    assert not waits_for_rise(SELL, order_type)


@pytest.mark.parametrize("order_type", TAKE_PROFITS)
def test_a_take_profit_waits_for_the_price_to_move_its_way(order_type: OrderType) -> None:
    assert not waits_for_rise(BUY, order_type)
    assert waits_for_rise(SELL, order_type)


@pytest.mark.parametrize(
    ("side", "order_type", "last", "reached"),
    [
        (BUY, OrderType.STOP_MARKET, 99, False),
        (BUY, OrderType.STOP_MARKET, 100, True),
        (BUY, OrderType.STOP_MARKET, 101, True),
        (SELL, OrderType.STOP_LIMIT, 101, False),
        (SELL, OrderType.STOP_LIMIT, 100, True),
        (SELL, OrderType.STOP_LIMIT, 99, True),
        (BUY, OrderType.TAKE_PROFIT_LIMIT, 101, False),
        (BUY, OrderType.TAKE_PROFIT_LIMIT, 100, True),
        (BUY, OrderType.TAKE_PROFIT_LIMIT, 99, True),
        (SELL, OrderType.TAKE_PROFIT_MARKET, 99, False),
        (SELL, OrderType.TAKE_PROFIT_MARKET, 100, True),
        (SELL, OrderType.TAKE_PROFIT_MARKET, 101, True),
    ],
)
def test_a_trigger_is_reached_at_its_price(
    side: Side, order_type: OrderType, last: int, reached: bool
) -> None:
    assert is_reached(side, order_type, 100, last) is reached


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("order_type", [*STOPS, *TAKE_PROFITS])
def test_before_the_first_trade_nothing_is_reached(side: Side, order_type: OrderType) -> None:
    assert not is_reached(side, order_type, 1, 0)


def test_an_empty_index_bounds_no_price() -> None:
    triggers = Triggers()
    assert (triggers.highest_falling(), triggers.lowest_rising()) == (0, BOUNDLESS_TICKS)
    assert triggers.take_reached(100) == []


def test_the_nearest_on_either_side_bound_what_a_price_may_do_quietly() -> None:
    triggers = Triggers()
    for order_id, trigger in ((1, 120), (2, 110), (3, 130)):
        triggers.add(_waiting(order_id, BUY, OrderType.STOP_MARKET, trigger))
    for order_id, trigger in ((4, 80), (5, 90), (6, 70)):
        triggers.add(_waiting(order_id, SELL, OrderType.STOP_MARKET, trigger))
    assert (triggers.highest_falling(), triggers.lowest_rising()) == (90, 110)
    assert triggers.take_reached(109) == triggers.take_reached(91) == []
    assert _ids(triggers.take_reached(110)) == [2]
    assert _ids(triggers.take_reached(75)) == [4, 5]
    assert (triggers.highest_falling(), triggers.lowest_rising()) == (70, 120)
    assert sorted(triggers.orders) == [1, 3, 6]


def test_what_is_reached_at_once_comes_by_id_and_not_by_price() -> None:
    triggers = Triggers()
    for order_id, trigger in ((9, 101), (4, 105), (7, 103)):
        triggers.add(_waiting(order_id, BUY, OrderType.STOP_LIMIT, trigger))
    triggers.add(_waiting(5, BUY, OrderType.TAKE_PROFIT_LIMIT, 106))
    assert _ids(triggers.take_reached(105)) == [4, 5, 7, 9]
    assert not triggers.orders


def test_of_many_at_one_trigger_only_the_named_one_is_removed() -> None:
    triggers = Triggers()
    orders = [_waiting(order_id, SELL, OrderType.STOP_MARKET, 90) for order_id in (1, 2, 3)]
    for order in orders:
        triggers.add(order)
    triggers.remove(orders[1])
    assert _ids(triggers.take_reached(90)) == [1, 3]


KINDS = st.tuples(st.sampled_from(list(Side)), st.sampled_from([*STOPS, *TAKE_PROFITS]), st.integers(1, 40))


@given(st.lists(KINDS, max_size=30), st.lists(st.integers(1, 40), max_size=10))
def test_the_index_gives_exactly_what_the_rule_says(
    kinds: list[tuple[Side, OrderType, int]], prices: list[int]
) -> None:
    triggers = Triggers()
    waiting = {order_id: _waiting(order_id, *kind) for order_id, kind in enumerate(kinds)}
    for order in waiting.values():
        triggers.add(order)
    for price in prices:
        expected = [one for one in waiting if is_reached(*kinds[one], price)]
        assert _ids(triggers.take_reached(price)) == expected
        for order_id in expected:
            del waiting[order_id]
        assert triggers.highest_falling() < price < triggers.lowest_rising()
