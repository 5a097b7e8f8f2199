"""Amends: who keeps his place in the queue, what is refused, and what an amended order trades and holds."""

from typing import Any

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import OrderAmended, OrderRepeated
from exchange.engine.types import MarketStatus, RejectReason, Side, TimeInForce
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    FREE_OF_FEES,
    MARKET,
    amend,
    an_engine,
    buy,
    closed,
    fills,
    fund,
    order_id,
    place,
    refused,
    sell,
    set_status,
    stop,
    tell,
    trade_at,
    trades,
)

R = RejectReason


def amended(events: list[Any]) -> OrderAmended:
    event = events[0]
    assert isinstance(event, OrderAmended), events
    return event


def test_less_quantity_keeps_the_place_in_the_queue() -> None:
    """Binance's figures: an order of 15 becomes one of 5.50, then of 5.00, and is still the first."""
    engine = an_engine()
    first = order_id(sell(engine, ALICE, 1500, 100))
    second = order_id(sell(engine, BOB, 10, 100))
    for lots in (550, 500):
        event = amended(amend(engine, ALICE, first, quantity_lots=lots, keep_priority=True))
        assert (event.quantity_lots, event.remaining_lots, event.kept_priority) == (lots, lots, True)
    assert engine.depth(MARKET, 5) == ([], [(100, 510)])
    events = buy(engine, CAROL, 505, 100)
    assert [(t.maker_order_id, t.quantity_lots) for t in trades(events)] == [(first, 500), (second, 5)]


@pytest.mark.parametrize("change", [{"quantity_lots": 1600}, {"price_ticks": 101}, {"price_ticks": 99}])
def test_what_would_lose_the_place_is_refused_where_it_is_to_be_kept(change: dict[str, int]) -> None:
    engine = an_engine()
    order = order_id(sell(engine, ALICE, 1500, 100))
    assert refused(amend(engine, ALICE, order, **change, keep_priority=True)) == R.AMEND_LOSES_PRIORITY


def test_more_quantity_goes_to_the_end_of_the_queue() -> None:
    engine = an_engine()
    first = order_id(sell(engine, ALICE, 5, 100))
    second = order_id(sell(engine, BOB, 5, 100))
    assert not amended(amend(engine, ALICE, first, quantity_lots=6)).kept_priority
    events = buy(engine, CAROL, 11, 100)
    assert [(t.maker_order_id, t.quantity_lots) for t in trades(events)] == [(second, 5), (first, 6)]


def test_a_new_price_that_crosses_trades_as_a_taker_under_the_same_id() -> None:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=10_000)
    sell(engine, BOB, 3, 105)
    order = order_id(buy(engine, ALICE, 5, 100))
    events = amend(engine, ALICE, order, price_ticks=106)
    assert (amended(events).previous_price_ticks, amended(events).price_ticks) == (100, 106)
    (trade,) = trades(events)
    assert (trade.taker_order_id, trade.price_ticks, trade.taker_fee_atoms) == (order, 105, 4)
    assert engine.depth(MARKET, 5) == ([(106, 2)], [])
    (state,) = engine.open_orders(ALICE)
    assert (state.filled_lots, state.quantity_lots, state.taker_quote_atoms) == (3, 5, 315)


def test_fees_go_on_from_what_the_order_has_paid_as_a_maker() -> None:
    """1,000 made at 0.15 % cost 1.5, 1,010 taken at 0.25 % cost 2.525: first 2 are charged, then 3."""
    engine = an_engine(maker_fee_ppm=1_500, taker_fee_ppm=2_500)
    order = order_id(buy(engine, ALICE, 20, 100))
    maker_fee = trades(sell(engine, BOB, 10, 100))[0].maker_fee_atoms
    sell(engine, BOB, 10, 101)
    events = amend(engine, ALICE, order, price_ticks=101)
    assert (maker_fee, trades(events)[0].taker_fee_atoms) == (2, 3)
    assert closed(events).filled_lots == 20
    assert engine.balance(ALICE, "USDB") == (10**12 - 1000 - 1010 - 5, 0)


def test_an_amend_goes_by_client_order_id_too_and_a_repeat_still_means_the_original() -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 5, 100, client_order_id="a"))
    command = c.amend_order(account=ALICE, client_order_id="a", price_ticks=99)
    assert amended(tell(engine, command)).order_id == order
    (event,) = buy(engine, ALICE, 5, 100, client_order_id="a")
    assert isinstance(event, OrderRepeated)
    assert refused(buy(engine, ALICE, 5, 99, client_order_id="a")) == R.DUPLICATE_CLIENT_ORDER_ID


def a_half_filled_bid(engine: Engine) -> int:
    """Alice bids for 10 at 100; 4 are filled."""
    order = order_id(buy(engine, ALICE, 10, 100))
    sell(engine, BOB, 4, 100)
    return order


@pytest.mark.parametrize(
    ("reason", "terms"),
    [
        (R.INVALID_ORDER, {"price_ticks": -1}),
        (R.INVALID_ORDER, {"quantity_lots": -1}),
        (R.INVALID_ORDER, {"trigger_price_ticks": 105}),
        (R.AMEND_UNCHANGED, {}),
        (R.AMEND_UNCHANGED, {"price_ticks": 100, "quantity_lots": 10}),
        (R.AMEND_BELOW_FILLED, {"quantity_lots": 4}),
        (R.AMEND_LOSES_PRIORITY, {"quantity_lots": 12, "keep_priority": True}),
        (R.OUT_OF_RANGE, {"price_ticks": 2**62}),
        (R.TICK_SIZE, {"price_ticks": 101}),
        (R.LOT_SIZE, {"quantity_lots": 7}),
        (R.MIN_NOTIONAL, {"price_ticks": 2}),
        (R.MAX_NOTIONAL, {"quantity_lots": 2_000}),
        (R.PRICE_BAND, {"price_ticks": 160}),
        (R.INSUFFICIENT_FUNDS, {"quantity_lots": 12}),
        (R.DEADLINE_PASSED, {"price_ticks": 98, "deadline_ns": 4}),
    ],
)
def test_a_refused_amend_changes_nothing(reason: RejectReason, terms: dict[str, Any]) -> None:
    steps = {"price_step_ticks": 2, "quantity_step_lots": 2}
    bounds = {"min_notional_atoms": 100, "max_notional_atoms": 10_000, "band_ppm": 500_000}
    engine = an_engine(**FREE_OF_FEES, **steps, **bounds)
    order = a_half_filled_bid(engine)
    free = engine.balance(ALICE, "USDB")[0]
    tell(engine, c.withdraw(account=ALICE, asset="USDB", amount_atoms=free - 100, transfer_id=1), at=5)
    before = engine.snapshot()
    assert refused(amend(engine, ALICE, order, **terms)) == reason
    assert engine.snapshot() == before._replace(sequence=before.sequence + 1)


def test_what_the_order_holds_counts_towards_its_new_terms() -> None:
    engine = an_engine(**FREE_OF_FEES)
    fund(engine, 7, USDB=1_000)
    order = order_id(buy(engine, 7, 10, 100))
    assert refused(amend(engine, 7, order, price_ticks=101)) == R.INSUFFICIENT_FUNDS
    amend(engine, 7, order, price_ticks=200, quantity_lots=5)
    assert engine.balance(7, "USDB") == (0, 1_000)
    amend(engine, 7, order, quantity_lots=2)
    assert engine.balance(7, "USDB") == (600, 400)


def test_somebody_elses_order_is_not_found() -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 5, 100))
    assert refused(amend(engine, BOB, order, price_ticks=99)) == R.ORDER_NOT_FOUND


def test_a_post_only_order_stays_one() -> None:
    engine = an_engine()
    sell(engine, BOB, 1, 105)
    order = order_id(buy(engine, ALICE, 5, 100, post_only=True))
    assert refused(amend(engine, ALICE, order, price_ticks=105)) == R.POST_ONLY_WOULD_CROSS
    assert trades(amend(engine, ALICE, order, price_ticks=104)) == []


def test_a_market_for_makers_takes_what_does_not_cross() -> None:
    engine = an_engine()
    sell(engine, BOB, 1, 105)
    order = order_id(buy(engine, ALICE, 5, 100))
    set_status(engine, MarketStatus.POST_ONLY)
    assert refused(amend(engine, ALICE, order, price_ticks=105)) == R.MARKET_POST_ONLY
    amended(amend(engine, ALICE, order, price_ticks=104))
    for status, reason in (
        (MarketStatus.CANCEL_ONLY, R.MARKET_CANCEL_ONLY),
        (MarketStatus.HALTED, R.MARKET_HALTED),
    ):
        set_status(engine, status)
        assert refused(amend(engine, ALICE, order, price_ticks=103)) == reason


def test_an_amended_taker_meets_self_trade_prevention() -> None:
    engine = an_engine()
    own = order_id(sell(engine, ALICE, 2, 105))
    order = order_id(buy(engine, ALICE, 5, 100))
    events = amend(engine, ALICE, order, price_ticks=105)
    assert closed(events).order_id == own
    assert engine.depth(MARKET, 5) == ([(105, 5)], [])


# Orders that wait for a trigger.


def a_waiting_stop(**rest: Any) -> tuple[Engine, int]:
    """The last price is 100; Alice waits to buy 5 when it reaches 110."""
    engine = an_engine(**FREE_OF_FEES)
    trade_at(engine, 100)
    return engine, order_id(stop(engine, ALICE, Side.BUY, 5, 110, **rest))


def test_a_waiting_order_changes_where_it_is() -> None:
    engine, order = a_waiting_stop(price=112)
    event = amended(amend(engine, ALICE, order, price_ticks=106, trigger_price_ticks=105, quantity_lots=4))
    assert (event.price_ticks, event.trigger_price_ticks, event.remaining_lots) == (106, 105, 4)
    assert engine.balance(ALICE, "USDB")[1] == 4 * 106
    assert engine.depth(MARKET, 5) == ([], [])
    trade_at(engine, 105)
    assert engine.depth(MARKET, 5) == ([(106, 4)], [])


def test_a_moved_trigger_is_no_longer_where_it_was() -> None:
    engine, order = a_waiting_stop()
    amend(engine, ALICE, order, trigger_price_ticks=120)
    trade_at(engine, 115)
    assert engine.open_orders(ALICE)[0].untriggered


def test_a_trigger_that_is_reached_already_is_refused() -> None:
    engine, order = a_waiting_stop()
    for trigger in (100, 99):
        moved = amend(engine, ALICE, order, trigger_price_ticks=trigger)
        assert refused(moved) == R.WOULD_TRIGGER_IMMEDIATELY


def test_one_amends_only_what_an_order_has() -> None:
    engine, order = a_waiting_stop()
    assert refused(amend(engine, ALICE, order, price_ticks=100)) == R.INVALID_ORDER
    by_budget = order_id(stop(engine, ALICE, Side.BUY, 0, 110, budget_atoms=500))
    assert refused(amend(engine, ALICE, by_budget, quantity_lots=5)) == R.INVALID_ORDER
    assert amended(amend(engine, ALICE, by_budget, trigger_price_ticks=111)).remaining_lots == 0


def test_only_waiting_orders_of_an_immediate_kind_can_be_amended() -> None:
    engine, order = a_waiting_stop(price=112, time_in_force=TimeInForce.FOK)
    assert amended(amend(engine, ALICE, order, quantity_lots=6)).quantity_lots == 6


def test_a_triggered_order_in_the_book_has_no_trigger_to_amend() -> None:
    engine, order = a_waiting_stop(price=90)
    trade_at(engine, 110)
    assert refused(amend(engine, ALICE, order, trigger_price_ticks=120)) == R.INVALID_ORDER
    assert amended(amend(engine, ALICE, order, price_ticks=91)).price_ticks == 91


def test_an_order_that_has_expired_but_not_been_closed_is_not_amended() -> None:
    engine = an_engine()
    order = place(engine, ALICE, Side.BUY, 5, 100, time_in_force=TimeInForce.GTD, expires_ns=10)
    assert refused(amend(engine, ALICE, order_id(order), price_ticks=99, at=10)) == R.EXPIRY_PASSED


def test_amending_up_to_a_trigger_starts_the_cascade() -> None:
    engine = an_engine(**FREE_OF_FEES)
    trade_at(engine, 100)
    sell(engine, CAROL, 1, 105)
    sell(engine, CAROL, 5, 106)
    stop(engine, ALICE, Side.BUY, 2, 105)
    order = order_id(buy(engine, BOB, 1, 99))
    events = amend(engine, BOB, order, price_ticks=105)
    assert fills(events) == [(1, 105), (2, 106)]
    assert engine.open_orders(ALICE) == []
