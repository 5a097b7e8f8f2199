"""Whoever sends much of what is worth nothing is put out, and delays nobody meanwhile."""

import json
import socket as sockets
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed

from access.http import Scope
from tests.api.house import House
from tests.api.people import Trader, new_trader, order
from tests.websocket.client import opened, speaking_for
from tests.websocket.raw import HANDSHAKE, drained, masked, port_of, raw

PING, PONG, TEXT = 0x89, 0x8A, 0x81
POLICY_VIOLATION = b"\x03\xf0"


def empty_the_bucket(house: House, trader: Trader) -> None:
    """As if all had been taken in an hour from now, so that none comes back meanwhile."""
    with Redis.from_url(house.servers.redis_url) as redis:
        redis.set(f"access:bucket:key:{trader.key_id}", f"0:{int(time.time() * 1000) + 3_600_000}")


@pytest.mark.parametrize(
    "message",
    [
        {"op": "order.place", **order()},
        {"op": "orders.place_batch", "orders": [order()] * 100},
        {"op": "order.cancel"},
        {"op": "order.steal"},
        {"op": "subscribe", "channel": "secrets"},
        {},
    ],
)
def test_what_nobody_may_ask_is_held_to_the_rate_of_messages(
    house: House, message: dict[str, object]
) -> None:
    with opened(house.url) as socket:
        with suppress(ConnectionClosed):
            for number in range(1_000):
                socket.wire.send(json.dumps({"id": number, **message}))
        assert socket.closed_with() == 1008


def test_orders_of_a_reader_are_held_to_the_rate_of_messages(house: House, alice: Trader) -> None:
    reader = new_trader(alice.client, "reader", [Scope.READ])
    with speaking_for(house.url, reader) as socket:
        with suppress(ConnectionClosed):
            for number in range(1_000):
                socket.send(op="order.place", id=number, **order())
        assert socket.closed_with() == 1008


def test_an_order_takes_its_tokens_before_it_is_read(house: House) -> None:
    """As over HTTP: to read a batch costs more than to refuse it."""
    with httpx.Client(base_url=house.url) as client:
        carol = new_trader(client, "carol")
    with speaking_for(house.url, carol) as socket:
        assert socket.refusal("orders.place_batch", orders=["no order"]) == "INVALID_TYPE"
        empty_the_bucket(house, carol)
        assert socket.refusal("orders.place_batch", orders=["no order"]) == "RATE_LIMITED"


@pytest.fixture(params=[PING, PONG, TEXT], ids=["pings", "pongs", "texts"])
def flood(request: pytest.FixtureRequest, house: House) -> Iterator[sockets.socket]:
    """A megabyte and a half of the smallest frames, as much of it as the other end takes at once."""
    with raw(house) as wire:
        wire.setblocking(False)
        with suppress(OSError):
            wire.sendall(masked(request.param, b"") * 250_000)
        wire.settimeout(10)
        yield wire


def asked_for_seconds(client: httpx.Client, times: int) -> float:
    began = time.monotonic()
    for _ in range(times):
        assert client.get("/api/v1/time").status_code == 200
    return time.monotonic() - began


def test_a_flood_of_the_smallest_frames_delays_nobody(flood: sockets.socket, client: httpx.Client) -> None:
    disturbed = asked_for_seconds(client, 1)
    assert POLICY_VIOLATION in drained(flood)
    assert disturbed < 1 + asked_for_seconds(client, 50), "a busy machine is slow before and after"


@pytest.mark.parametrize(
    "headers", [b"Cookie: " + b"x" * 9_000, b"Cookie: " + b"x" * 50_000, b"\r\n".join([b"A: b"] * 200)]
)
def test_a_handshake_that_is_too_large_is_refused(house: House, headers: bytes) -> None:
    with sockets.create_connection(("127.0.0.1", port_of(house)), timeout=10) as wire:
        wire.sendall(HANDSHAKE.replace(b"Upgrade: websocket", b"Upgrade: websocket\r\n" + headers))
        answer = drained(wire)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"HEADERS_TOO_LARGE"' in answer
