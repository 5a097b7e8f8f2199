"""What costs a client nothing costs the server little: everything that one may do is bounded."""

import json
import socket as sockets
from contextlib import suppress
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.api.house import FREE_MARKET, MARKET, SMALL_MARKET, House
from tests.websocket.client import Socket, listen, opened, url_of
from tests.websocket.raw import drained, masked, port_of, raw

INTERVALS = (
    "1s",
    "5s",
    "15s",
    "30s",
    "1m",
    "3m",
    "5m",
    "15m",
    "30m",
    "1h",
    "2h",
    "4h",
    "6h",
    "8h",
    "12h",
    "1d",
)


def test_fifty_subscriptions_and_no_more(socket: Socket) -> None:
    markets = (MARKET, SMALL_MARKET, FREE_MARKET)
    wanted = [{"channel": "candles", "market": m, "interval": i} for m in markets for i in INTERVALS]
    wanted += [{"channel": "book", "market": m} for m in markets]
    for one in wanted[:50]:
        while not (answer := socket.ask("subscribe", **one))["ok"]:
            assert answer["error"]["code"] == "RATE_LIMITED"
            assert answer["error"]["retry_after"] == 1
            listen(socket, 0.2)
    listen(socket, 0.5)
    assert socket.refusal("subscribe", **wanted[50]) == "TOO_MANY_SUBSCRIPTIONS"


def test_a_flood_of_messages_is_closed(house: House) -> None:
    with opened(house.url) as socket:
        with suppress(ConnectionClosed):
            for number in range(5_000):
                socket.wire.send(json.dumps({"op": "ping", "id": number}))
        assert socket.closed_with() == 1008


def test_a_thousand_subscriptions_at_once_are_closed(house: House) -> None:
    with opened(house.url) as socket:
        with suppress(ConnectionClosed):
            for _ in range(1_000):
                socket.send(op="subscribe", channel="book", market=MARKET)
        assert socket.closed_with() == 1008


def test_a_frame_that_is_too_large_is_closed(house: House) -> None:
    with opened(house.url) as socket:
        socket.wire.send("x" * 1_000_000)
        assert socket.closed_with() == 1009


def test_the_largest_frame_is_read(socket: Socket) -> None:
    socket.hear()
    socket.wire.send(" " * (64 * 1024))
    assert socket.hear()["error"]["code"] == "INVALID_JSON"


def test_fragments_that_are_too_large_together_are_closed(house: House) -> None:
    with opened(house.url) as socket:
        with suppress(ConnectionClosed):
            socket.wire.send("x" * 8_000 for _ in range(1_000))
        assert socket.closed_with() == 1009


def test_ten_thousand_fragments_are_closed(house: House) -> None:
    with opened(house.url) as socket:
        with suppress(ConnectionClosed):
            socket.wire.send("" for _ in range(10_000))
        assert socket.closed_with() == 1008


def test_bytes_are_refused(house: House) -> None:
    with opened(house.url) as socket:
        socket.wire.send(b"\x00\x01")
        assert socket.closed_with() == 1003


def test_a_flood_of_pings_is_closed(house: House) -> None:
    with opened(house.url) as socket:
        with suppress(ConnectionClosed):
            for number in range(10_000):
                socket.wire.ping(str(number))
        assert socket.closed_with() == 1008


def test_nothing_is_compressed(house: House) -> None:
    with connect(url_of(house.url), compression="deflate") as wire:
        assert wire.response is not None
        assert "Sec-WebSocket-Extensions" not in wire.response.headers


def test_text_that_is_not_utf8_is_closed(house: House) -> None:
    with raw(house) as wire:
        wire.sendall(masked(0x81, b"\xff\xfe"))
        assert b"\x88" in drained(wire)


def test_half_a_handshake_is_given_up(house: House) -> None:
    """A connection whose other end says nothing at all is closed by the limits on a request's head."""
    with sockets.create_connection(("127.0.0.1", port_of(house))) as wire:
        wire.sendall(
            b"GET /ws/v1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n" + b"X: y\r\n" * 20_000
        )
        assert b" 431 " in drained(wire)


def test_hundreds_of_connections_leave_nothing_behind(house: House) -> None:
    hang_up(house, 50)
    before = memory_of(house)
    hang_up(house, 300)
    assert memory_of(house) - before < 8_000_000


def hang_up(house: House, times: int) -> None:
    for _ in range(times):
        with raw(house) as wire:
            wire.sendall(masked(0x81, b'{"op":"subscribe","channel":"book","market":"BTC-USDB"}'))
            wire.recv(100)


def memory_of(house: House) -> int:
    status = Path(f"/proc/{house.web.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024
