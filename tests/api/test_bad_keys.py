"""Who must not be let in: no key, a wrong one, one that may not do that, a request that is not its own."""

from typing import Any

import httpx
import pytest

from access.http import Scope
from access.services import Origin, revoke_api_key
from tests.api.document import Document
from tests.api.house import MARKET
from tests.api.people import MakeTrader, Trader, field_of, order, refusal

ORDERS = "/api/v1/orders"


def private(document: Document) -> list[tuple[str, str]]:
    """Method and path of every operation that is not public."""
    return [
        (
            method.upper(),
            path.replace("{market}", MARKET).replace("{key_id}", "1").replace("{", "").replace("}", ""),
        )
        for path, operations in document.content["paths"].items()
        for method, operation in operations.items()
        if operation["security"] != [{}]
    ]


def test_every_private_operation_needs_a_key_or_a_login(client: httpx.Client, document: Document) -> None:
    operations = private(document)
    assert len(operations) >= 14
    for method, path in operations:
        for headers in (
            {},
            {"X-API-KEY": ""},
            {"Authorization": "Basic YWxpY2U6eA=="},
            {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
            {"Cookie": "sessionid=0123456789abcdefghijklmnopqrstuv"},
        ):
            answer = client.request(method, path, headers=headers)
            assert answer.status_code == 401, (method, path, headers)


@pytest.mark.parametrize("key", ["bk_" + "0" * 32, "nonsense", "bk_" + "0" * 3000, "' OR 1=1--"])
def test_an_unknown_key_is_refused(mallory: Trader, key: str) -> None:
    for method, path in [("POST", ORDERS), ("DELETE", ORDERS), ("GET", "/api/v1/balances")]:
        body = order() if method == "POST" else None
        answer = mallory.send(method, path, body, headers={"X-API-KEY": key})
        assert refusal(answer) == (401, "INVALID_KEY")


def test_a_revoked_key_places_nothing_more(trader: MakeTrader) -> None:
    dora = trader("dora", USDB="100")
    dora.place(time_in_force="IOC")
    revoke_api_key(user_id=dora.user_id, key_id=dora.key_id, origin=Origin())
    assert refusal(dora.try_order()) == (401, "INVALID_KEY")
    assert refusal(dora.send("GET", "/api/v1/balances")) == (401, "INVALID_KEY")


def test_a_key_that_may_read_may_not_trade(trader: MakeTrader) -> None:
    reader = trader("reader", scopes=(Scope.READ,))
    for answer in (
        reader.try_order(),
        reader.send("DELETE", ORDERS),
        reader.send("DELETE", f"{ORDERS}/64"),
        reader.send("DELETE", f"{ORDERS}/by-client-id/x"),
        reader.move(),
        reader.ask_faucet(asset="BTC", amount="1"),
    ):
        assert refusal(answer) == (403, "FORBIDDEN")
    assert reader.get(ORDERS)["orders"] == []


def test_a_key_that_may_trade_only_may_not_read(trader: MakeTrader) -> None:
    blind = trader("blind", scopes=(Scope.TRADE,))
    for path in (
        "orders",
        "orders/64",
        "orders/by-client-id/x",
        "fills",
        "balances",
        "transfers",
        "transfers/1",
    ):
        assert refusal(blind.send("GET", f"/api/v1/{path}")) == (403, "FORBIDDEN")


@pytest.mark.parametrize("name", ["api_key", "X-API-KEY", "apikey", "secret", "signature", "token"])
def test_a_secret_in_the_url_is_refused(mallory: Trader, name: str) -> None:
    answer = mallory.send("GET", f"{ORDERS}?{name}=x")
    assert refusal(answer) == (400, "KEY_IN_URL")


def test_a_key_in_the_url_is_refused_wherever_it_stands(mallory: Trader) -> None:
    for path in (f"{ORDERS}?market={mallory.key}", f"{ORDERS}/{mallory.key}"):
        assert refusal(mallory.send("GET", path)) == (400, "KEY_IN_URL")


def test_a_request_that_was_changed_after_signing_is_refused(alice: Trader) -> None:
    first = alice.try_order(quantity="0.02").request
    changed: list[dict[str, Any]] = [
        {"content": first.content.replace(b"0.02", b"0.05")},
        {"url": f"{ORDERS}?x=1"},
        {"method": "DELETE", "content": b""},
        {"url": "/api/v1/faucet"},
    ]
    for change in changed:
        usual = {"method": "POST", "url": ORDERS, "content": first.content, "headers": first.headers.copy()}
        request = alice.client.build_request(**{**usual, **change})
        request.headers["content-length"] = str(len(request.content))
        assert refusal(alice.client.send(request)) == (401, "INVALID_SIGNATURE")
    assert len(alice.get(ORDERS)["orders"]) == 1


def test_a_request_that_is_sent_twice_is_refused_the_second_time(alice: Trader) -> None:
    first = alice.try_order(quantity="0.02").request
    again = alice.client.request("POST", ORDERS, content=first.content, headers=first.headers)
    assert refusal(again) == (401, "NONCE_REUSED")
    assert len(alice.get(ORDERS)["orders"]) == 1


@pytest.mark.parametrize("window", ["0", "-1", "1000000000", "1e3", "abc", "5000.0", "060000"])
def test_a_receive_window_that_cannot_be_is_refused(mallory: Trader, window: str) -> None:
    answer = mallory.send("POST", ORDERS, order(), headers={"X-RECV-WINDOW": window})
    assert refusal(answer) == (400, "RECV_WINDOW")
    assert field_of(answer) == "X-RECV-WINDOW"
