"""The dead man's switch over REST: armed, put off, disarmed, fired."""

import time

import pytest

from tests.api.house import MARKET, SMALL_MARKET
from tests.api.people import Trader, field_of, refusal
from tests.support.waiting import until

PATH = "/api/v1/dead-mans-switch"
NONE: dict[str, list[object]] = {"switches": []}


def test_it_is_armed_put_off_and_disarmed(carol: Trader) -> None:
    assert carol.get(PATH) == NONE
    before = time.time_ns() // 1_000_000
    (armed,) = carol.put(PATH, {"timeout_ms": 60_000})["switches"]
    assert armed["market"] is None
    assert before + 60_000 <= armed["due_at_ms"] <= before + 62_000
    (later,) = carol.put(PATH, {"timeout_ms": 90_000})["switches"]
    assert later["due_at_ms"] > armed["due_at_ms"]
    assert carol.get(PATH) == {"switches": [later]}
    assert carol.delete(PATH) == NONE
    assert carol.get(PATH) == NONE


def test_each_market_has_its_own_beside_that_of_all(carol: Trader) -> None:
    for market in (None, MARKET, SMALL_MARKET):
        carol.put(PATH, {"timeout_ms": 60_000, "market": market})
    assert [switch["market"] for switch in carol.get(PATH)["switches"]] == [None, MARKET, SMALL_MARKET]
    left = carol.delete(f"{PATH}?market={MARKET}")["switches"]
    assert [switch["market"] for switch in left] == [None, SMALL_MARKET]
    assert carol.delete(PATH)["switches"] == left[1:]
    carol.delete(f"{PATH}?market={SMALL_MARKET}")


def test_without_another_word_every_open_order_is_canceled(alice: Trader, bob: Trader) -> None:
    orders = [alice.place(price=price)["order"]["order_id"] for price in ("99", "98")]
    others = bob.place(side="SELL", price="200")["order"]["order_id"]
    alice.put(PATH, {"timeout_ms": 1_000})
    until(lambda: alice.get("/api/v1/orders?status=open")["orders"] == [])
    assert {alice.order(number)["close_reason"] for number in orders} == {"DEAD_MANS_SWITCH"}
    assert bob.order(others)["status"] == "NEW"
    assert alice.get(PATH) == NONE


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "MISSING_FIELD", "timeout_ms"),
        ({"timeout_ms": 999}, 400, "OUT_OF_RANGE", "timeout_ms"),
        ({"timeout_ms": 0}, 400, "OUT_OF_RANGE", "timeout_ms"),
        ({"timeout_ms": -1}, 400, "OUT_OF_RANGE", "timeout_ms"),
        ({"timeout_ms": 86_400_001}, 400, "OUT_OF_RANGE", "timeout_ms"),
        ({"timeout_ms": 2**64}, 400, "OUT_OF_RANGE", "timeout_ms"),
        ({"timeout_ms": "60000"}, 400, "INVALID_TYPE", "timeout_ms"),
        ({"timeout_ms": 1.5}, 400, "INVALID_TYPE", "timeout_ms"),
        ({"timeout_ms": True}, 400, "INVALID_TYPE", "timeout_ms"),
        ({"timeout_ms": 60_000, "market": "btc-usdb"}, 400, "INVALID_SYMBOL", "market"),
        ({"timeout_ms": 60_000, "market": "XXX-YYY"}, 404, "MARKET_NOT_FOUND", "market"),
        ({"timeout_ms": 60_000, "x": 1}, 400, "UNKNOWN_FIELD", "x"),
    ],
)
def test_what_cannot_be_armed_is_refused(
    carol: Trader, body: object, status: int, code: str, field: str
) -> None:
    answer = carol.send("PUT", PATH, body)
    assert refusal(answer) == (status, code)
    assert field_of(answer) == field
    assert carol.get(PATH) == NONE
