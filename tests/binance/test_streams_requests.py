"""What can be asked on the paths of streams, what a path may name, and what is refused in which words."""

import json
import time
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.house import House
from tests.binance.house import FREE_SYMBOL, SMALL_SYMBOL, SYMBOL, Trader
from tests.binance.stream_client import streams

BTC, ETH, DOT = SYMBOL.lower(), SMALL_SYMBOL.lower(), FREE_SYMBOL.lower()


def error(code: int, message: str, number: object = 1) -> dict[str, Any]:
    return {"error": {"code": code, "msg": message}, "id": number}


def refused(house: House, path: str, **options: Any) -> tuple[int, Any]:
    with pytest.raises(InvalidStatus) as refusal, streams(house, path, **options):
        pass
    response = refusal.value.response
    return response.status_code, json.loads(response.body)


@pytest.mark.parametrize(
    "path", ["/ws", "/ws/", "/ws/7", "/stream", "/stream/", "/stream/ws/3", "/stream?streams="]
)
def test_a_path_without_streams_listens_to_nothing(house: House, path: str) -> None:
    with streams(house, path) as socket:
        assert socket.ask("LIST_SUBSCRIPTIONS") == {"result": [], "id": 1}


@pytest.mark.parametrize(
    "path",
    [
        f"/ws/{BTC}@trade/{ETH}@depth5@100ms",
        f"/ws/{BTC}@trade/{ETH}@depth5@100ms/",
        f"/stream?streams={BTC}@trade/{ETH}@depth5@100ms",
        f"/stream?streams={BTC}%40trade%2F{ETH}%40depth5%40100ms&timeUnit=MILLISECOND",
        f"/stream/ws/{BTC}@trade/{ETH}@depth5@100ms",
    ],
)
def test_a_path_names_the_streams(house: House, path: str) -> None:
    with streams(house, path) as socket:
        assert socket.ask("LIST_SUBSCRIPTIONS")["result"] == [f"{BTC}@trade", f"{ETH}@depth5@100ms"]


@pytest.mark.parametrize(
    "name",
    ["btcusdb", "BTCUSDB@trade", "nousdb@trade", "btcusdb@depth7", "btcusdb@kline_7m", "!trade@arr", "v1"],
)
def test_an_unknown_name_is_refused_wherever_it_stands(house: House, name: str) -> None:
    known = {"code": -1130, "msg": f"There is no stream '{name}'."}
    assert refused(house, f"/ws/{BTC}@trade/{name}") == (400, known)
    assert refused(house, f"/stream?streams={name}") == (400, known)
    with streams(house, "/ws") as socket:
        answer = socket.ask("SUBSCRIBE", [f"{BTC}@trade", name])
        assert answer == error(2, f"Invalid request: unknown stream `{name}`")
        assert socket.ask("LIST_SUBSCRIPTIONS")["result"] == []


def test_what_is_subscribed_to_is_told_until_it_is_not(house: House, alice: Trader) -> None:
    with streams(house, "/ws") as socket:
        assert socket.ask("SUBSCRIBE", [f"{BTC}@bookTicker", f"{DOT}@depth@100ms"]) == {
            "result": None,
            "id": 1,
        }
        assert socket.ask("SUBSCRIBE", [f"{BTC}@bookTicker"], "again") == {"result": None, "id": "again"}
        assert socket.ask("LIST_SUBSCRIPTIONS")["result"] == [f"{BTC}@bookTicker", f"{DOT}@depth@100ms"]
        alice.person.place(price="91.00")
        assert socket.wait_for(lambda frame: "B" in frame and Decimal(frame["b"]) == 91)["s"] == SYMBOL
        assert socket.ask("UNSUBSCRIBE", [f"{BTC}@bookTicker", "never@trade"])["result"] is None
        heard = len(socket.heard)
        alice.person.place(price="92.00")
        socket.listen(0.5)
        assert socket.heard[heard:] == []


@pytest.mark.parametrize("name", [f"{BTC}@depth5@100ms", f"{BTC}@depth5@1000ms"])
def test_frames_are_wrapped_on_the_combined_path_and_where_it_is_asked_for(house: House, name: str) -> None:
    with streams(house, f"/stream?streams={name}") as socket:
        frame = socket.hear()
        assert frame["stream"] == name
        assert set(frame["data"]) == {"lastUpdateId", "bids", "asks"}
        assert socket.ask("GET_PROPERTY", ["combined"])["result"] is True
        assert socket.ask("SET_PROPERTY", ["combined", False])["result"] is None
        assert socket.ask("UNSUBSCRIBE", [name])["result"] is None
        assert socket.ask("SUBSCRIBE", [name])["result"] is None
        assert set(socket.hear()) == {"lastUpdateId", "bids", "asks"}
    with streams(house, "/ws") as socket:
        assert socket.ask("GET_PROPERTY", ["combined"])["result"] is False


@pytest.mark.parametrize(
    ("method", "params", "code", "message"),
    [
        ("SUBSCRIBE", None, 2, "Invalid request: params must be an array of stream names"),
        ("SUBSCRIBE", [1], 2, "Invalid request: params must be an array of stream names"),
        ("SUBSCRIBE", {"a": 1}, 2, "Invalid request: params must be an array of stream names"),
        ("SET_PROPERTY", [7, True], 2, "Invalid request: property name must be a string"),
        ("SET_PROPERTY", ["combined", 1], 1, "Invalid value type: expected Boolean"),
        ("SET_PROPERTY", ["combined"], 1, "Invalid value type: expected Boolean"),
        ("SET_PROPERTY", ["combined", True, 1], 2, "Invalid request: too many parameters"),
        ("GET_PROPERTY", ["color"], 0, "Unknown property"),
        ("GET_PROPERTY", ["combined", True], 2, "Invalid request: too many parameters"),
        (
            "JUMP",
            [],
            2,
            "Invalid request: unknown variant `JUMP`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
            "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`",
        ),
    ],
)
def test_it_refuses_what_makes_no_sense(
    house: House, method: str, params: Any, code: int, message: str
) -> None:
    with streams(house, "/ws") as socket:
        assert socket.ask(method, params) == error(code, message)
        assert socket.ask("LIST_SUBSCRIPTIONS")["result"] == []


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("nothing", 3, "Invalid JSON: expected one object"),
        ("[1]", 3, "Invalid JSON: expected one object"),
        ('{"id":1,"id":2,"method":"SUBSCRIBE"}', 3, "Invalid JSON: expected one object"),
        ('{"id":"\\ud800","method":"SUBSCRIBE"}', 3, "Invalid JSON: expected one object"),
        ('{"a":[[[[[[[[[[]]]]]]]]]]}', 3, "Invalid JSON: expected one object"),
        ('{"method":NaN}', 3, "Invalid JSON: expected one object"),
        ("{}", 2, "Invalid request: missing field `method`"),
        ('{"method":7}', 2, "Invalid request: invalid method"),
        (
            '{"id":1.5,"method":"LIST_SUBSCRIPTIONS"}',
            2,
            "Invalid request: request ID must be an integer or a short string",
        ),
    ],
)
def test_it_refuses_what_cannot_be_read(house: House, text: str, code: int, message: str) -> None:
    with streams(house, "/ws") as socket:
        assert socket.ask_raw(text) == error(code, message, None)


def test_a_connection_has_a_thousand_streams_and_not_more(house: House) -> None:
    names = [f"s{number}@trade" for number in range(1025)]
    with streams(house, "/ws") as socket:
        answer = socket.ask("SUBSCRIBE", names)
        assert answer == error(2, "Invalid request: a connection listens to at most 1024 streams")


def test_who_sends_more_than_five_messages_a_second_is_put_out(house: House) -> None:
    with streams(house, "/ws") as socket:
        with suppress(ConnectionClosed):
            for _ in range(30):
                socket.send("LIST_SUBSCRIPTIONS")
        assert socket.closed_with() == 1008
        assert len(socket.answers) <= 12


def test_five_messages_a_second_are_answered(house: House) -> None:
    with streams(house, "/ws") as socket:
        for _ in range(15):
            assert socket.ask("LIST_SUBSCRIPTIONS")["result"] == []
            time.sleep(0.2)


def test_pages_of_strangers_may_not_connect(house: House) -> None:
    status, content = refused(house, f"/ws/{BTC}@trade", origin="https://evil.example")
    assert status == 403
    assert content["error"]["code"] == "ORIGIN_NOT_ALLOWED"


@pytest.mark.parametrize("path", ["/stream/foo", "/wss", "/ws-other"])
def test_nothing_is_served_beside_the_paths(house: House, path: str) -> None:
    assert refused(house, path)[0] == 404


@pytest.mark.parametrize("path", ["/ws/{}", "/stream?streams={}"])
def test_an_account_is_listened_to_under_its_listen_key(house: House, alice: Trader, path: str) -> None:
    key = alice.unsigned("POST", "/api/v3/userDataStream").json["listenKey"]
    with streams(house, path.format(key)) as socket:
        order = alice.order(price="93.00")
        frame = socket.wait_for(lambda one: one.get("data", one)["e"] == "executionReport")
        assert frame.get("data", frame)["i"] == order["orderId"]
        assert frame.get("stream", key) == key


def test_an_unknown_listen_key_is_refused(house: House) -> None:
    assert refused(house, "/ws/" + "a" * 64) == (
        400,
        {"code": -1125, "msg": "This listenKey does not exist."},
    )
