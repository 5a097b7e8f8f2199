"""Cancels: by id, by client order id, of everything; what they free; what they do not find."""

import pytest

from exchange.engine import commands as c
from exchange.engine.events import OrderClosed
from exchange.engine.types import EVERYBODY, MAX_CLOSED_AT_ONCE, CloseReason, OrderStatus, RejectReason, Side
from tests.engine.support import (
    ALICE,
    BOB,
    HOUR_NS,
    MARKET,
    an_engine,
    buy,
    cancel,
    closed,
    open_market,
    order_id,
    refused,
    sell,
    stop,
    tell,
    tick,
    trades,
)

OTHER = "ETH-USDB"


def test_a_cancel_frees_all_that_the_order_held() -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 5, 100))
    sell(engine, BOB, 2, 100)
    end = closed(cancel(engine, ALICE, order_id=order))
    assert (end.status, end.reason) == (OrderStatus.CANCELED, CloseReason.USER)
    assert (end.filled_lots, end.remaining_lots) == (2, 3)
    assert engine.balance(ALICE, "USDB") == (10**12 - 200 - 1, 0)
    assert engine.depth(MARKET, 5) == ([], [])


@pytest.mark.parametrize("place_in_queue", [0, 1, 2])
def test_a_cancel_anywhere_in_the_queue_keeps_the_order_of_the_others(place_in_queue: int) -> None:
    engine = an_engine()
    orders = [order_id(buy(engine, ALICE, lots, 100)) for lots in (1, 2, 3)]
    cancel(engine, ALICE, order_id=orders.pop(place_in_queue))
    events = sell(engine, BOB, 6, 100)
    assert [trade.maker_order_id for trade in trades(events)] == orders


def test_somebody_elses_order_is_not_found_just_as_one_that_is_not_there() -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 5, 100, client_order_id="a"))
    for which in ({"order_id": order}, {"client_order_id": "a"}, {"order_id": 12345}, {}):
        assert refused(cancel(engine, BOB, **which)) == RejectReason.ORDER_NOT_FOUND
    assert len(engine.open_orders(ALICE)) == 1


def test_an_order_is_canceled_once() -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 5, 100))
    cancel(engine, ALICE, order_id=order)
    assert refused(cancel(engine, ALICE, order_id=order)) == RejectReason.ORDER_NOT_FOUND


def test_a_late_cancel_is_refused() -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 5, 100))
    late = cancel(engine, ALICE, order_id=order, deadline_ns=5, at=6)
    assert refused(late) == RejectReason.DEADLINE_PASSED
    late = tell(engine, c.cancel_all(account=ALICE, deadline_ns=5))
    assert refused(late) == RejectReason.DEADLINE_PASSED


def test_cancel_all_closes_in_the_order_of_ids() -> None:
    engine = an_engine()
    open_market(engine, market=OTHER, base_asset="ETH")
    here = [order_id(buy(engine, ALICE, 1, price)) for price in (100, 102, 101)]
    there = order_id(buy(engine, ALICE, 1, 50, market=OTHER))
    others = order_id(buy(engine, BOB, 1, 99))
    events = tell(engine, c.cancel_all(account=ALICE, market=MARKET))
    assert [event.order_id for event in events if isinstance(event, OrderClosed)] == here
    assert [order.order_id for order in engine.open_orders()] == [there, others]
    events = tell(engine, c.cancel_all(account=ALICE))
    assert [event.order_id for event in events if isinstance(event, OrderClosed)] == [there]


def test_cancel_all_of_nothing_is_fine_and_in_no_market_is_not() -> None:
    engine = an_engine()
    assert tell(engine, c.cancel_all(account=ALICE)) == []
    assert tell(engine, c.cancel_all(account=99, market=MARKET)) == []
    missing = tell(engine, c.cancel_all(account=ALICE, market="NONE"))
    assert refused(missing) == RejectReason.MARKET_NOT_FOUND


def test_many_levels_emptied_by_cancels_are_dropped() -> None:
    engine = an_engine(max_open_orders=1_000)
    orders = [order_id(buy(engine, ALICE, 1, price)) for price in range(1, 301)]
    for order in orders[1:]:
        cancel(engine, ALICE, order_id=order)
    assert engine.depth(MARKET, 500) == ([(1, 1)], [])
    assert len(engine._state.markets[MARKET].bids.keys) < 100
    sell(engine, BOB, 1, 1)
    assert engine.depth(MARKET, 500) == ([], [])


def test_it_finds_by_name_and_id_what_a_cancel_would_reach() -> None:
    """The order of a batch depends on it."""
    engine = an_engine()
    waiting = order_id(stop(engine, ALICE, Side.BUY, 1, 200, price=200, client_order_id="w"))
    resting = order_id(buy(engine, ALICE, 1, 100, client_order_id="r"))
    later = 24 * HOUR_NS + 1
    tick(engine, later)  # both names are forgotten, both orders are open
    for name, number in (("w", waiting), ("r", resting)):
        for found in (engine.find_order(ALICE, 0, name), engine.find_order(ALICE, number)):
            assert found is not None
            assert (found[0], found[1].order_id) == (MARKET, number)
    assert engine.find_order(BOB, resting) is None
    assert engine.find_order(ALICE, 0, "") is None


def test_everybodys_orders_are_closed_a_bounded_number_at_once_the_oldest_first() -> None:
    engine = an_engine(max_open_orders=2 * MAX_CLOSED_AT_ONCE)
    for _ in range(MAX_CLOSED_AT_ONCE + 2):
        buy(engine, ALICE, 1, 100)
    youngest = [order.order_id for order in engine.open_orders()][-2:]
    assert len(tell(engine, c.cancel_all(account=EVERYBODY))) == MAX_CLOSED_AT_ONCE
    assert [order.order_id for order in engine.open_orders()] == youngest
    assert len(tell(engine, c.cancel_all(account=EVERYBODY))) == 2
    assert engine.balance(ALICE, "USDB") == (10**12, 0)
