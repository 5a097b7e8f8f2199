"""Canceling, replacing and amending orders in Binance's words."""

import secrets
from typing import Any

import pytest

from tests.binance.house import FREE_SYMBOL, SYMBOL, Answer, Trader, encode, signed
from tests.binance.payloads import missing

PATH = "/api/v3/order"
UNKNOWN = (400, -2011, "Unknown order sent.")
RESTRICTED = (400, -2011, "Order was not canceled due to cancel restrictions.")


def cancel(trader: Trader, **which: Any) -> Answer:
    return trader.delete(PATH, **{"symbol": SYMBOL, **which})


def status(trader: Trader, order_id: int) -> str:
    return str(trader.get(PATH, symbol=SYMBOL, orderId=order_id).json["status"])


def replaced(trader: Trader, **changes: Any) -> Answer:
    usual = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}
    mode = {"price": "101.00", "cancelReplaceMode": "STOP_ON_FAILURE"}
    return trader.post("/api/v3/order/cancelReplace", **{**usual, **mode, **changes})


def amended(trader: Trader, **params: Any) -> Answer:
    return trader.put("/api/v3/order/amend/keepPriority", **{"symbol": SYMBOL, **params})


def test_an_order_is_canceled_by_its_name(alice: Trader) -> None:
    placed = alice.order(newClientOrderId="mine")
    answer = cancel(alice, origClientOrderId="mine", newClientOrderId="gone")
    assert missing("BinanceOrder", answer.json) == []
    assert (answer.json["orderId"], answer.json["status"]) == (placed["orderId"], "CANCELED")
    assert (answer.json["origClientOrderId"], answer.json["clientOrderId"]) == ("mine", "gone")
    assert cancel(alice, origClientOrderId="mine").refusal == UNKNOWN


def test_a_replayed_cancel_gets_the_first_answer(alice: Trader) -> None:
    placed = alice.order()
    params = alice.stamped({"symbol": SYMBOL, "orderId": placed["orderId"], "cancelRestrictions": "ONLY_NEW"})
    text = signed(alice.secret, encode(params))
    first, second = (alice.send_text("DELETE", PATH, text) for _ in range(2))
    assert first.status == second.status == 200
    assert first.json == second.json


def test_an_order_without_a_name_is_called_by_its_number(alice: Trader) -> None:
    number = alice.person.place()["order"]["order_id"]
    (shown,) = alice.get("/api/v3/openOrders", symbol=SYMBOL).json
    assert (shown["clientOrderId"], shown["orderId"]) == (number, int(number))
    assert alice.get(PATH, symbol=SYMBOL, origClientOrderId=number).json["orderId"] == int(number)
    assert cancel(alice, origClientOrderId=number).json["status"] == "CANCELED"


@pytest.mark.parametrize(
    "which", [{"orderId": 1}, {"orderId": 0}, {"origClientOrderId": "nobody"}, {"origClientOrderId": "123"}]
)
def test_an_unknown_order_is_not_canceled(alice: Trader, which: dict[str, Any]) -> None:
    assert cancel(alice, **which).refusal == UNKNOWN


def test_nobody_cancels_or_sees_the_order_of_another(alice: Trader, bob: Trader) -> None:
    number = alice.order(newClientOrderId="hers")["orderId"]
    assert cancel(bob, orderId=number).refusal == UNKNOWN
    assert cancel(bob, origClientOrderId="hers").refusal == UNKNOWN
    assert bob.get(PATH, symbol=SYMBOL, orderId=number).refusal == (400, -2013, "Order does not exist.")
    assert status(alice, number) == "NEW"


def test_an_order_is_looked_for_in_its_own_market_alone(alice: Trader) -> None:
    name = secrets.token_hex(4)
    number = alice.order(newClientOrderId=name)["orderId"]
    for which in ({"orderId": number}, {"origClientOrderId": name}):
        assert cancel(alice, symbol=FREE_SYMBOL, **which).refusal == UNKNOWN
        assert alice.get(PATH, symbol=FREE_SYMBOL, **which).refusal[1] == -2013
    assert status(alice, number) == "NEW"


def test_number_and_name_must_be_of_the_same_order(alice: Trader) -> None:
    number = alice.order(newClientOrderId="first")["orderId"]
    alice.order(newClientOrderId="second")
    assert cancel(alice, orderId=number, origClientOrderId="second").refusal == UNKNOWN
    assert cancel(alice, orderId=number, origClientOrderId="first").status == 200


def test_one_of_number_and_name_is_needed(alice: Trader) -> None:
    text = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
    assert cancel(alice).refusal == (400, -1102, text)
    assert alice.get(PATH, symbol=SYMBOL).refusal == (400, -1102, text)


def test_a_cancel_may_be_restricted_to_new_or_to_traded_orders(alice: Trader, bob: Trader) -> None:
    fresh, traded = alice.order()["orderId"], alice.order(price="150.00")["orderId"]
    bob.order(side="SELL", price="150.00", quantity="0.04")
    only_new, only_traded = (
        {"cancelRestrictions": "ONLY_NEW"},
        {"cancelRestrictions": "ONLY_PARTIALLY_FILLED"},
    )
    assert cancel(alice, orderId=fresh, **only_traded).refusal == RESTRICTED
    assert cancel(alice, orderId=traded, **only_new).refusal == RESTRICTED
    assert cancel(alice, orderId=fresh, **only_new).json["status"] == "CANCELED"
    assert cancel(alice, orderId=traded, **only_traded).json["executedQty"] == "0.04000000"
    wrong = cancel(alice, orderId=traded, cancelRestrictions="NONE")
    text = "cancelRestrictions has to be either ONLY_NEW or ONLY_PARTIALLY_FILLED."
    assert wrong.refusal == (400, -1145, text)


def test_all_open_orders_of_a_market_are_canceled(alice: Trader) -> None:
    placed = [alice.order(price=price)["orderId"] for price in ("100.00", "101.00")]
    answer = alice.delete("/api/v3/openOrders", symbol=SYMBOL)
    assert [order["orderId"] for order in answer.json] == placed
    assert {order["status"] for order in answer.json} == {"CANCELED"}
    assert alice.delete("/api/v3/openOrders", symbol=SYMBOL).refusal == UNKNOWN


def test_an_order_is_replaced(alice: Trader) -> None:
    old = alice.order(newClientOrderId="old")["orderId"]
    answer = replaced(alice, cancelOrderId=old, newClientOrderId="new", cancelNewClientOrderId="swap")
    assert answer.status == 200
    assert (answer.json["cancelResult"], answer.json["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    canceled, placed = answer.json["cancelResponse"], answer.json["newOrderResponse"]
    assert (canceled["orderId"], canceled["clientOrderId"], canceled["status"]) == (old, "swap", "CANCELED")
    assert (placed["clientOrderId"], placed["price"], placed["status"]) == ("new", "101.00000000", "NEW")
    assert (status(alice, old), status(alice, placed["orderId"])) == ("CANCELED", "NEW")


def test_nothing_replaces_an_order_that_is_not_there(alice: Trader) -> None:
    answer = replaced(alice, cancelOrigClientOrderId="nobody")
    assert answer.refusal == (400, -2022, "Order cancel-replace failed.")
    data = answer.json["data"]
    assert (data["cancelResult"], data["newOrderResult"]) == ("FAILURE", "NOT_ATTEMPTED")
    assert data["cancelResponse"] == {"code": -2011, "msg": "Unknown order sent."}
    assert data["newOrderResponse"] is None
    assert alice.get("/api/v3/openOrders", symbol=SYMBOL).json == []


def test_an_order_may_be_placed_though_none_was_canceled(alice: Trader) -> None:
    answer = replaced(alice, cancelOrderId=1, cancelReplaceMode="ALLOW_FAILURE")
    assert answer.refusal == (409, -2021, "Order cancel-replace partially failed.")
    data = answer.json["data"]
    assert (data["cancelResult"], data["newOrderResult"]) == ("FAILURE", "SUCCESS")
    assert data["newOrderResponse"]["status"] == "NEW"


def test_a_replacement_that_is_refused_leaves_the_cancel(alice: Trader) -> None:
    old = alice.order()["orderId"]
    answer = replaced(alice, cancelOrderId=old, quantity="10000")
    assert answer.refusal[:2] == (409, -2021)
    data = answer.json["data"]
    assert (data["cancelResult"], data["newOrderResult"]) == ("SUCCESS", "FAILURE")
    assert data["newOrderResponse"]["code"] == -2010
    assert status(alice, old) == "CANCELED"


def test_both_halves_may_fail(alice: Trader) -> None:
    answer = replaced(alice, cancelOrderId=1, quantity="10000", cancelReplaceMode="ALLOW_FAILURE")
    assert answer.refusal[:2] == (400, -2022)
    data = answer.json["data"]
    assert (data["cancelResult"], data["newOrderResult"]) == ("FAILURE", "FAILURE")


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"price": "100.001"}, -1013),
        ({"price": None}, -1102),
        ({"cancelReplaceMode": None}, -1102),
        ({"cancelReplaceMode": "MAYBE"}, -1130),
        ({"cancelOrderId": None}, -1102),
    ],
)
def test_a_wrong_replacement_cancels_nothing(alice: Trader, changes: dict[str, Any], number: int) -> None:
    old = alice.order()["orderId"]
    answer = replaced(alice, **{"cancelOrderId": old, **changes})
    assert answer.refusal[:2] == (400, number)
    assert status(alice, old) == "NEW"


def test_a_replayed_replacement_gets_the_first_answer(alice: Trader) -> None:
    old = alice.order()["orderId"]
    order = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}
    swap = {"price": "99.00", "cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": old}
    text = signed(alice.secret, encode(alice.stamped({**order, **swap})))
    first, second = (alice.send_text("POST", "/api/v3/order/cancelReplace", text) for _ in range(2))
    assert (first.status, first.json) == (second.status, second.json)
    assert len(alice.get("/api/v3/openOrders", symbol=SYMBOL).json) == 1


def test_a_quantity_is_amended_in_its_place_in_the_queue(alice: Trader, bob: Trader) -> None:
    placed = bob.order(side="SELL", price="200.00", quantity="0.5", newClientOrderId="less")
    later = bob.order(side="SELL", price="200.00", quantity="0.5")
    answer = amended(bob, origClientOrderId="less", newQty="0.3")
    assert answer.status == 200, answer
    shown = answer.json["amendedOrder"]
    assert (shown["orderId"], shown["qty"], shown["status"]) == (placed["orderId"], "0.30000000", "NEW")
    alice.order(price="200.00", quantity="0.3")
    assert (status(bob, placed["orderId"]), status(bob, later["orderId"])) == ("FILLED", "NEW")


@pytest.mark.parametrize(
    ("quantity", "number", "text"),
    [
        ("0.5", -2038, "The requested action would change no state; rejecting."),
        ("0.6", -2038, "Order amend (quantity increase) is not supported."),
        ("0", -1013, "Filter failure: LOT_SIZE"),
        ("0.100001", -1013, "Filter failure: LOT_SIZE"),
        ("0.0000000001", -1111, "Parameter 'newQty' has too much precision."),
    ],
)
def test_a_wrong_amendment_is_refused(bob: Trader, quantity: str, number: int, text: str) -> None:
    placed = bob.order(side="SELL", price="200.00", quantity="0.5")
    answer = amended(bob, orderId=placed["orderId"], newQty=quantity)
    assert answer.refusal == (400, number, text)
    assert bob.get(PATH, symbol=SYMBOL, orderId=placed["orderId"]).json["origQty"] == "0.50000000"


def test_what_is_not_open_is_not_amended(alice: Trader) -> None:
    missing = (400, -2013, "Order does not exist.")
    assert amended(alice, orderId=1, newQty="0.1").refusal == missing
    gone = alice.order()["orderId"]
    cancel(alice, orderId=gone)
    assert amended(alice, orderId=gone, newQty="0.05").refusal == missing
