"""The channel `prices`: each round as it is made, and what time alone makes of the last one."""

import time
from typing import Any

import httpx
import pytest

from access.redis_client import brief_redis
from oracle.services.current import PRICES_CHANNEL
from tests.api.house import House
from tests.oracle.outside.rounds import halt, make_round, now_ms, same
from tests.support.taken_away import redis_gone
from tests.support.waiting import PATIENCE, until
from tests.websocket.client import Socket, listen, opened

Frame = dict[str, Any]
LATE_MS = 1_000 * PATIENCE


def prices(socket: Socket) -> list[Frame]:
    return [frame for frame in socket.heard if frame.get("channel") == "prices"]


def told(socket: Socket, round_id: int) -> Frame:
    """The frame that tells of this round."""
    return socket.wait_for(
        lambda frame: frame.get("channel") == "prices" and frame["round"]["round_id"] == str(round_id)
    )


def test_a_snapshot_comes_first_and_then_each_round(socket: Socket) -> None:
    first = make_round(same(60_000), age_ms=2_000).view.round_id
    assert socket.do("subscribe", channel="prices") == {"channel": "prices"}
    snapshot = told(socket, first)
    assert (snapshot["type"], snapshot["price"], snapshot["simulated"]) == (
        "snapshot",
        "60000.00000000",
        True,
    )
    second = make_round(same(60_500)).view.round_id
    update = told(socket, second)
    assert (update["type"], update["price"], update["state"]) == (
        "price_update",
        "60500.00000000",
        "FRESH",
    )
    assert update["mint"]["price"] == "60000.00000000"
    assert update["liquidation"]["upper"] == "60500.00000000"
    assert "sources" not in update


def test_it_says_what_http_says(socket: Socket, client: httpx.Client) -> None:
    socket.do("subscribe", channel="prices", sources=True)
    told(socket, make_round(same(60_000), age_ms=1_000).view.round_id)
    update = told(socket, make_round(same(60_001)).view.round_id)
    over_http = client.get("/api/v1/oracle/price").json()
    moving = {"age_ms", "time_ms", "sources"}
    assert {name: update[name] for name in over_http.keys() - moving} == {
        name: over_http[name] for name in over_http.keys() - moving
    }
    assert update.keys() - over_http.keys() == {"channel", "type"}
    ages = [one.pop("age_ms") for answer in (update, over_http) for one in answer["sources"]]
    assert all(age >= 0 for age in ages)
    assert update["sources"] == over_http["sources"]


def test_a_refused_round_is_told_with_its_reason(socket: Socket) -> None:
    make_round(same(60_000), age_ms=1_000)
    socket.do("subscribe", channel="prices")
    update = told(socket, make_round({"simulated:1": 60_000}).view.round_id)
    assert (update["state"], update["reason"]) == ("DEGRADED", "INSUFFICIENT_SOURCES")
    assert update["price"] == "60000.00000000"
    assert update["may"] == {"mint": False, "liquidate": False, "display": True}


def test_a_price_goes_stale_by_time_alone_within_a_second(socket: Socket) -> None:
    view = make_round(same(60_000), age_ms=6_000).view
    socket.do("subscribe", channel="prices")
    assert told(socket, view.round_id)["state"] == "FRESH"
    stale = socket.wait_for(lambda frame: frame.get("state") == "STALE")
    assert now_ms() - view.round_ms < 10_000 + LATE_MS
    assert stale["type"] == "price_update"
    assert 10_000 < stale["age_ms"] < 10_000 + LATE_MS
    assert stale["reason"] == "NO_ROUNDS"
    assert stale["may"]["mint"] is stale["may"]["liquidate"] is False
    listen(socket, 0.5)
    assert len(prices(socket)) == 2  # the snapshot and this


def test_an_operators_halt_is_told_without_a_round(socket: Socket) -> None:
    make_round(same(60_000))
    socket.do("subscribe", channel="prices")
    socket.wait_for(lambda frame: frame.get("channel") == "prices")
    halt("to be looked at")
    halted = socket.wait_for(lambda frame: frame.get("state") == "HALTED")
    assert (halted["reason"], halted["price"]) == ("to be looked at", "60000.00000000")


def test_before_the_first_round_a_snapshot_says_so(socket: Socket) -> None:
    socket.do("subscribe", channel="prices")
    snapshot = socket.wait_for(lambda frame: frame.get("channel") == "prices")
    assert (snapshot["type"], snapshot["price"], snapshot["state"]) == ("snapshot", None, "STALE")
    first = make_round(same(60_000)).view.round_id
    assert told(socket, first)["type"] == "price_update"


def test_rounds_that_follow_fast_are_told_ten_times_a_second_and_the_last_one_always(
    socket: Socket,
) -> None:
    make_round(same(60_000))
    socket.do("subscribe", channel="prices")
    began = time.monotonic()
    ids = [make_round(same(60_000 + number)).view.round_id for number in range(60)]
    told(socket, ids[-1])
    heard = [int(frame["round"]["round_id"]) for frame in prices(socket)]
    assert heard == sorted(set(heard))
    assert len(heard) <= 3 + 10 * (time.monotonic() - began)


def test_with_and_without_sources_are_two_subscriptions(socket: Socket) -> None:
    make_round(same(60_000))
    socket.do("subscribe", channel="prices")
    assert socket.refusal("subscribe", channel="prices") == "ALREADY_SUBSCRIBED"
    socket.do("subscribe", channel="prices", sources=True)
    socket.wait_until(lambda: len(prices(socket)) == 2)
    both = prices(socket)
    assert ["sources" in frame for frame in both] == [False, True]
    socket.do("unsubscribe", channel="prices", sources=True)
    told(socket, make_round(same(60_001)).view.round_id)
    socket.do("ping")
    assert ["sources" in frame for frame in prices(socket)] == [False, True, False]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"sources": "true"}, "INVALID_TYPE"),
        ({"sources": None}, "INVALID_TYPE"),
        ({"market": "BTC-USDB"}, "UNKNOWN_FIELD"),
    ],
)
def test_what_is_no_subscription_is_refused(socket: Socket, members: Frame, code: str) -> None:
    assert socket.refusal("subscribe", channel="prices", **members) == code


def test_what_comes_over_the_wire_and_is_no_price_harms_nobody(socket: Socket) -> None:
    make_round(same(60_000))
    socket.do("subscribe", channel="prices")
    for nonsense in (b"", b"\xff\x00", b"{}", b"x" * 100_000):
        brief_redis().publish(PRICES_CHANNEL, nonsense)
    assert told(socket, make_round(same(60_001)).view.round_id)["price"] == "60001.00000000"


@pytest.mark.faults
def test_without_redis_the_rows_are_read_and_it_comes_back(house: House) -> None:
    with opened(house.url) as socket:
        make_round(same(60_000))
        socket.do("subscribe", channel="prices")
        with redis_gone(house):
            socket.wait_for(lambda frame: frame.get("state") == "stale")  # of market data
            make_round(same(60_100))
            until(lambda: stored(house)["price"] == "60100.00000000")
            update = socket.wait_for(lambda frame: frame.get("price") == "60100.00000000")
            assert update["origin"] == "STORED"
        socket.wait_for(lambda frame: frame.get("state") == "live")
        update = told(socket, make_round(same(60_200)).view.round_id)
        assert (update["type"], update["origin"]) == ("price_update", "LIVE")


def stored(house: House) -> Frame:
    found: Frame = httpx.get(f"{house.url}/api/v1/oracle/price", timeout=5).json()
    assert found["origin"] == "STORED"
    return found
