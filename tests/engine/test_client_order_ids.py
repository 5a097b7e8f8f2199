"""A client order id makes an order idempotent: within a day the same one is answered, not done twice."""

from typing import Any

import pytest

from exchange.engine.engine import Engine
from exchange.engine.events import OrderAccepted, OrderRepeated
from exchange.engine.types import CLIENT_ORDER_ID_RETENTION_NS, RejectReason, SelfTradePrevention
from tests.engine.support import ALICE, BOB, an_engine, buy, cancel, closed, order_id, refused, sell

DAY_NS = CLIENT_ORDER_ID_RETENTION_NS


def test_the_same_order_again_is_answered_with_the_first() -> None:
    engine = an_engine()
    first = order_id(buy(engine, ALICE, 5, 100, client_order_id="a"))
    sequence = engine.sequence
    before = engine.balance(ALICE, "USDB")
    assert buy(engine, ALICE, 5, 100, client_order_id="a") == [OrderRepeated(5, first, sequence)]
    assert engine.balance(ALICE, "USDB") == before
    assert len(engine.open_orders()) == 1


def test_a_repeat_is_answered_though_the_first_order_is_closed() -> None:
    engine = an_engine()
    first = order_id(buy(engine, ALICE, 5, 100, client_order_id="a"))
    cancel(engine, ALICE, order_id=first)
    (event,) = buy(engine, ALICE, 5, 100, client_order_id="a")
    assert isinstance(event, OrderRepeated)


@pytest.mark.parametrize(
    "change",
    [
        {"lots": 6},
        {"price": 101},
        {"post_only": True},
        {"self_trade_prevention": SelfTradePrevention.DECREMENT},
    ],
)
def test_another_content_under_the_same_id_is_refused(change: dict[str, Any]) -> None:
    engine = an_engine()
    order: dict[str, Any] = {"lots": 5, "price": 100, "client_order_id": "a"}
    buy(engine, ALICE, **order)
    assert refused(buy(engine, ALICE, **{**order, **change})) == RejectReason.DUPLICATE_CLIENT_ORDER_ID
    assert refused(sell(engine, ALICE, **order)) == RejectReason.DUPLICATE_CLIENT_ORDER_ID


def test_a_new_deadline_does_not_make_it_another_order() -> None:
    engine = an_engine()
    buy(engine, ALICE, 5, 100, client_order_id="a", deadline_ns=50)
    (event,) = buy(engine, ALICE, 5, 100, client_order_id="a", deadline_ns=90)
    assert isinstance(event, OrderRepeated)


def test_an_id_belongs_to_its_account() -> None:
    engine = an_engine()
    for account in (ALICE, BOB):
        assert isinstance(buy(engine, account, 5, 100, client_order_id="a")[0], OrderAccepted)


def test_a_refused_order_takes_no_id() -> None:
    engine = an_engine()
    poor = 77
    assert refused(buy(engine, poor, 5, 100, client_order_id="a")) == RejectReason.INSUFFICIENT_FUNDS
    assert refused(buy(engine, poor, 6, 100, client_order_id="a")) == RejectReason.INSUFFICIENT_FUNDS
    assert engine.snapshot().client_orders == ()


def test_an_id_is_free_again_exactly_when_its_retention_ends() -> None:
    engine = an_engine()
    buy(engine, ALICE, 5, 100, client_order_id="a", at=10)
    assert isinstance(buy(engine, ALICE, 5, 100, client_order_id="a", at=9 + DAY_NS)[0], OrderRepeated)
    assert isinstance(buy(engine, ALICE, 5, 100, client_order_id="a", at=10 + DAY_NS)[0], OrderAccepted)
    assert len(engine.open_orders()) == 2


def two_orders_of_one_id() -> tuple[Engine, int, int]:
    engine = an_engine()
    old = order_id(buy(engine, ALICE, 5, 100, client_order_id="a"))
    new = order_id(buy(engine, ALICE, 6, 100, client_order_id="a", at=DAY_NS))
    return engine, old, new


def test_a_cancel_by_client_order_id_finds_the_newest_order_that_is_open() -> None:
    engine, old, new = two_orders_of_one_id()
    for expected in (new, old):
        assert closed(cancel(engine, ALICE, client_order_id="a")).order_id == expected
    assert refused(cancel(engine, ALICE, client_order_id="a")) == RejectReason.ORDER_NOT_FOUND


def test_a_repeat_of_an_id_outside_its_market_is_another_order() -> None:
    engine = an_engine()
    buy(engine, ALICE, 5, 100, client_order_id="a")
    missing = buy(engine, ALICE, 5, 100, client_order_id="a", market="NONE")
    assert refused(missing) == RejectReason.MARKET_NOT_FOUND
