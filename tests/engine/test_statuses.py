"""The ladder of market statuses: what each takes, what it refuses, and what happens all the same."""

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import MarketStatusChanged, OrderAccepted
from exchange.engine.types import EVERYBODY, CloseReason, MarketStatus, OrderStatus, RejectReason, Side
from tests.engine.support import (
    ALICE,
    BOB,
    MARKET,
    an_engine,
    buy,
    cancel,
    closed,
    open_market,
    order_id,
    refused,
    sell,
    set_status,
    stop,
    tell,
)

OTHER = "ETH-USDB"
OPEN, POST_ONLY, CANCEL_ONLY, HALTED = MarketStatus
R = RejectReason


def test_a_market_is_born_open() -> None:
    assert an_engine().market_status(MARKET) == OPEN


@pytest.mark.parametrize("status", list(MarketStatus))
def test_an_operator_sets_any_status_even_the_one_that_is(status: MarketStatus) -> None:
    engine = an_engine()
    for _ in range(2):
        assert set_status(engine, status) == [MarketStatusChanged(14, MARKET, status, False, 0)]
        assert engine.market_status(MARKET) == status


def test_a_status_that_is_none_and_a_market_that_is_none_are_refused() -> None:
    engine = an_engine()
    for status in (-1, 4):
        assert refused(tell(engine, c.SetMarketStatus(11, MARKET, status))) == R.INVALID_MARKET
    missing = c.set_market_status(market="NONE", status=OPEN)
    assert refused(tell(engine, missing)) == R.MARKET_NOT_FOUND


@pytest.mark.parametrize(
    ("status", "reason", "passive_reason"),
    [
        (POST_ONLY, R.MARKET_POST_ONLY, None),
        (CANCEL_ONLY, R.MARKET_CANCEL_ONLY, R.MARKET_CANCEL_ONLY),
        (HALTED, R.MARKET_HALTED, R.MARKET_HALTED),
    ],
)
def test_each_status_takes_less_than_the_one_before(
    status: MarketStatus, reason: RejectReason, passive_reason: RejectReason | None
) -> None:
    engine = an_engine()
    set_status(engine, status)
    for _ in range(2):  # the first order of an account takes another way than its second
        assert refused(buy(engine, ALICE, 1, 100)) == reason
        assert refused(buy(engine, ALICE, 1)) == reason
        assert refused(stop(engine, ALICE, Side.BUY, 1, 105)) == reason
        passive = buy(engine, ALICE, 1, 100, post_only=True)
        if passive_reason is None:
            assert isinstance(passive[0], OrderAccepted)
        else:
            assert refused(passive) == passive_reason


def test_a_repeat_is_answered_whatever_the_status() -> None:
    engine = an_engine()
    buy(engine, ALICE, 1, 100, client_order_id="a")
    set_status(engine, HALTED)
    assert type(buy(engine, ALICE, 1, 100, client_order_id="a")[0]).__name__ == "OrderRepeated"


@pytest.mark.parametrize("status", [POST_ONLY, CANCEL_ONLY])
def test_a_market_that_is_not_halted_takes_cancels(status: MarketStatus) -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 1, 100))
    buy(engine, ALICE, 1, 101)
    set_status(engine, status)
    assert closed(cancel(engine, ALICE, order_id=order)).reason == CloseReason.USER
    assert len(tell(engine, c.cancel_all(account=ALICE))) == 1


def a_halted_market_and_another() -> tuple[Engine, int, int]:
    engine = an_engine()
    open_market(engine, market=OTHER, base_asset="ETH")
    here = order_id(buy(engine, ALICE, 1, 100))
    there = order_id(buy(engine, ALICE, 1, 100, market=OTHER))
    set_status(engine, HALTED)
    return engine, here, there


def test_a_halted_market_keeps_its_orders() -> None:
    engine, here, there = a_halted_market_and_another()
    assert refused(cancel(engine, ALICE, order_id=here)) == R.MARKET_HALTED
    assert refused(cancel(engine, BOB, order_id=here)) == R.ORDER_NOT_FOUND
    assert refused(tell(engine, c.cancel_all(account=ALICE, market=MARKET))) == R.MARKET_HALTED
    assert closed(tell(engine, c.cancel_all(account=ALICE))).order_id == there
    assert [order.order_id for order in engine.open_orders()] == [here]


def test_other_markets_go_on_while_one_is_halted() -> None:
    engine, _, there = a_halted_market_and_another()
    assert closed(cancel(engine, ALICE, order_id=there)).reason == CloseReason.USER
    set_status(engine, OPEN)
    assert len(tell(engine, c.cancel_all(account=ALICE))) == 1


@pytest.mark.parametrize("status", list(MarketStatus))
def test_an_operator_cancels_everybodys_orders_in_the_order_of_their_ids(status: MarketStatus) -> None:
    engine = an_engine()
    open_market(engine, market=OTHER, base_asset="ETH")
    first = order_id(sell(engine, BOB, 1, 110))
    second = order_id(buy(engine, ALICE, 1, 100))
    third = order_id(stop(engine, BOB, Side.SELL, 1, 90))
    there = order_id(buy(engine, ALICE, 1, 100, market=OTHER))
    set_status(engine, status)
    events = tell(engine, c.cancel_all(account=EVERYBODY, market=MARKET))
    ends = [closed([event]) for event in events]
    assert [end.order_id for end in ends] == [first, second, third]
    assert {(end.status, end.reason) for end in ends} == {(OrderStatus.CANCELED, CloseReason.OPERATOR)}
    assert closed(tell(engine, c.cancel_all(account=EVERYBODY))).order_id == there
    missing = tell(engine, c.cancel_all(account=EVERYBODY, market="NONE"))
    assert refused(missing) == R.MARKET_NOT_FOUND
