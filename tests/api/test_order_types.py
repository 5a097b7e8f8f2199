"""Orders that wait for a price, and orders that end by themselves."""

import time
from typing import Any

import pytest

from tests.api.people import MakeTrader, Trader, field_of, order, refusal
from tests.support.waiting import until

STOP = {"type": "STOP_MARKET", "price": None, "trigger_price": "90"}


def trade(buyer: Trader, seller: Trader, price: str) -> None:
    """The last price is `price` from here on."""
    seller.place(side="SELL", price=price, quantity="0.02")
    buyer.place(price=price, quantity="0.02")


@pytest.fixture
def last_price_100(trader: MakeTrader) -> None:
    trade(trader("dora", USDB="1000"), trader("dave", BTC="1"), "100.00")


@pytest.mark.usefixtures("last_price_100")
@pytest.mark.parametrize(
    "changes",
    [
        {"side": "SELL", "type": "STOP_LIMIT", "price": "89", "trigger_price": "90"},
        {"side": "SELL", "type": "STOP_MARKET", "price": None, "trigger_price": "90"},
        {"side": "SELL", "type": "TAKE_PROFIT_LIMIT", "price": "110", "trigger_price": "110"},
        {"side": "SELL", "type": "TAKE_PROFIT_MARKET", "price": None, "trigger_price": "110"},
        {"type": "STOP_LIMIT", "price": "111", "trigger_price": "110"},
        {
            "type": "STOP_MARKET",
            "price": None,
            "quantity": None,
            "quote_budget": "50",
            "trigger_price": "110",
        },
        {"type": "TAKE_PROFIT_LIMIT", "price": "90", "trigger_price": "90", "post_only": True},
    ],
)
def test_an_order_with_a_trigger_waits_outside_the_book(trader: MakeTrader, changes: dict[str, Any]) -> None:
    erin = trader("erin", USDB="1000", BTC="1")
    placed = erin.place(**changes)
    assert placed["fills"] == []
    found = placed["order"]
    assert (found["status"], found["type"]) == ("UNTRIGGERED", changes["type"])
    assert (found["trigger_price"], found["triggered_at_ms"]) == (f"{changes['trigger_price']}.00", None)
    assert erin.get(f"/api/v1/orders/{found['order_id']}") == placed
    assert [row["order_id"] for row in erin.get("/api/v1/orders?status=open")["orders"]] == [
        found["order_id"]
    ]
    assert erin.delete(f"/api/v1/orders/{found['order_id']}")["order"]["status"] == "CANCELED"


@pytest.mark.usefixtures("last_price_100")
def test_a_stop_is_executed_once_the_last_price_reaches_it(
    alice: Trader, bob: Trader, trader: MakeTrader
) -> None:
    erin = trader("erin", BTC="1")
    stop = erin.place(**STOP, side="SELL", quantity="0.05")["order"]
    alice.place(price="88", quantity="0.05")
    trade(alice, bob, "90")
    found = erin.get(f"/api/v1/orders/{stop['order_id']}")
    assert (found["order"]["status"], found["order"]["filled_quantity"]) == ("FILLED", "0.05000")
    assert found["order"]["triggered_at_ms"] >= stop["created_at_ms"]
    assert [(fill["role"], fill["price"]) for fill in found["fills"]] == [("TAKER", "88.00")]


@pytest.mark.usefixtures("last_price_100")
def test_an_order_that_a_triggered_one_meets_is_answered_as_it_is_then(
    alice: Trader, bob: Trader, trader: MakeTrader
) -> None:
    """The order that reaches the trigger rests with what is left of it, and the stop comes and takes that."""
    erin = trader("erin", BTC="1")
    bob.place(side="SELL", price="105", quantity="0.02")
    erin.place(type="STOP_MARKET", price=None, trigger_price="99", side="SELL", quantity="0.03")
    bob.place(side="SELL", price="99", quantity="0.02")
    placed = alice.place(price="99", quantity="0.05")
    assert [(fill["role"], fill["quantity"]) for fill in placed["fills"]] == [
        ("TAKER", "0.02000"),
        ("MAKER", "0.03000"),
    ]
    assert (placed["order"]["status"], placed["order"]["close_reason"]) == ("FILLED", "FILLED")
    seen = alice.get(f"/api/v1/orders/{placed['order']['order_id']}")
    assert seen == placed


@pytest.mark.usefixtures("last_price_100")
def test_a_trigger_that_is_reached_already_is_refused(alice: Trader) -> None:
    answer = alice.try_order(type="STOP_LIMIT", price="101", trigger_price="99.99")
    assert refusal(answer) == (422, "WOULD_TRIGGER_IMMEDIATELY")
    assert field_of(answer) == "trigger_price"


def test_a_gtd_order_expires_by_itself(alice: Trader) -> None:
    expires = time.time_ns() // 1_000_000 + 700
    placed = alice.place(time_in_force="GTD", expires_at_ms=expires)["order"]
    assert (placed["status"], placed["expires_at_ms"]) == ("NEW", expires)
    until(lambda: alice.order(placed["order_id"])["status"] == "EXPIRED")
    found = alice.order(placed["order_id"])
    assert (found["close_reason"], found["updated_at_ms"] >= expires) == ("GTD_EXPIRED", True)


def test_an_expiry_that_has_passed_is_refused(alice: Trader) -> None:
    answer = alice.try_order(time_in_force="GTD", expires_at_ms=1_600_000_000_000)
    assert refusal(answer) == (422, "EXPIRY_PASSED")
    assert field_of(answer) == "expires_at_ms"


MARKET = {"type": "MARKET", "price": None}
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "STOP_LIMIT"}, "INVALID_ORDER", "trigger_price"),
    ({"type": "TAKE_PROFIT_MARKET", "price": None}, "INVALID_ORDER", "trigger_price"),
    ({"trigger_price": "90"}, "INVALID_ORDER", "trigger_price"),
    (MARKET | {"trigger_price": "90"}, "INVALID_ORDER", "trigger_price"),
    (STOP | {"price": "91"}, "INVALID_ORDER", "price"),
    (STOP | {"post_only": True}, "INVALID_ORDER", "post_only"),
    (STOP | {"time_in_force": "GTC"}, "INVALID_ORDER", "time_in_force"),
    (STOP | {"time_in_force": "GTD", "expires_at_ms": 1}, "INVALID_ORDER", "time_in_force"),
    (STOP | {"quantity": None}, "INVALID_ORDER", "quantity"),
    ({"time_in_force": "GTD"}, "INVALID_ORDER", "expires_at_ms"),
    ({"time_in_force": "GTD", "expires_at_ms": 0}, "INVALID_ORDER", "expires_at_ms"),
    ({"expires_at_ms": 1}, "INVALID_ORDER", "expires_at_ms"),
    ({"time_in_force": "GTD", "expires_at_ms": "1"}, "INVALID_TYPE", "expires_at_ms"),
    ({"time_in_force": "GTD", "expires_at_ms": 1.5}, "INVALID_TYPE", "expires_at_ms"),
    ({"time_in_force": "GTD", "expires_at_ms": 1_700_000_000_000_000}, "INVALID_TIME", "expires_at_ms"),
    ({"time_in_force": "GTD", "expires_at_ms": -1}, "INVALID_TIME", "expires_at_ms"),
    (STOP | {"trigger_price": 90}, "INVALID_TYPE", "trigger_price"),
    (STOP | {"trigger_price": "1e2"}, "INVALID_NUMBER", "trigger_price"),
    (STOP | {"trigger_price": "NaN"}, "INVALID_NUMBER", "trigger_price"),
    (STOP | {"trigger_price": "０"}, "INVALID_NUMBER", "trigger_price"),
    (STOP | {"trigger_price": "0"}, "OUT_OF_RANGE", "trigger_price"),
    (STOP | {"trigger_price": "9" * 38}, "OUT_OF_RANGE", "trigger_price"),
]


@pytest.mark.parametrize(("changes", "code", "field"), BAD)
def test_terms_that_do_not_go_together_are_refused_with_their_field(
    mallory: Trader, changes: dict[str, Any], code: str, field: str
) -> None:
    answer = mallory.send("POST", "/api/v1/orders", order(**changes))
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field


def test_a_trigger_price_keeps_to_the_tick(mallory: Trader) -> None:
    answer = mallory.try_order(**STOP | {"trigger_price": "90.001"})
    assert refusal(answer) == (422, "TICK_SIZE")
    assert (field_of(answer), answer.json()["error"]["tick_size"]) == ("trigger_price", "0.01")
