"""Many orders in one request: each is placed or canceled for itself, in the order sent."""

from typing import Any

import pytest

from tests.api.house import House
from tests.api.people import MakeTrader, Trader, field_of, order, refusal

PATH = "/api/v1/orders/batch"
CANCEL = "/api/v1/orders/cancel-batch"


def codes(results: list[dict[str, Any]]) -> list[str]:
    """The order's status or the error's code."""
    return [result["order"]["status"] if result["ok"] else result["error"]["code"] for result in results]


def test_each_order_has_its_result_in_the_order_sent(alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100.00", quantity="0.05")
    orders = [
        order(price="99"),
        order(price="100.001"),
        order(price="100", quantity="0.05"),
        order(market="XXX-YYY"),
        order(price="98", quantity="0.000001"),
        order(price="100000", quantity="9"),
        order(side="SELL", price="101", quantity="0.01", client_order_id="last"),
    ]
    results = alice.post(PATH, {"orders": orders})["results"]
    assert codes(results) == [
        "NEW",
        "TICK_SIZE",
        "FILLED",
        "MARKET_NOT_FOUND",
        "LOT_SIZE",
        "INSUFFICIENT_FUNDS",
        "NEW",
    ]
    assert (results[1]["error"]["field"], results[1]["error"]["tick_size"]) == ("price", "0.01")
    assert [fill["quantity"] for fill in results[2]["fills"]] == ["0.05000"]
    first, last = (int(results[index]["order"]["order_id"]) for index in (0, 6))
    assert first < last  # one after the other
    assert alice.order(results[0]["order"]["order_id"]) == results[0]["order"]


def test_a_hundred_orders_go_at_once_and_are_canceled_at_once(alice: Trader) -> None:
    placed = alice.post(PATH, {"orders": [order(price=f"{50 + n}") for n in range(100)]})["results"]
    assert codes(placed) == ["NEW"] * 100
    ids = [result["order"]["order_id"] for result in placed]
    assert sorted(ids, key=int) == ids
    canceled = alice.post(CANCEL, {"orders": [{"order_id": number} for number in ids]})["results"]
    assert codes(canceled) == ["CANCELED"] * 100
    assert [result["order"]["order_id"] for result in canceled] == ids


def test_a_repeat_in_a_batch_gets_the_first_answer(alice: Trader) -> None:
    same = order(client_order_id="same")
    results = alice.post(PATH, {"orders": [same, same, same | {"price": "99"}]})["results"]
    assert codes(results) == ["NEW", "NEW", "DUPLICATE_CLIENT_ORDER_ID"]
    assert results[0] == results[1]
    assert alice.post(PATH, {"orders": [same]})["results"] == [results[0]]


@pytest.mark.parametrize(
    ("orders", "code", "field"),
    [
        ([], "OUT_OF_RANGE", "orders"),
        ([order()] * 101, "OUT_OF_RANGE", "orders"),
        ({}, "INVALID_TYPE", "orders"),
        ([1], "INVALID_TYPE", "orders[0]"),
        ([order(), order(), order(), order(price="abc")], "INVALID_NUMBER", "orders[3].price"),
        ([order(), order(x=1)], "UNKNOWN_FIELD", "orders[1].x"),
        ([order(), order(type="STOP_LIMIT")], "INVALID_ORDER", "orders[1].trigger_price"),
        ([order(), order(price="0")], "OUT_OF_RANGE", "orders[1].price"),
        ([order(), order(type="MARKET", price=None, quantity=None, quote_budget="0.123456789")], "PRECISION",
         "orders[1].quote_budget"),
        ([order(), order(market=None)], "MISSING_FIELD", "orders[1].market"),
    ],
)  # fmt: skip
def test_what_is_malformed_refuses_the_whole_batch_before_anything_is_sent(
    alice: Trader, orders: object, code: str, field: str
) -> None:
    answer = alice.send("POST", PATH, {"orders": orders})
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field
    assert alice.get("/api/v1/orders")["orders"] == []


def test_a_batch_cancels_ones_own_and_finds_nobody_elses(alice: Trader, bob: Trader) -> None:
    mine, theirs = alice.place(client_order_id="mine")["order"], bob.place(side="SELL", price="200")["order"]
    other = alice.place()["order"]["order_id"]
    results = alice.post(
        CANCEL,
        {
            "orders": [
                {"order_id": theirs["order_id"]},
                {"client_order_id": "mine"},
                {"order_id": mine["order_id"]},
                {"client_order_id": "nobody"},
                {"order_id": "63"},
                {"order_id": other},
            ]
        },
    )["results"]
    missing = "ORDER_NOT_FOUND"
    assert codes(results) == [missing, "CANCELED", missing, missing, missing, "CANCELED"]
    assert {result["error"]["message"] for result in results if not result["ok"]} == {
        "There is no such order."
    }
    assert bob.order(theirs["order_id"])["status"] == "NEW"


@pytest.mark.parametrize(
    ("item", "code", "field"),
    [
        ({}, "INVALID_ORDER", "orders[0].order_id"),
        ({"order_id": "1", "client_order_id": "a"}, "INVALID_ORDER", "orders[0].order_id"),
        ({"order_id": 1}, "INVALID_TYPE", "orders[0].order_id"),
        ({"order_id": "0"}, "INVALID_NUMBER", "orders[0].order_id"),
        ({"order_id": "-1"}, "INVALID_NUMBER", "orders[0].order_id"),
        ({"order_id": "１"}, "INVALID_NUMBER", "orders[0].order_id"),
        ({"order_id": ""}, "INVALID_NUMBER", "orders[0].order_id"),
        ({"order_id": str(2**63)}, "OUT_OF_RANGE", "orders[0].order_id"),
        ({"order_id": str(2**64)}, "OUT_OF_RANGE", "orders[0].order_id"),
        ({"client_order_id": "a b"}, "INVALID_CLIENT_ORDER_ID", "orders[0].client_order_id"),
    ],
)
def test_a_cancel_that_names_no_order_is_refused(
    mallory: Trader, item: object, code: str, field: str
) -> None:
    answer = mallory.send("POST", CANCEL, {"orders": [item]})
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field


def test_without_an_engine_a_batch_is_not_accepted(house: House, alice: Trader) -> None:
    with house.engine_gone():
        answer = alice.send("POST", PATH, {"orders": [order(client_order_id="a"), order()]})
        assert refusal(answer) == (503, "ENGINE_UNAVAILABLE")
        assert refusal(alice.send("POST", CANCEL, {"orders": [{"order_id": "64"}]})) == (
            503,
            "ENGINE_UNAVAILABLE",
        )
    assert alice.get("/api/v1/orders")["orders"] == []


def test_a_batch_takes_more_of_the_rate_than_one_order(trader: MakeTrader) -> None:
    erin = trader("erin")
    headers = [erin.send("POST", PATH, {"orders": [order()]}).headers for _ in range(1)]
    assert int(headers[0]["x-ratelimit-limit"]) - int(headers[0]["x-ratelimit-remaining"]) >= 19
