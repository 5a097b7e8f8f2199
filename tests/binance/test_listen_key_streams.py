"""An account listened to under its listen key: unwrapped on `/ws/`, wrapped with the key on `/stream`."""

import json

import pytest
import redis
from websockets.exceptions import InvalidStatus

from access.models import ApiKey
from access.services import Origin, revoke_api_key
from access.sockets.connection import NORMAL, NOT_AUTHENTICATED
from tests.api.house import House
from tests.binance.api_socket import ApiSocket, Frame, opened
from tests.binance.house import SYMBOL, Trader, with_new_key

PATH = "/api/v3/userDataStream"


def begun(who: Trader) -> str:
    return str(who.unsigned("POST", PATH).json["listenKey"])


def expire(house: House, key: str, left_ms: int) -> None:
    with redis.Redis.from_url(house.servers.redis_url) as client:
        assert client.pexpire(f"binance:listen_key:{key}", left_ms)


@pytest.mark.parametrize("path", ["/ws/{}", "/stream/ws/{}"])
def test_events_come_as_they_are(house: House, alice: Trader, path: str) -> None:
    with opened(house.url, path=path.format(begun(alice))) as socket:
        placed = alice.order()
        report = socket.await_report(i=placed["orderId"])
        assert report in socket.events
        socket.await_event(lambda event: event["e"] == "outboundAccountPosition")


def test_combined_events_stand_beside_market_streams(house: House, alice: Trader, bob: Trader) -> None:
    key, trades = begun(alice), f"{SYMBOL.lower()}@trade"
    with opened(house.url, path=f"/stream?streams={key}/{trades}") as socket:
        placed = alice.order(price="103.00")
        bob.order(side="SELL", price="103.00")
        report = socket.await_report(i=placed["orderId"], x="TRADE")
        assert {"stream": key, "data": report} in socket.events
        trade = socket.await_event(lambda event: event["e"] == "trade")
        assert {"stream": trades, "data": trade} in socket.events
        assert trade["t"] == report["t"]


def test_it_is_the_same_as_over_the_websocket_api(house: House, alice: Trader) -> None:
    with opened(house.url, path=f"/ws/{begun(alice)}") as plain, opened(house.url, alice) as signed:
        signed.subscribe()
        placed = alice.order()
        alice.delete("/api/v3/order", symbol=SYMBOL, orderId=placed["orderId"])
        for socket in (plain, signed):
            socket.await_report(x="CANCELED")
        mine, theirs = ([{**one, "E": 0} for one in each.reports] for each in (plain, signed))
        assert mine == theirs


def test_a_key_may_be_subscribed_to_and_left(house: House, alice: Trader) -> None:
    key = begun(alice)
    with opened(house.url, path="/ws") as socket:
        assert ask(socket, "SUBSCRIBE", key) == {"result": None, "id": 1}
        placed = alice.order()
        socket.await_report(i=placed["orderId"])
        assert ask(socket, "UNSUBSCRIBE", key) == {"result": None, "id": 1}
        assert "error" in ask(socket, "SUBSCRIBE", "x" * 64)


def ask(socket: ApiSocket, method: str, name: str) -> Frame:
    socket.wire.send(json.dumps({"method": method, "params": [name], "id": 1}))
    while True:
        frame = socket.hear()
        if "id" in frame:
            socket.events.remove(frame)
            return frame


def test_nobody_listens_under_a_key_that_does_not_exist(house: House) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(house.url, path="/ws/" + "x" * 64):
        pass
    assert refused.value.response.status_code == 400
    assert json.loads(refused.value.response.body)["code"] == -1125


def test_who_listens_is_told_that_the_key_has_expired(house: House, alice: Trader) -> None:
    key = begun(alice)
    with opened(house.url, path=f"/ws/{key}") as socket:
        expire(house, key, 100)
        event = socket.await_event(lambda event: event["e"] == "listenKeyExpired")
        assert event["listenKey"] == key
        assert socket.closed_with() == NORMAL


def test_a_market_stream_beside_it_goes_on(house: House, alice: Trader, bob: Trader) -> None:
    key = begun(alice)
    with opened(house.url, path=f"/ws/{key}/{SYMBOL.lower()}@trade") as socket:
        assert alice.unsigned("DELETE", PATH, listenKey=key).status == 200
        socket.await_event(lambda event: event["e"] == "listenKeyExpired")
        alice.order(price="103.00")
        bob.order(side="SELL", price="103.00")
        socket.await_event(lambda event: event["e"] == "trade")
        assert socket.reports == []


def test_a_key_that_is_extended_does_not_expire(house: House, alice: Trader) -> None:
    key = begun(alice)
    expire(house, key, 3_000)
    with opened(house.url, path=f"/ws/{key}") as socket:
        assert alice.unsigned("PUT", PATH, listenKey=key).status == 200
        with pytest.raises(TimeoutError):
            socket.hear(4.0)


def test_a_revoked_api_key_takes_its_listeners_with_it(house: House, alice: Trader) -> None:
    second = with_new_key(alice.person)
    with opened(house.url, path=f"/ws/{begun(second)}") as socket:
        revoked = ApiKey.objects.get(public_id=second.key)
        revoke_api_key(user_id=revoked.user_id, key_id=revoked.pk, origin=Origin())
        assert socket.closed_with() == NOT_AUTHENTICATED
