"""Requests over the websocket API: read, admitted, answered by their ids, entered in their row."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.house import House
from tests.binance.api_socket import ApiSocket, opened, refusal_of, result_of
from tests.binance.house import SMALL_SYMBOL, SYMBOL, Trader

BID = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}


@pytest.fixture
def anyone(house: House) -> Iterator[ApiSocket]:
    with opened(house.url) as socket:
        yield socket


@pytest.fixture
def socket(house: House, alice: Trader) -> Iterator[ApiSocket]:
    with opened(house.url, alice) as socket:
        yield socket


def bid(**changes: Any) -> dict[str, Any]:
    return {**BID, "quantity": "0.1", "price": "100.00", **changes}


def test_it_answers_by_the_id_that_was_sent(anyone: ApiSocket) -> None:
    for number in (None, 7, -1, "a name", "187d3cb2-942d-484c-8271-4e2141bbadb1"):
        answer = anyone.ask_raw(json.dumps({"id": number, "method": "ping"}))
        assert (answer["id"], answer["status"], answer["result"]) == (number, 200, {})
    without = anyone.ask_raw('{"method":"ping"}')
    assert (without["id"], without["status"]) == (None, 200)


def test_it_says_what_is_used_up(anyone: ApiSocket) -> None:
    (weight,) = anyone.ask("ping")["rateLimits"]
    assert (weight["rateLimitType"], weight["interval"], weight["intervalNum"]) == (
        "REQUEST_WEIGHT",
        "MINUTE",
        1,
    )
    assert weight["limit"] >= weight["count"] > 0


def test_who_wants_no_limits_is_told_none(house: House, anyone: ApiSocket) -> None:
    assert "rateLimits" not in anyone.ask("ping", returnRateLimits=False)
    with opened(house.url, path="/ws-api/v3?returnRateLimits=false") as quiet:
        assert "rateLimits" not in quiet.ask("ping")
        assert "rateLimits" in quiet.ask("ping", returnRateLimits=True)


def test_an_order_counts_in_the_order_limits(socket: ApiSocket) -> None:
    kinds = [one["rateLimitType"] for one in socket.ask_signed("order.place", **bid())["rateLimits"]]
    assert kinds == ["ORDERS", "ORDERS", "REQUEST_WEIGHT"]


@pytest.mark.parametrize(
    "text", ["", "ping", "[]", "1", '{"id":1,"method":"ping"', '{"id":NaN,"method":"x"}']
)
def test_it_refuses_what_is_no_json_object(anyone: ApiSocket, text: str) -> None:
    answer = anyone.ask_raw(text)
    assert (answer["id"], *refusal_of(answer)) == (None, 400, -1135, "Invalid JSON Request")
    assert anyone.ask("ping")["status"] == 200


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"id": {}, "method": "ping"}, -1130),
        ({"id": [1], "method": "ping"}, -1130),
        ({"id": 1}, -1102),
        ({"id": 1, "method": 5}, -1130),
        ({"id": 1, "method": "ping", "params": [1]}, -1135),
        ({"id": 1, "method": "order.plaice"}, -1020),
    ],
)
def test_it_refuses_a_misshapen_request(anyone: ApiSocket, message: dict[str, Any], code: int) -> None:
    assert refusal_of(anyone.ask_raw(json.dumps(message)))[1] == code


def test_public_operations_need_no_key(anyone: ApiSocket) -> None:
    assert abs(anyone.do("time")["serverTime"] - time.time() * 1_000) < 60_000
    assert anyone.do("depth", symbol=SYMBOL, limit=5)["lastUpdateId"] >= 0
    assert refusal_of(anyone.ask("depth", symbol="NOSUCH")) == (400, -1121, "Invalid symbol.")


def test_an_order_is_placed_seen_and_canceled(socket: ApiSocket) -> None:
    placed = socket.do_signed("order.place", **bid(newClientOrderId="first"))
    assert (placed["status"], placed["clientOrderId"]) == ("NEW", "first")
    seen = socket.do_signed("order.status", symbol=SYMBOL, orderId=placed["orderId"])
    assert seen == socket.signer.get("/api/v3/order", symbol=SYMBOL, orderId=placed["orderId"]).json
    canceled = socket.do_signed("order.cancel", symbol=SYMBOL, orderId=placed["orderId"])
    assert (canceled["status"], canceled["origClientOrderId"]) == ("CANCELED", "first")


def test_values_may_be_numbers_as_they_are_spelled(socket: ApiSocket) -> None:
    members = socket.signer.signed_members(bid(quantity=0.10, price=100.5))
    text = json.dumps({"id": 1, "method": "order.place", "params": members})
    assert '"price": 100.5' in text
    placed = result_of(socket.ask_raw(text))
    assert (placed["origQty"], placed["price"]) == ("0.10000000", "100.50000000")


def test_values_may_be_arrays(anyone: ApiSocket) -> None:
    found = anyone.do("ticker.price", symbols=[SYMBOL, SMALL_SYMBOL])
    assert {one["symbol"] for one in found} == {SYMBOL, SMALL_SYMBOL}
    assert refusal_of(anyone.ask("ticker.price", symbols=[SYMBOL, "NOSUCH"]))[1] == -1121


def test_what_is_null_was_not_sent(socket: ApiSocket) -> None:
    members = {**socket.signer.signed_members(bid()), "newClientOrderId": None}
    assert socket.answer_to(socket.send("order.place", members))["status"] == 200


def test_a_signature_is_of_the_sorted_parameters(socket: ApiSocket) -> None:
    members = socket.signer.signed_members(bid())
    shuffled = dict(sorted(members.items(), reverse=True))
    assert socket.answer_to(socket.send("order.place", shuffled))["status"] == 200
    changed = {**socket.signer.signed_members(bid()), "quantity": "0.2"}
    answer = socket.answer_to(socket.send("order.place", changed))
    assert refusal_of(answer) == (400, -1022, "Signature for this request is not valid.")


def test_the_same_signed_request_is_carried_out_once(socket: ApiSocket) -> None:
    members = socket.signer.signed_members(bid())
    first, second = (result_of(socket.answer_to(socket.send("order.place", members))) for _ in range(2))
    assert first["orderId"] == second["orderId"]


def test_a_signed_operation_needs_a_key_or_a_logon(anyone: ApiSocket) -> None:
    assert refusal_of(anyone.ask("order.place", **bid()))[1] == -1102
    stranger = {**bid(), "apiKey": "bk_" + 32 * "0", "timestamp": int(time.time() * 1_000)}
    answer = anyone.ask("order.place", **stranger, signature="00")
    assert refusal_of(answer) == (401, -2015, "Invalid API-key, IP, or permissions for action.")


def test_a_late_request_is_refused(socket: ApiSocket) -> None:
    members = {**bid(), "apiKey": socket.signer.key, "timestamp": int(time.time() * 1_000) - 70_000}
    answer = socket.answer_to(socket.send("order.place", {**members, "signature": "00"}))
    assert refusal_of(answer)[1] == -1021


def test_a_refusal_of_the_engine_is_answered_by_its_id(socket: ApiSocket) -> None:
    answer = socket.ask_signed("order.place", **bid(quantity="9000", price="900.00"))
    assert refusal_of(answer) == (400, -2010, "Account has insufficient balance for requested action.")


def test_what_is_sent_in_a_row_enters_in_that_row(socket: ApiSocket) -> None:
    """Each cancel comes right behind its placement, and finds it."""
    numbers = []
    for place in range(12):
        name = f"row-{place}"
        numbers.append(socket.send_signed("order.place", **bid(newClientOrderId=name, price=f"{90 + place}")))
        numbers.append(socket.send_signed("order.cancel", symbol=SYMBOL, origClientOrderId=name))
    statuses = [result_of(socket.answer_to(number))["status"] for number in numbers]
    assert statuses == ["NEW", "CANCELED"] * 12
    assert socket.signer.get("/api/v3/openOrders", symbol=SYMBOL).json == []


def test_reads_do_not_wait_for_orders(house: House, socket: ApiSocket) -> None:
    with house.engine_held():
        waiting = socket.send_signed("order.place", **bid())
        assert socket.do("time")["serverTime"]
    assert result_of(socket.answer_to(waiting))["status"] == "NEW"


def test_every_operation_of_the_table_is_served(anyone: ApiSocket, client: httpx.Client) -> None:
    for method in ("exchangeInfo", "trades.recent", "klines", "avgPrice", "ticker.24hr", "ticker.price"):
        answer = anyone.ask(method, symbol=SYMBOL, **({"interval": "1m"} if method == "klines" else {}))
        assert answer["status"] == 200, (method, answer)
