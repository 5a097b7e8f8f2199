"""Amending: new terms for an open order, with its place in the queue or without."""

from typing import Any

import pytest

from tests.api.people import Trader, field_of, order, refusal


def path_of(placed: dict[str, Any]) -> str:
    return f"/api/v1/orders/{placed['order']['order_id']}"


def test_less_quantity_keeps_everything_else(alice: Trader) -> None:
    placed = alice.place(quantity="0.3", client_order_id="mine")
    amended = alice.patch(path_of(placed), {"quantity": "0.2", "keep_priority": True})
    found = amended["order"]
    assert (found["quantity"], found["remaining_quantity"], found["status"]) == ("0.20000", "0.20000", "NEW")
    assert (found["order_id"], found["client_order_id"]) == (placed["order"]["order_id"], "mine")
    assert found["original"] == {"price": "100.00", "quantity": "0.30000", "trigger_price": None}
    assert amended["fills"] == []
    assert alice.order(found["order_id"]) == found


def test_a_new_price_that_crosses_trades_at_once(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="101", quantity="0.04")
    placed = alice.place(price="100", quantity="0.1", client_order_id="mine")
    amended = alice.patch("/api/v1/orders/by-client-id/mine", {"price": "101.00"})
    assert [(fill["price"], fill["quantity"], fill["role"]) for fill in amended["fills"]] == [
        ("101.00", "0.04000", "TAKER")
    ]
    assert (amended["order"]["status"], amended["order"]["price"]) == ("PARTIALLY_FILLED", "101.00")
    seen = alice.get(path_of(placed))
    assert (seen["order"], seen["fills"]) == (amended["order"], amended["fills"])


def test_an_order_that_waits_gets_another_trigger(alice: Trader) -> None:
    placed = alice.place(type="STOP_LIMIT", price="90000", trigger_price="90000", quantity="0.01")
    amended = alice.patch(path_of(placed), {"trigger_price": "90001"})
    assert (amended["order"]["status"], amended["order"]["trigger_price"]) == ("UNTRIGGERED", "90001.00")


@pytest.mark.parametrize(
    ("terms", "status", "code", "field"),
    [
        ({"price": "100"}, 422, "AMEND_UNCHANGED", ""),
        ({"quantity": "0.1"}, 422, "AMEND_UNCHANGED", ""),
        ({"quantity": "0.2", "keep_priority": True}, 422, "AMEND_LOSES_PRIORITY", "keep_priority"),
        ({"price": "99", "keep_priority": True}, 422, "AMEND_LOSES_PRIORITY", "keep_priority"),
        ({"quantity": "0.02"}, 422, "AMEND_BELOW_FILLED", "quantity"),
        ({"price": "100.001"}, 422, "TICK_SIZE", "price"),
        ({"quantity": "0.000001"}, 422, "LOT_SIZE", "quantity"),
        ({"price": "20"}, 422, "MIN_NOTIONAL", "quantity"),
        ({"price": "9999999"}, 422, "INSUFFICIENT_FUNDS", ""),
        ({"trigger_price": "90"}, 400, "INVALID_ORDER", ""),
        ({}, 400, "INVALID_ORDER", "price"),
        ({"keep_priority": True}, 400, "INVALID_ORDER", "price"),
        ({"price": None}, 400, "INVALID_ORDER", "price"),
        ({"price": "0"}, 400, "OUT_OF_RANGE", "price"),
        ({"price": 100}, 400, "INVALID_TYPE", "price"),
        ({"price": "1_000"}, 400, "INVALID_NUMBER", "price"),
        ({"keep_priority": "yes", "price": "1"}, 400, "INVALID_TYPE", "keep_priority"),
        ({"side": "SELL"}, 400, "UNKNOWN_FIELD", "side"),
    ],
)
def test_terms_that_cannot_be_are_refused_and_change_nothing(
    alice: Trader, bob: Trader, terms: dict[str, Any], status: int, code: str, field: str
) -> None:
    bob.place(side="SELL", quantity="0.05")
    placed = alice.place(quantity="0.1")
    if code == "MIN_NOTIONAL":
        alice.delete(path_of(placed))
        placed = alice.place(quantity="0.04")
    before = alice.get(path_of(placed))
    answer = alice.send("PATCH", path_of(placed), terms)
    assert refusal(answer) == (status, code)
    assert field_of(answer) == field
    assert alice.get(path_of(placed)) == before


def test_orders_that_are_closed_another_s_or_none_are_not_found(alice: Trader, bob: Trader) -> None:
    closed, theirs = alice.place(), bob.place(side="SELL", price="200")
    alice.delete(path_of(closed))
    for path in (path_of(closed), path_of(theirs), "/api/v1/orders/63", "/api/v1/orders/by-client-id/none"):
        answer = alice.send("PATCH", path, {"price": "99"})
        assert refusal(answer) == (404, "ORDER_NOT_FOUND")


def test_an_amendment_of_no_id_is_refused(mallory: Trader) -> None:
    assert refusal(mallory.send("PATCH", f"/api/v1/orders/{2**64}", {"price": "1"})) == (400, "OUT_OF_RANGE")
    assert refusal(mallory.send("PATCH", "/api/v1/orders/by-client-id/a.b", {"price": "1"})) == (
        400,
        "INVALID_CLIENT_ORDER_ID",
    )
    assert refusal(mallory.send("PATCH", "/api/v1/orders", order())) == (405, "METHOD_NOT_ALLOWED")
