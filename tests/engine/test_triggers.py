"""Stop and take-profit orders: when they trigger, what they hold until then, and what becomes of them."""

import pytest

from exchange.engine.engine import Engine
from exchange.engine.events import OrderAccepted, OrderClosed, OrderTriggered
from exchange.engine.types import CloseReason, OrderStatus, OrderType, RejectReason, Side, TimeInForce
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    FREE_OF_FEES,
    MARKET,
    an_engine,
    buy,
    closed,
    fills,
    fund,
    only,
    order_id,
    place,
    refused,
    sell,
    stop,
    trade_at,
    trades,
)

BUY, SELL = Side
STOP_LIMIT, STOP_MARKET = OrderType.STOP_LIMIT, OrderType.STOP_MARKET
TAKE_PROFIT_LIMIT, TAKE_PROFIT_MARKET = OrderType.TAKE_PROFIT_LIMIT, OrderType.TAKE_PROFIT_MARKET
FOK, IOC = TimeInForce.FOK, TimeInForce.IOC


def an_engine_at(price: int, **parameters: int) -> Engine:
    """With `price` for the last price, and free of fees."""
    engine = an_engine(**{**FREE_OF_FEES, **parameters})
    trade_at(engine, price)
    return engine


@pytest.mark.parametrize(
    ("side", "order_type", "trigger", "calm", "reached"),
    [
        (BUY, STOP_MARKET, 105, 104, 105),
        (BUY, STOP_LIMIT, 105, 104, 106),
        (SELL, STOP_MARKET, 95, 96, 95),
        (SELL, STOP_LIMIT, 95, 96, 94),
        (BUY, TAKE_PROFIT_MARKET, 95, 96, 95),
        (BUY, TAKE_PROFIT_LIMIT, 95, 96, 94),
        (SELL, TAKE_PROFIT_MARKET, 105, 104, 105),
        (SELL, TAKE_PROFIT_LIMIT, 105, 104, 106),
    ],
)
def test_a_stop_triggers_against_its_side_and_a_take_profit_for_it(
    side: Side, order_type: OrderType, trigger: int, calm: int, reached: int
) -> None:
    engine = an_engine_at(100)
    price = 200 if side == BUY else 1
    price = price if order_type in (STOP_LIMIT, TAKE_PROFIT_LIMIT) else 0
    order = order_id(stop(engine, ALICE, side, 1, trigger, order_type=order_type, price=price))
    assert only(trade_at(engine, calm), OrderTriggered) == []
    (event,) = only(trade_at(engine, reached), OrderTriggered)
    assert (event.order_id, event.side, event.last_price_ticks) == (order, side, reached)


def test_a_stop_loss_sells_when_the_price_has_fallen() -> None:
    """Alice bought at 100 and wants out at 95: somebody trades at 95, and she sells to the best bid."""
    engine = an_engine_at(100)
    order = order_id(stop(engine, ALICE, SELL, 2, 95))
    buy(engine, BOB, 1, 95)
    buy(engine, BOB, 5, 94)
    events = sell(engine, CAROL, 1, 95)
    assert fills(events) == [(1, 95), (2, 94)]
    assert [trade.taker_order_id for trade in trades(events)] == [order_id(events), order]
    assert closed(events).status == OrderStatus.FILLED


def test_the_taker_ends_before_the_first_order_triggers() -> None:
    """The stop at 101 is reached by the taker's first trade, but what the taker wants comes first."""
    engine = an_engine_at(100)
    sell(engine, CAROL, 1, 101)
    sell(engine, CAROL, 1, 102)
    sell(engine, CAROL, 1, 103)
    waiting = order_id(stop(engine, ALICE, BUY, 1, 101))
    events = buy(engine, BOB, 2, 102)
    assert [(t.taker_order_id, t.price_ticks) for t in trades(events)] == [
        (order_id(events), 101),
        (order_id(events), 102),
        (waiting, 103),
    ]
    names = [type(event).__name__ for event in events]
    closing, triggering = names.index("OrderClosed"), names.index("OrderTriggered")
    assert closing < triggering


def test_only_the_last_price_of_a_command_triggers() -> None:
    """A sweep through 95 that ends at 94 is judged at 94."""
    engine = an_engine_at(100)
    buy(engine, BOB, 1, 95)
    buy(engine, BOB, 1, 94)
    stop(engine, ALICE, SELL, 1, 95)
    (event,) = only(sell(engine, CAROL, 2, 94), OrderTriggered)
    assert event.last_price_ticks == 94


def test_orders_reached_together_execute_in_the_order_of_their_ids() -> None:
    engine = an_engine_at(100)
    far = order_id(stop(engine, ALICE, BUY, 1, 106))
    near = order_id(stop(engine, ALICE, BUY, 1, 104))
    profit = order_id(stop(engine, ALICE, SELL, 1, 105, order_type=TAKE_PROFIT_MARKET))
    events = trade_at(engine, 110)
    assert [event.order_id for event in only(events, OrderTriggered)] == [far, near, profit]


def test_a_cascade_goes_first_come_first_served_and_ends_in_its_command() -> None:
    """101 reaches the second and the fourth. The second trades at 103 and reaches the first and the third:
    they come after the fourth, which was reached before."""
    engine = an_engine_at(100)
    for price in (103, 104, 105, 106):
        sell(engine, CAROL, 1, price)
    first, second, third, fourth = (
        order_id(stop(engine, ALICE, BUY, 1, trigger)) for trigger in (103, 101, 102, 101)
    )
    events = trade_at(engine, 101)
    triggered = [(event.order_id, event.last_price_ticks) for event in only(events, OrderTriggered)]
    assert triggered == [(second, 101), (fourth, 101), (first, 103), (third, 103)]
    assert fills(events) == [(1, 101), (1, 103), (1, 104), (1, 105), (1, 106)]
    assert engine.open_orders(ALICE) == []


def test_an_order_once_reached_triggers_though_the_price_has_gone_back() -> None:
    """The stop to sell takes the price down to 90 before the stop to buy, reached at 110, has its turn."""
    engine = an_engine_at(100)
    buy(engine, BOB, 1, 90)
    stop(engine, ALICE, SELL, 1, 110, order_type=TAKE_PROFIT_MARKET)
    stop(engine, ALICE, BUY, 1, 110, price=50)
    events = trade_at(engine, 110)
    assert engine.last_price_ticks(MARKET) == 90
    assert [event.last_price_ticks for event in only(events, OrderTriggered)] == [110, 110]
    assert (50, 1) in engine.depth(MARKET, 5)[0]


def test_an_order_whose_price_has_been_reached_is_refused() -> None:
    engine = an_engine_at(100)
    for side in (BUY, SELL):
        assert refused(stop(engine, ALICE, side, 1, 100)) == RejectReason.WOULD_TRIGGER_IMMEDIATELY


def test_before_the_first_trade_nothing_is_reached() -> None:
    engine = an_engine()
    for side in (BUY, SELL):
        assert isinstance(stop(engine, ALICE, side, 1, 100)[0], OrderAccepted)
    events = trade_at(engine, 100)
    assert len(only(events, OrderTriggered)) == 2


def test_a_waiting_order_is_open_but_not_in_the_book() -> None:
    engine = an_engine_at(100)
    order = order_id(stop(engine, ALICE, BUY, 2, 105, price=106))
    (state,) = engine.open_orders(ALICE)
    assert (state.order_id, state.untriggered, state.trigger_price_ticks) == (order, True, 105)
    assert engine.depth(MARKET, 5) == ([], [])


def test_a_triggered_limit_order_rests_last_in_the_queue_of_its_price() -> None:
    engine = an_engine_at(100)
    old = order_id(stop(engine, ALICE, BUY, 1, 105, price=99))
    new = order_id(buy(engine, BOB, 1, 99))
    trade_at(engine, 105)
    events = sell(engine, CAROL, 2, 99)
    assert [trade.maker_order_id for trade in trades(events)] == [new, old]


@pytest.mark.parametrize(
    ("side", "order", "locked"),
    [
        (BUY, {"lots": 3, "price": 110}, 330),
        (BUY, {"lots": 0, "budget_atoms": 500}, 500),
        (BUY, {"lots": 3, "budget_atoms": 500}, 500),
        (BUY, {"lots": 3}, 0),
        (SELL, {"lots": 3, "price": 80}, 3),
        (SELL, {"lots": 3}, 3),
        (SELL, {"lots": 3, "budget_atoms": 500}, 3),
        (SELL, {"lots": 0, "budget_atoms": 500}, 0),
    ],
)
def test_a_waiting_order_locks_what_bounds_it(side: Side, order: dict[str, int], locked: int) -> None:
    engine = an_engine_at(100)
    stop(engine, ALICE, side, trigger=105 if side == BUY else 95, **order)
    assert engine.balance(ALICE, "USDB" if side == BUY else "BTC")[1] == locked


def a_poor_buyer(engine: Engine) -> int:
    """Account 7 waits to buy two at the market and has 150."""
    fund(engine, 7, USDB=150)
    return order_id(stop(engine, 7, BUY, 2, 105))


def test_a_market_buy_that_locked_nothing_must_be_covered_when_it_triggers() -> None:
    engine = an_engine_at(100)
    order = a_poor_buyer(engine)
    sell(engine, CAROL, 5, 106)
    end = closed(trade_at(engine, 105))
    assert (end.order_id, end.status, end.reason) == (
        order,
        OrderStatus.EXPIRED,
        CloseReason.INSUFFICIENT_FUNDS,
    )
    assert engine.balance(7, "USDB") == (150, 0)


def test_what_would_have_refused_it_closes_a_triggered_order() -> None:
    engine = an_engine_at(100)
    sell(engine, CAROL, 1, 107)
    post_only = order_id(stop(engine, ALICE, BUY, 1, 105, price=107, post_only=True))
    fok = order_id(stop(engine, ALICE, BUY, 9, 105, price=107, time_in_force=FOK))
    ioc = order_id(stop(engine, ALICE, BUY, 9, 105, price=106, time_in_force=IOC))
    events = trade_at(engine, 105)
    reasons = {event.order_id: event.reason for event in only(events, OrderClosed)}
    assert reasons[post_only] == CloseReason.POST_ONLY_WOULD_CROSS
    assert reasons[fok] == CloseReason.FOK_UNFILLED
    assert reasons[ioc] == CloseReason.NO_LIQUIDITY
    assert engine.balance(ALICE, "USDB")[1] == 0


def test_waiting_orders_count_among_the_open_orders() -> None:
    engine = an_engine(max_open_orders=2)
    stop(engine, ALICE, BUY, 1, 105, time_in_force=IOC)
    stop(engine, ALICE, SELL, 1, 95)
    assert refused(stop(engine, ALICE, BUY, 1, 105)) == RejectReason.TOO_MANY_OPEN_ORDERS
    assert refused(buy(engine, ALICE, 1, 100)) == RejectReason.TOO_MANY_OPEN_ORDERS


@pytest.mark.parametrize(
    "order",
    [
        {"price": 100, "order_type": OrderType.LIMIT, "trigger_price_ticks": 105},
        {"price": 0, "order_type": OrderType.MARKET, "trigger_price_ticks": 105},
        {"price": 100, "order_type": STOP_LIMIT},
        {"price": 0, "order_type": STOP_MARKET},
        {"price": 0, "order_type": STOP_LIMIT, "trigger_price_ticks": 105},
        {"price": 100, "order_type": STOP_MARKET, "trigger_price_ticks": 105},
        {"price": 100, "order_type": STOP_LIMIT, "trigger_price_ticks": -105},
        {"price": 100, "order_type": STOP_LIMIT, "trigger_price_ticks": 105, "budget_atoms": 5},
        {"price": 0, "order_type": STOP_MARKET, "trigger_price_ticks": 105, "post_only": True},
        {"price": 100, "order_type": 6, "trigger_price_ticks": 105},
    ],
)
def test_a_trigger_belongs_to_the_types_that_have_one(order: dict[str, int]) -> None:
    assert refused(place(an_engine(), BOB, BUY, 1, **order)) == RejectReason.INVALID_ORDER


def test_a_trigger_is_a_multiple_of_the_price_step() -> None:
    engine = an_engine(price_step_ticks=5)
    assert refused(stop(engine, ALICE, BUY, 1, 104, price=100)) == RejectReason.TICK_SIZE
    assert refused(stop(engine, ALICE, BUY, 1, 104)) == RejectReason.TICK_SIZE


def test_a_stop_market_order_is_judged_at_its_trigger() -> None:
    engine = an_engine_at(100, min_notional_atoms=300, max_notional_atoms=1_000)
    assert refused(stop(engine, ALICE, BUY, 1, 150)) == RejectReason.MIN_NOTIONAL
    assert refused(stop(engine, ALICE, BUY, 7, 150)) == RejectReason.MAX_NOTIONAL
    assert isinstance(stop(engine, ALICE, BUY, 2, 150)[0], OrderAccepted)
    assert refused(stop(engine, ALICE, BUY, 1, 2**63)) == RejectReason.OUT_OF_RANGE
