"""A session of the websocket API: logged on once, asked without key and signature, ended with its key."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from access.http import Scope
from access.models import ApiKey
from access.services import Origin, revoke_api_key
from access.sockets.connection import NOT_AUTHENTICATED
from tests.api.house import House
from tests.binance.api_socket import ApiSocket, opened, refusal_of
from tests.binance.house import SYMBOL, Trader, with_new_key

BID = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1"}


@pytest.fixture
def socket(house: House, alice: Trader) -> Iterator[ApiSocket]:
    with opened(house.url, alice) as socket:
        yield socket


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def bid(**changes: Any) -> dict[str, Any]:
    return {**BID, "price": "100.00", "timestamp": now_ms(), **changes}


def test_a_logon_says_who_speaks_since_when(socket: ApiSocket) -> None:
    before = socket.do("session.status")
    assert (before["apiKey"], before["authorizedSince"], before["userDataStream"]) == (None, None, False)
    status = socket.log_on()
    assert status["apiKey"] == socket.signer.key
    assert before["connectedSince"] == status["connectedSince"] <= status["authorizedSince"]
    assert status["returnRateLimits"] is True
    again = socket.do("session.status")
    assert (again["apiKey"], again["authorizedSince"]) == (status["apiKey"], status["authorizedSince"])


def test_after_a_logon_orders_need_no_signature(socket: ApiSocket) -> None:
    socket.log_on()
    placed = socket.do("order.place", **bid())
    assert placed["status"] == "NEW"
    canceled = socket.do("order.cancel", symbol=SYMBOL, orderId=placed["orderId"], timestamp=now_ms())
    assert canceled["status"] == "CANCELED"
    assert refusal_of(socket.ask("order.place", **bid(timestamp=now_ms() - 10_000)))[1] == -1021
    assert refusal_of(socket.ask("order.place", **{**BID, "price": "100.00"}))[1] == -1102


def test_the_same_order_sent_twice_in_a_session_is_two_orders(socket: ApiSocket) -> None:
    socket.log_on()
    wanted = bid()
    assert socket.do("order.place", **wanted)["orderId"] != socket.do("order.place", **wanted)["orderId"]


def test_an_ed25519_key_logs_on(house: House, edith: Trader) -> None:
    with opened(house.url, edith) as socket:
        assert socket.log_on()["apiKey"] == edith.key
        assert socket.do("order.place", **bid())["status"] == "NEW"


def test_another_key_may_sign_for_itself_within_a_session(socket: ApiSocket, bob: Trader) -> None:
    socket.log_on()
    account = socket.do("account.status", **bob.signed_members({}))
    held = {row["asset"]: row["free"] for row in account["balances"]}
    assert held["BTC"] == "10.00000000"


def test_a_logout_ends_it(socket: ApiSocket) -> None:
    socket.log_on()
    assert socket.do("session.logout")["apiKey"] is None
    assert refusal_of(socket.ask("order.place", **bid()))[1] == -1102
    assert socket.do_signed("order.place", **{**BID, "price": "100.00"})["status"] == "NEW"


def test_a_wrong_signature_logs_nobody_on(socket: ApiSocket) -> None:
    members = {**socket.signer.signed_members({}), "signature": "00" * 32}
    assert refusal_of(socket.answer_to(socket.send("session.logon", members)))[1] == -1022
    assert socket.do("session.status")["apiKey"] is None


def _revoke(trader: Trader) -> None:
    key = ApiKey.objects.get(public_id=trader.key)
    revoke_api_key(user_id=key.user_id, key_id=key.pk, origin=Origin())


def test_a_revoked_key_ends_its_sessions_within_seconds(house: House, alice: Trader) -> None:
    """Its logon, and what listens by its signature alone."""
    second = with_new_key(alice.person)
    with opened(house.url, second) as session, opened(house.url, second) as listening:
        session.log_on()
        listening.subscribe()
        began = time.monotonic()
        _revoke(second)
        assert session.closed_with() == NOT_AUTHENTICATED
        assert listening.closed_with() == NOT_AUTHENTICATED
        assert time.monotonic() - began < 10


def test_a_revoked_key_sends_nothing_in_its_session_from_that_moment_on(house: House, alice: Trader) -> None:
    """Its connection may be closed before, or may not."""
    second = with_new_key(alice.person)
    with opened(house.url, second) as session:
        session.log_on()
        assert session.do("order.place", **bid())["status"] == "NEW"
        _revoke(second)
        with suppress(ConnectionClosed):
            for _ in range(5):
                assert refusal_of(session.ask("order.place", **bid()))[:2] == (401, -2015)
    assert len(alice.get("/api/v3/openOrders").json) == 1


def test_a_key_that_expires_ends_its_sessions_within_seconds(house: House, alice: Trader) -> None:
    second = with_new_key(alice.person)
    with opened(house.url, second) as session:
        session.log_on()
        ApiKey.objects.filter(public_id=second.key).update(expires_at=timezone.now())
        assert session.closed_with() == NOT_AUTHENTICATED


def test_a_key_that_may_not_trade_sends_no_orders_in_its_session(house: House, alice: Trader) -> None:
    reader = with_new_key(alice.person, scopes=[Scope.READ])
    with opened(house.url, reader) as session:
        session.log_on()
        assert refusal_of(session.ask("order.place", **bid()))[:2] == (401, -2015)
        assert session.do("account.status", timestamp=now_ms())["accountType"] == "SPOT"
