"""What is answered of an order while nobody can say what became of it, and what can be asked afterwards."""

from typing import Any

import pytest

from tests.api.house import House
from tests.binance.house import SYMBOL, Answer, Trader
from tests.support.waiting import until

pytestmark = pytest.mark.long

LONG = {"recvWindow": 60_000}


def replaced(trader: Trader, number: int, **changes: Any) -> Answer:
    order = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}
    mode = {"price": "101.00", "cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": number}
    return trader.post("/api/v3/order/cancelReplace", **{**order, **mode, **LONG, **changes})


def halves(answer: Answer) -> tuple[str, str]:
    return answer.json["data"]["cancelResult"], answer.json["data"]["newOrderResult"]


def status(trader: Trader, **which: Any) -> str:
    return str(trader.get("/api/v3/order", symbol=SYMBOL, **which).json.get("status"))


def test_an_order_without_an_outcome_can_be_asked_for_by_its_name(house: House, alice: Trader) -> None:
    with house.engine_held():
        answer = alice.try_order(newClientOrderId="where", **LONG)
        assert answer.refusal[:2] == (408, -1007)
        assert "execution status unknown" in answer.json["msg"]
        asked = alice.get("/api/v3/order", symbol=SYMBOL, origClientOrderId="where")
        assert asked.refusal[:2] == (408, -1007), "it is on its way"
    until(lambda: status(alice, origClientOrderId="where") == "NEW")


def test_an_order_that_was_not_taken_is_said_to_be_none(house: House, alice: Trader) -> None:
    with house.engine_gone():
        assert alice.try_order().refusal[:2] == (503, -1001)
    assert alice.get("/api/v3/allOrders", symbol=SYMBOL).json == []


def test_a_replacement_whose_cancel_is_unknown_places_nothing(house: House, alice: Trader) -> None:
    old = alice.order()["orderId"]
    with house.engine_held():
        answer = replaced(alice, old)
    assert answer.refusal[:2] == (408, -1007)
    assert halves(answer) == ("UNKNOWN", "NOT_ATTEMPTED")
    until(lambda: status(alice, orderId=old) == "CANCELED")
    assert alice.get("/api/v3/openOrders", symbol=SYMBOL).json == []


def test_a_replacement_that_nobody_takes_changes_nothing(house: House, alice: Trader) -> None:
    old = alice.order()["orderId"]
    with house.engine_gone():
        answer = replaced(alice, old)
    assert answer.refusal[:2] == (400, -2022)
    assert halves(answer) == ("FAILURE", "NOT_ATTEMPTED")
    assert answer.json["data"]["cancelResponse"]["code"] == -1001
    assert status(alice, orderId=old) == "NEW"
