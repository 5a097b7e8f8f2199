"""What somebody can do who has seen a signed request: neither method nor path nor a nonce is signed."""

import json
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
import redis
from websockets.exceptions import InvalidStatus

from access.http import Scope
from exchange.compat.binance.operations import Security
from exchange.compat.binance.spot.table import SPOT
from tests.api.house import House
from tests.binance.api_socket import opened, refusal_of
from tests.binance.house import SYMBOL, Answer, Trader, encode, signature, signed
from tests.binance.strict import ORDERS_1D, fill_the_day
from tests.support.taken_away import redis_gone
from tests.support.waiting import until

USED = (400, -1021, "Timestamp for this request was used for another operation.")
ILLEGAL = (400, -1100, "Illegal characters found in a parameter.")
BID = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "100.00"}


def test_whatever_a_reader_may_ask_for_changes_nothing() -> None:
    """What a key needs more than READ for is remembered as a change."""
    signed = [one for one in SPOT.by_line.values() if one.security is Security.SIGNED]
    odd = {one.name for one in signed if one.scope is Scope.READ and one.http and one.http[0] != "GET"}
    assert odd == {"binance.funding_assets", "binance.user_assets", "binance.withdraw"}  # the last is refused
    assert all(one.scope is not None for one in signed)


def signed_text(trader: Trader, **params: object) -> str:
    return signed(trader.secret, encode(trader.stamped(params)))


def open_numbers(trader: Trader) -> list[int]:
    return [one["orderId"] for one in trader.get("/api/v3/openOrders").json]


def test_a_list_that_was_asked_for_cancels_nothing(alice: Trader) -> None:
    number = alice.order()["orderId"]
    text = signed_text(alice, symbol=SYMBOL)
    assert alice.send_text("GET", "/api/v3/openOrders", text).status == 200
    assert alice.send_text("DELETE", "/api/v3/openOrders", text).refusal == USED
    text = signed_text(alice, symbol=SYMBOL, orderId=number)
    assert alice.send_text("GET", "/api/v3/order", text).status == 200
    for method, path in (("DELETE", "/api/v3/order"), ("DELETE", "/api/v3/openOrders")):
        assert alice.send_text(method, path, text).refusal == USED
    assert open_numbers(alice) == [number]


def test_a_tested_order_is_not_placed_and_a_placed_one_is_no_transfer(alice: Trader) -> None:
    text = signed_text(alice, **BID, quantity="0.1")
    assert alice.send_text("POST", "/api/v3/order/test", text).status == 200
    for method, in_query in (("POST", True), ("POST", False)):
        answer = alice.send_text(method, "/api/v3/order", text, in_query=in_query)
        assert answer.refusal == USED
        assert "x-mbx-used-weight-1m" in answer.headers
        assert "x-mbx-order-count-10s" not in answer.headers
    assert open_numbers(alice) == []


def test_what_only_reads_may_share_a_text_with_anything(alice: Trader) -> None:
    """Clients that ask for several things in one millisecond sign the same text."""
    alice.order()
    text = signed_text(alice, symbol=SYMBOL)
    for path in ("openOrders", "allOrders", "myTrades", "account", "rateLimit/order"):
        assert alice.send_text("GET", f"/api/v3/{path}", text).status == 200
    text = signed_text(alice, symbol=SYMBOL)
    first = alice.send_text("DELETE", "/api/v3/openOrders", text)
    assert first.status == 200
    assert alice.send_text("GET", "/api/v3/openOrders", text).json == []
    assert alice.send_text("DELETE", "/api/v3/openOrders", text).json == first.json


def test_another_persons_same_text_is_another(alice: Trader, bob: Trader) -> None:
    text = encode(alice.stamped({"symbol": SYMBOL}))
    assert alice.send_text("GET", "/api/v3/openOrders", signed(alice.secret, text)).status == 200
    answer = bob.send_text("DELETE", "/api/v3/openOrders", signed(bob.secret, text))
    assert answer.refusal[1] == -2011  # he has none


def test_repeats_do_not_use_up_the_orders_of_who_signed(strict_url: str, house: House, alice: Trader) -> None:
    with httpx.Client(base_url=strict_url, timeout=20) as client:
        customer = replace(alice, client=client, headers={"X-Forwarded-For": "10.20.0.1"})
        text = signed_text(customer, **BID, quantity="0.1")
        answers = [customer.send_text("POST", "/api/v3/order", text) for _ in range(2 * ORDERS_1D)]
        assert {answer.status for answer in answers} == {200}
        assert len({answer.json["orderId"] for answer in answers}) == 1
        customer.order()
        fill_the_day(house, alice.person.user_id)
        refused = signed_text(customer, **BID, quantity="0.1")
        for _ in range(2):  # what was refused is not a repeat of anything
            answer = customer.send_text("POST", "/api/v3/order", refused)
            assert answer.refusal[:2] == (429, -1015)


def test_it_is_forgotten_when_it_is_good_no_longer(house: House, alice: Trader) -> None:
    text = encode({"symbol": SYMBOL, "recvWindow": 3_000, "timestamp": time.time_ns() // 1_000_000})
    alice.send_text("GET", "/api/v3/openOrders", signed(alice.secret, text))
    with redis.Redis.from_url(house.servers.redis_url) as server:
        names = list(server.scan_iter(f"binance:signed:{alice.key}:*"))
        assert all(0 < server.pttl(name) <= 61_000 for name in names)
        assert any(server.pttl(name) <= 4_000 for name in names)
        assert not any(SYMBOL.encode() in name for name in names)


@pytest.mark.parametrize(
    ("query", "body"), [("&quantity=1", "0&price=5"), ("&quantity", "=10&price=5"), ("&quan", "tity=10")]
)
def test_a_value_is_not_cut_in_two_between_query_and_body(alice: Trader, query: str, body: str) -> None:
    """Binance puts nothing between them, so ten for five would be signed as one for five as well."""
    order = encode({**BID, "price": None})
    rest = f"{body}&timestamp={time.time_ns() // 1_000_000}"
    made = signature(alice.secret, f"{order}{query}{rest}".encode())
    for ours, theirs in ((f"{query}&signature={made}", rest), (query, f"signature={made}&{rest}")):
        answer = alice.raw("POST", f"/api/v3/order?{order}{ours}", theirs.encode())
        assert answer.refusal == ILLEGAL


def told(house: House, members: dict[str, Any], method: str) -> dict[str, Any]:
    with opened(house.url) as socket:
        return socket.ask_raw(json.dumps({"id": 1, "method": method, "params": members}))


def test_what_logged_on_once_logs_nobody_else_on(house: House, alice: Trader) -> None:
    for method in ("session.logon", "userDataStream.subscribe.signature"):
        members = alice.signed_members({})
        with opened(house.url, alice) as socket:
            socket.answer_to(socket.send(method, members))
            assert refusal_of(told(house, members, method)) == USED
            assert refusal_of(told(house, members, "session.logon")) == USED


def test_what_asked_for_the_account_logs_nobody_on(house: House, alice: Trader) -> None:
    members = alice.signed_members({})
    assert told(house, members, "account.status")["status"] == 200
    for method in ("session.logon", "userDataStream.subscribe.signature"):
        assert refusal_of(told(house, members, method)) == USED
    assert told(house, members, "account.status")["status"] == 200


def test_a_connection_may_ask_again_for_what_it_has(house: House, alice: Trader) -> None:
    members = alice.signed_members({})
    with opened(house.url, alice) as socket:
        for _ in range(2):
            assert socket.answer_to(socket.send("session.logon", members))["status"] == 200


def test_without_redis_nobody_logs_on(house: House, alice: Trader) -> None:
    """No process could know what was used in another."""
    with opened(house.url, alice) as socket:
        assert socket.do("ping") == {}
        with redis_gone(house):
            for method in ("session.logon", "userDataStream.subscribe.signature"):
                assert refusal_of(socket.ask_signed(method))[:2] == (503, -1001)
            assert socket.ask_signed("account.status")["status"] == 200
        until(lambda: socket.ask_signed("session.logon")["status"] == 200)


@pytest.mark.parametrize(
    "change",
    [
        lambda members: {**members, "foo": f"1&quantity={members.pop('quantity')}"},
        lambda members: {**members, "foo=1&quantity": members.pop("quantity"), "foo": None},
        lambda members: {**members, "foo=1": "2"},
    ],
)
def test_members_of_a_message_are_signed_as_what_they_are(house: House, alice: Trader, change: Any) -> None:
    """Joined by `&` and `=` they would be the text of others too."""
    members = alice.signed_members({**BID, "foo": "1", "quantity": "0.1"})
    assert refusal_of(told(house, change(members), "order.place")) == ILLEGAL
    assert open_numbers(alice) == []


def test_what_a_socket_signed_is_the_same_request_over_http(house: House, alice: Trader) -> None:
    members = alice.signed_members({**BID, "quantity": "0.1"})
    first = told(house, members, "order.place")["result"]
    ordered = {name: members[name] for name in sorted(members) if name != "signature"}
    again: Answer = alice.send_text("POST", "/api/v3/order", signed(alice.secret, encode(ordered)))
    assert again.json == first


def test_nothing_secret_is_logged(house: House, alice: Trader) -> None:
    listen_key = alice.unsigned("POST", "/api/v3/userDataStream").json["listenKey"]
    text = signed_text(alice, symbol=SYMBOL)
    for path in ("openOrders", "nothing", "order"):
        alice.send_text("GET", f"/api/v3/{path}", text)
    with opened(house.url, alice, path=f"/ws/{listen_key}"), opened(house.url, alice) as socket:
        socket.log_on()
        socket.ask_raw(f'{{"id": 1, "method": "{alice.key}", "params": "{listen_key}"}}')
    with pytest.raises(InvalidStatus), opened(house.url, path=f"/ws/{listen_key}/nothing"):
        pass
    log = house.web.log.read_text()
    made = text.rpartition("=")[2]
    assert [secret for secret in (alice.key, str(alice.secret), listen_key, made) if secret in log] == []
