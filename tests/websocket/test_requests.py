"""What is said on a socket is read as strictly as a body of the API, and always answered."""

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.api.house import MARKET, House
from tests.websocket.client import Socket, opened


def test_it_begins_with_a_welcome(socket: Socket) -> None:
    welcome = socket.hear()
    assert welcome["type"] == "welcome"
    assert welcome["limits"]["subscriptions"] == 50
    assert welcome["connection_id"]


def test_it_answers_a_ping_under_its_id(socket: Socket) -> None:
    assert socket.do("ping")["time_ms"] > 0
    socket.send(op="ping", id="mine")
    assert socket.answer_to("mine")["ok"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "INVALID_JSON"),
        ("null", "INVALID_JSON"),
        ("[]", "INVALID_JSON"),
        ("{", "INVALID_JSON"),
        ("[" * 60_000, "INVALID_JSON"),
        ('{"op":"ping","op":"ping"}', "INVALID_JSON"),
        ('{"op":"ping","id":NaN}', "INVALID_JSON"),
        ('{"op":"ping","id":1.5}', "INVALID_TYPE"),
        ('{"op":"ping","id":1' + "0" * 30 + "}", "OUT_OF_RANGE"),
        ('{"op":"ping","id":"' + "x" * 65 + '"}', "OUT_OF_RANGE"),
        ('{"op":"ping","id":{}}', "INVALID_TYPE"),
        ("{}", "MISSING_FIELD"),
        ('{"op":1}', "INVALID_TYPE"),
        ('{"op":"fly"}', "INVALID_CHOICE"),
        ('{"op":"ping","more":1}', "UNKNOWN_FIELD"),
        ('{"op":"subscribe"}', "MISSING_FIELD"),
        ('{"op":"subscribe","channel":"fills"}', "INVALID_CHOICE"),
        ('{"op":"subscribe","channel":"book"}', "MISSING_FIELD"),
        ('{"op":"subscribe","channel":"book","market":"btc-usdb"}', "INVALID_SYMBOL"),
        ('{"op":"subscribe","channel":"book","market":"AAA-BBB"}', "MARKET_NOT_FOUND"),
        ('{"op":"subscribe","channel":"book","market":"BTC-USDB","since":-1}', "OUT_OF_RANGE"),
        ('{"op":"subscribe","channel":"book","market":"BTC-USDB","depth":5}', "UNKNOWN_FIELD"),
        ('{"op":"subscribe","channel":"candles","market":"BTC-USDB","interval":"7m"}', "INVALID_CHOICE"),
        ('{"op":"unsubscribe","channel":"book","market":"BTC-USDB"}', "NOT_SUBSCRIBED"),
        ('{"op":"subscribe","channel":"account"}', "AUTH_REQUIRED"),
        ('{"op":"subscribe","channel":"account","since":{"x":1}}', "INVALID_TYPE"),
        ('{"op":"subscribe","channel":"account","since":{"0":"1"}}', "INVALID_TYPE"),
        ('{"op":"subscribe","channel":"account","since":{"64":1}}', "OUT_OF_RANGE"),
        ('{"op":"auth"}', "MISSING_FIELD"),
        ('{"op":"auth","ticket":"a","key":"b"}', "UNKNOWN_FIELD"),
    ],
)
def test_it_refuses_what_is_malformed(socket: Socket, text: str, code: str) -> None:
    socket.hear()
    socket.wire.send(text)
    assert socket.hear()["error"]["code"] == code
    assert socket.do("ping")


def test_it_names_the_field_that_is_wrong(socket: Socket) -> None:
    error = socket.ask("subscribe", channel="book", market=7)["error"]
    assert (error["code"], error["field"]) == ("INVALID_TYPE", "market")
    assert error["message"].endswith(".")


def test_it_refuses_a_second_subscription_to_the_same_thing(socket: Socket) -> None:
    socket.do("subscribe", channel="book", market=MARKET)
    assert socket.refusal("subscribe", channel="book", market=MARKET) == "ALREADY_SUBSCRIBED"
    socket.do("unsubscribe", channel="book", market=MARKET)
    socket.do("subscribe", channel="book", market=MARKET)


def test_it_is_served_at_its_path_only(house: House) -> None:
    for path in ("/", "/ws/v1", "/ws/v2/", "/ws/v1/more"):
        with pytest.raises(InvalidStatus) as refused, opened(house.url, path=path):
            pass
        assert refused.value.response.status_code == 404
        assert json.loads(refused.value.response.body or b"")["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://evil.example", 403), ("null", 403), ("http://127.0.0.1:9", None), (None, None)],
)
def test_pages_of_other_sites_may_not_connect(house: House, origin: Any, status: int | None) -> None:
    if status is None:
        with opened(house.url, origin=origin) as socket:
            assert socket.hear()["type"] == "welcome"
        return
    with pytest.raises(InvalidStatus) as refused, opened(house.url, origin=origin):
        pass
    assert refused.value.response.status_code == status
