"""Every refusal of an order has a named reason; the order of the checks is fixed; nothing changes."""

from typing import Any

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.types import INT64_MAX, OrderType, RejectReason, Side, TimeInForce
from tests.engine.support import ALICE, BOB, MARKET, an_engine, buy, cancel, fund, place, refused, sell, tell

R = RejectReason
TERMS = {
    "price_step_ticks": 5,
    "quantity_step_lots": 2,
    "min_notional_atoms": 100,
    "max_notional_atoms": 100_000,
    "max_open_orders": 2,
}


def a_picky_market() -> Engine:
    """Alice asks for 10 at 100 and has used up her open orders with a bid; Bob has 1,000 and 10."""
    engine = Engine()
    tell(engine, c.create_market(**_market()))
    fund(engine, ALICE, BTC=10**6, USDB=10**6)
    fund(engine, BOB, BTC=10, USDB=1_000)
    sell(engine, ALICE, 10, 100)
    buy(engine, ALICE, 10, 50)
    return engine


def _market() -> dict[str, Any]:
    names = {"market": MARKET, "base_asset": "BTC", "quote_asset": "USDB"}
    return {**names, "base_atoms_per_lot": 1, "quote_atoms_per_tick_lot": 1, **TERMS}


LIMIT: dict[str, Any] = {"account": BOB, "side": Side.BUY, "lots": 2, "price": 95}
MARKET_ORDER: dict[str, Any] = {"account": BOB, "side": Side.BUY, "lots": 2, "price": 0}
IOC, FOK = TimeInForce.IOC, TimeInForce.FOK


@pytest.mark.parametrize(
    ("reason", "order"),
    [
        (R.DEADLINE_PASSED, {**LIMIT, "deadline_ns": 9}),
        (R.MARKET_NOT_FOUND, {**LIMIT, "market": "NONE"}),
        (R.INVALID_ORDER, {**LIMIT, "lots": 0}),
        (R.INVALID_ORDER, {**LIMIT, "lots": -2}),
        (R.INVALID_ORDER, {**LIMIT, "price": -5}),
        (R.INVALID_ORDER, {**LIMIT, "price": 0, "order_type": OrderType.LIMIT}),
        (R.INVALID_ORDER, {**LIMIT, "budget_atoms": 500}),
        (R.INVALID_ORDER, {**LIMIT, "post_only": True, "time_in_force": IOC}),
        (R.INVALID_ORDER, {**LIMIT, "post_only": True, "time_in_force": FOK}),
        (R.INVALID_ORDER, {**LIMIT, "side": 2}),
        (R.INVALID_ORDER, {**LIMIT, "side": -1}),
        (R.INVALID_ORDER, {**LIMIT, "order_type": 2}),
        (R.INVALID_ORDER, {**LIMIT, "time_in_force": 3}),
        (R.INVALID_ORDER, {**LIMIT, "self_trade_prevention": 4}),
        (R.INVALID_ORDER, {**LIMIT, "self_trade_prevention": -1}),
        (R.INVALID_ORDER, {**MARKET_ORDER, "lots": 0}),
        (R.INVALID_ORDER, {**MARKET_ORDER, "budget_atoms": -1}),
        (R.INVALID_ORDER, {**MARKET_ORDER, "post_only": True}),
        (R.INVALID_ORDER, {**LIMIT, "order_type": OrderType.MARKET}),
        (R.OUT_OF_RANGE, {**LIMIT, "price": 2**62}),
        (R.OUT_OF_RANGE, {**LIMIT, "lots": 2**63}),
        (R.OUT_OF_RANGE, {**LIMIT, "side": Side.SELL, "price": INT64_MAX, "lots": 1}),
        (R.OUT_OF_RANGE, {**MARKET_ORDER, "budget_atoms": 2**63}),
        (R.TICK_SIZE, {**LIMIT, "price": 96}),
        (R.LOT_SIZE, {**LIMIT, "lots": 3}),
        (R.LOT_SIZE, {**MARKET_ORDER, "lots": 3}),
        (R.MIN_NOTIONAL, {**LIMIT, "price": 45}),
        (R.MIN_NOTIONAL, {**MARKET_ORDER, "lots": 0, "budget_atoms": 99}),
        (R.MAX_NOTIONAL, {**LIMIT, "lots": 2_000}),
        (R.MAX_NOTIONAL, {**MARKET_ORDER, "lots": 0, "budget_atoms": 100_001}),
        (R.POST_ONLY_WOULD_CROSS, {**LIMIT, "price": 100, "post_only": True}),
        (R.FOK_UNFILLED, {**LIMIT, "price": 95, "time_in_force": FOK}),
        (R.TOO_MANY_OPEN_ORDERS, {**LIMIT, "account": ALICE}),
        (R.INSUFFICIENT_FUNDS, {**LIMIT, "lots": 20}),
        (R.INSUFFICIENT_FUNDS, {**LIMIT, "side": Side.SELL, "lots": 12, "price": 105}),
        (R.INSUFFICIENT_FUNDS, {**LIMIT, "lots": 20, "price": 60, "time_in_force": IOC}),
    ],
)
def test_a_refused_order_changes_nothing(reason: RejectReason, order: dict[str, Any]) -> None:
    engine = a_picky_market()
    tell(engine, c.Malformed(0), at=10)
    before = engine.snapshot()
    assert refused(place(engine, **order)) == reason
    assert engine.snapshot() == before._replace(sequence=before.sequence + 1)


@pytest.mark.parametrize(
    ("first", "order"),
    [
        (R.DEADLINE_PASSED, {"deadline_ns": 9, "market": "NONE"}),
        (R.MARKET_NOT_FOUND, {"market": "NONE", "lots": -1}),
        (R.INVALID_ORDER, {"lots": -1, "price": 2**63}),
        (R.OUT_OF_RANGE, {"price": 2**63 + 1}),
        (R.TICK_SIZE, {"price": 96, "lots": 3}),
        (R.LOT_SIZE, {"lots": 1, "price": 5}),
        (R.MIN_NOTIONAL, {"price": 5, "time_in_force": FOK}),
        (R.MAX_NOTIONAL, {"price": 50_005, "post_only": True}),
        (R.POST_ONLY_WOULD_CROSS, {"account": ALICE, "price": 100, "post_only": True}),
        (R.FOK_UNFILLED, {"lots": 40, "time_in_force": FOK}),
        (R.TOO_MANY_OPEN_ORDERS, {"account": ALICE, "side": Side.SELL, "lots": 1_000}),
    ],
)
def test_of_two_faults_the_earlier_check_is_named(first: RejectReason, order: dict[str, Any]) -> None:
    engine = a_picky_market()
    tell(engine, c.Malformed(0), at=10)
    assert refused(place(engine, **{**LIMIT, **order})) == first


def test_a_deadline_that_is_now_has_not_passed() -> None:
    engine = an_engine()
    assert refused(buy(engine, BOB, 1, 100, at=11, deadline_ns=10)) == R.DEADLINE_PASSED
    assert len(buy(engine, BOB, 1, 100, at=11, deadline_ns=11)) == 1


def test_engine_time_never_goes_back() -> None:
    engine = an_engine()
    tell(engine, c.Malformed(0), at=100)
    assert refused(buy(engine, BOB, 1, 100, at=5, deadline_ns=50)) == R.DEADLINE_PASSED
    assert engine.timestamp_ns == 100


def test_an_immediate_order_needs_no_room_for_open_orders() -> None:
    engine = a_picky_market()
    buy(engine, BOB, 2, 50)
    buy(engine, BOB, 2, 50)
    assert refused(buy(engine, BOB, 2, 50)) == R.TOO_MANY_OPEN_ORDERS
    assert len(place(engine, BOB, Side.BUY, 2, 100, time_in_force=IOC)) == 3


def test_a_closed_order_makes_room_for_another() -> None:
    engine = a_picky_market()
    for order in engine.open_orders(ALICE):
        cancel(engine, ALICE, order_id=order.order_id)
    assert len(buy(engine, ALICE, 2, 50)) == 1


def test_a_market_order_by_quantity_is_judged_at_the_last_price() -> None:
    engine = a_picky_market()
    buy(engine, BOB, 2, 100)
    assert engine.last_price_ticks(MARKET) == 100
    assert refused(place(engine, BOB, Side.BUY, 2_000, 0)) == R.MAX_NOTIONAL


def test_malformed_and_unknown_commands_are_refused_and_counted() -> None:
    engine = an_engine()
    sequence = engine.sequence
    for command in ((0,), (99, "what"), (-1,)):
        assert engine.apply(command, 0) == [(0, 0, "", "", R.MALFORMED_COMMAND)]
    assert engine.sequence == sequence + 3
