"""The order in which a placement is checked is part of the API: of two faults the earlier one is named."""

from itertools import combinations
from typing import Any

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.types import MarketStatus, OrderType, RejectReason, Side, TimeInForce
from tests.engine.support import ALICE, BOB, MARKET, fund, place, refused, sell, set_status, tell

R = RejectReason
NOW = 100
GOOD: dict[str, Any] = {"lots": 2, "price": 95}

# What is wrong with an order, in the order of the checks. None of these needs the others.
FAULTS: dict[RejectReason, dict[str, Any]] = {
    R.DEADLINE_PASSED: {"deadline_ns": NOW - 1},
    R.MARKET_NOT_FOUND: {"market": "NONE"},
    R.INVALID_ORDER: {"self_trade_prevention": 4},
    R.TICK_SIZE: {"price": 103},
    R.LOT_SIZE: {"lots": 3},
    R.MAX_NOTIONAL: {"lots": 20_000},
    R.EXPIRY_PASSED: {"time_in_force": TimeInForce.GTD, "expires_ns": NOW},
    R.PRICE_BAND: {"price": 125},
    R.POST_ONLY_WOULD_CROSS: {"price": 110, "post_only": True},
    R.INSUFFICIENT_FUNDS: {"lots": 12},
}
# Both of a pair change the same term, so that no order has both faults.
EXCLUSIVE = {
    frozenset(pair)
    for pair in (
        (R.TICK_SIZE, R.PRICE_BAND),
        (R.TICK_SIZE, R.POST_ONLY_WOULD_CROSS),
        (R.PRICE_BAND, R.POST_ONLY_WOULD_CROSS),
        (R.LOT_SIZE, R.INSUFFICIENT_FUNDS),
        (R.MAX_NOTIONAL, R.INSUFFICIENT_FUNDS),
        (R.LOT_SIZE, R.MAX_NOTIONAL),
    )
}
PAIRS = [pair for pair in combinations(FAULTS, 2) if frozenset(pair) not in EXCLUSIVE]


def _a_market() -> Engine:
    """Steps of 5 ticks and 2 lots, a band of 20 % around 100; Alice asks at 110, Bob has 1,000."""
    engine = Engine()
    terms: dict[str, Any] = {"price_step_ticks": 5, "quantity_step_lots": 2, "max_notional_atoms": 1_000_000}
    names: dict[str, Any] = {"market": MARKET, "base_asset": "BTC", "quote_asset": "USDB"}
    units: dict[str, Any] = {"base_atoms_per_lot": 1, "quote_atoms_per_tick_lot": 1}
    tell(engine, c.create_market(**names, **units, **terms, band_ppm=200_000))
    fund(engine, ALICE, BTC=10**6, USDB=10**6)
    fund(engine, BOB, USDB=1_000)
    tell(engine, c.set_reference_price(market=MARKET, price_ticks=100), at=NOW)
    sell(engine, ALICE, 10, 110)
    return engine


@pytest.mark.parametrize("reason", FAULTS)
def test_each_fault_alone_is_named(reason: RejectReason) -> None:
    assert refused(place(_a_market(), BOB, Side.BUY, **{**GOOD, **FAULTS[reason]})) == reason


@pytest.mark.parametrize(("earlier", "later"), PAIRS)
def test_of_any_two_faults_the_earlier_is_named(earlier: RejectReason, later: RejectReason) -> None:
    order = {**GOOD, **FAULTS[later], **FAULTS[earlier]}
    assert refused(place(_a_market(), BOB, Side.BUY, **order)) == earlier


def test_without_a_fault_the_order_is_taken() -> None:
    assert len(place(_a_market(), BOB, Side.BUY, **GOOD)) == 1


AFTER_THE_STATUS = [reason for reason in FAULTS if reason not in (R.DEADLINE_PASSED, R.MARKET_NOT_FOUND)]


@pytest.mark.parametrize("reason", AFTER_THE_STATUS)
@pytest.mark.parametrize(
    ("status", "named"),
    [(MarketStatus.CANCEL_ONLY, R.MARKET_CANCEL_ONLY), (MarketStatus.HALTED, R.MARKET_HALTED)],
)
def test_the_status_of_the_market_comes_before_whatever_the_order_says(
    status: MarketStatus, named: RejectReason, reason: RejectReason
) -> None:
    engine = _a_market()
    set_status(engine, status)
    assert refused(place(engine, BOB, Side.BUY, **{**GOOD, **FAULTS[reason]})) == named


@pytest.mark.parametrize("reason", [R.DEADLINE_PASSED, R.MARKET_NOT_FOUND])
def test_who_is_late_or_lost_is_told_so_even_in_a_halt(reason: RejectReason) -> None:
    engine = _a_market()
    set_status(engine, MarketStatus.HALTED)
    assert refused(place(engine, BOB, Side.BUY, **{**GOOD, **FAULTS[reason]})) == reason


STOP: dict[str, Any] = {"lots": 2, "price": 125, "trigger_price_ticks": 105}
STOP["order_type"] = OrderType.STOP_LIMIT


def _after_a_trade() -> Engine:
    engine = _a_market()
    fund(engine, BOB, BTC=10)
    for side, account in ((Side.SELL, ALICE), (Side.BUY, BOB)):
        place(engine, account, side, 2, 105)
    return engine


def test_a_waiting_order_is_asked_about_the_book_only_when_it_triggers() -> None:
    """Its limit is outside of the band, where a plain order would be refused."""
    assert len(place(_a_market(), BOB, Side.BUY, **STOP)) == 1


@pytest.mark.parametrize(
    ("first", "fault"),
    [
        (R.TICK_SIZE, {"trigger_price_ticks": 103}),
        (R.LOT_SIZE, {"lots": 1}),
        (R.MAX_NOTIONAL, {"lots": 20_000}),
        (R.WOULD_TRIGGER_IMMEDIATELY, {"lots": 20}),
    ],
)
def test_a_trigger_that_is_reached_comes_after_the_terms_and_before_the_funds(
    first: RejectReason, fault: dict[str, Any]
) -> None:
    engine = _after_a_trade()
    assert refused(place(engine, BOB, Side.BUY, **{**STOP, **fault})) == first
