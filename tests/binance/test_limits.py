"""Weight, orders and bans as clients meet them: numbers, texts, headers."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from django.conf import settings

from access import admission
from access.admission import Gate
from access.errors import DomainError
from access.messages import Head
from exchange.compat.binance.admission import Visit, admit
from exchange.compat.binance.limits import Limits
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.table import SPOT
from exchange.compat.binance.translation import refusal_of
from tests.api.house import House
from tests.api.people import in_parallel
from tests.binance.conftest import MakeTrader
from tests.binance.house import Trader, answer_of, public
from tests.binance.strict import GRACE, ORDERS_1D, ORDERS_10S, WEIGHT, await_room, fill_the_day
from tests.support.clocks import stop_module

TOO_HEAVY = (
    f"Too much request weight used; current limit is {WEIGHT} request weight per 1 MINUTE."
    " Please use WebSocket Streams for live updates to avoid polling the API."
)
BANNED = re.compile(
    r"Way too much request weight used; IP banned until ([0-9]{13})\."
    r" Please use WebSocket Streams for live updates to avoid bans\."
)


@pytest.fixture(scope="module")
def strict(strict_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=strict_url, timeout=20) as client:
        yield client


@pytest.fixture(autouse=True)
def _enough_of_the_minute(house: House) -> None:
    await_room(house)


def asked(client: httpx.Client, ip: str, target: str = "/api/v3/ping") -> httpx.Response:
    return client.get(target, headers={"X-Forwarded-For": ip})


def used(response: httpx.Response) -> int:
    assert response.headers["x-mbx-used-weight"] == response.headers["x-mbx-used-weight-1m"]
    return int(response.headers["x-mbx-used-weight"])


def at(trader: Trader, client: httpx.Client, ip: str) -> Trader:
    return replace(trader, client=client, headers={"X-Forwarded-For": ip})


def test_every_answer_says_what_the_address_has_used(strict: httpx.Client) -> None:
    assert used(asked(strict, "10.1.0.1")) == 1
    assert used(asked(strict, "10.1.0.1")) == 2
    assert used(asked(strict, "10.1.0.1", "/api/v3/depth?symbol=BTCUSDB")) == 7
    assert used(asked(strict, "10.1.0.1", "/api/v3/depth?symbol=NOSUCH")) == 12
    assert used(asked(strict, "10.1.0.1", "/api/v3/depth?symbol=BTCUSDB&limit=x")) == 13
    assert used(asked(strict, "10.1.0.1", "/api/v3/ping?a=1&a=1")) == 14
    assert used(asked(strict, "10.1.0.1", "/api/v3/nothing")) == 15
    assert used(asked(strict, "10.1.0.1", "/api/v3/account")) == 16
    assert used(asked(strict, "10.1.0.2")) == 1


def test_exchange_info_says_the_limits_that_hold(strict: httpx.Client) -> None:
    limits = asked(strict, "10.1.0.3", "/api/v3/exchangeInfo").json()["rateLimits"]
    assert limits == [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": WEIGHT},
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": ORDERS_10S},
        {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": ORDERS_1D},
    ]


def test_who_has_used_too_much_is_refused_and_told_how_long(strict: httpx.Client) -> None:
    assert [asked(strict, "10.2.0.1").status_code for _ in range(WEIGHT)] == [200] * WEIGHT
    refused = asked(strict, "10.2.0.1")
    assert answer_of(refused).refusal == (429, -1003, TOO_HEAVY)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert used(refused) == WEIGHT
    assert asked(strict, "10.2.0.2").status_code == 200


def test_who_goes_on_is_banned_and_nobody_else_is(strict: httpx.Client) -> None:
    statuses = [asked(strict, "10.3.0.1").status_code for _ in range(WEIGHT + GRACE)]
    assert statuses == [200] * WEIGHT + [429] * GRACE
    banned = asked(strict, "10.3.0.1", "/api/v3/nothing")
    assert banned.status_code == 418
    found = BANNED.fullmatch(banned.json()["msg"])
    assert found is not None
    left_ms = int(found[1]) - time.time_ns() // 1_000_000
    assert 110_000 < left_ms <= 121_000
    assert 110 <= int(banned.headers["retry-after"]) <= 120
    assert banned.json()["code"] == -1003
    again = asked(strict, "10.3.0.1")
    assert (again.status_code, again.json()["msg"]) == (418, banned.json()["msg"])
    assert asked(strict, "10.3.0.2").status_code == 200


def test_an_address_that_a_client_claims_bans_nobody(strict: httpx.Client) -> None:
    """What stands before our own proxy's word is the client's."""
    for _ in range(WEIGHT + GRACE + 1):
        asked(strict, "10.4.0.9, 10.4.0.1")
    assert asked(strict, "10.4.0.1").status_code == 418
    assert asked(strict, "10.4.0.9").status_code == 200


def test_a_network_of_ipv6_is_one_address(strict: httpx.Client) -> None:
    for number in range(WEIGHT):
        assert asked(strict, f"2001:db8::{number:x}").status_code == 200
    assert asked(strict, "2001:db8::ffff").status_code == 429
    assert asked(strict, "2001:db8:0:1::1").status_code == 200
    assert used(asked(strict, "::ffff:10.5.0.1")) == 1
    assert used(asked(strict, "10.5.0.1")) == 2


def test_orders_are_counted_per_account_and_only_those_that_were_sent_on(
    strict: httpx.Client, trader: MakeTrader, house: House
) -> None:
    alice, bob = trader("alice", USDB="1000"), trader("bob", USDB="1000")
    await_room(house, window_s=10, needed_s=7)
    here, there = at(alice, strict, "10.6.0.1"), at(alice, strict, "10.6.0.2")
    answer = here.try_order()
    assert (answer.headers["x-mbx-order-count-10s"], answer.headers["x-mbx-order-count-1d"]) == ("1", "1")
    assert there.try_order(price="x").status == 400
    assert there.try_order(type="NONSENSE").status == 400
    assert (
        there.post("/api/v3/order/test", symbol="BTCUSDB", side="BUY", type="MARKET", quantity="1").status
        == 200
    )
    assert "x-mbx-order-count-10s" not in here.get("/api/v3/openOrders").headers
    refused = there.try_order(price="100000000.00")  # he has not so much
    assert refused.refusal[:2] == (400, -2010)
    assert refused.headers["x-mbx-order-count-10s"] == "2"
    elsewhere = at(alice, strict, "10.6.0.3")
    assert [one["count"] for one in elsewhere.get("/api/v3/rateLimit/order").json] == [2, 2]
    assert at(bob, strict, "10.6.0.1").try_order().headers["x-mbx-order-count-10s"] == "1"


def test_too_many_orders_are_refused_and_nothing_is_placed(
    strict: httpx.Client, trader: MakeTrader, house: House
) -> None:
    alice = at(trader("alice", USDB="10000"), strict, "10.7.0.1")
    await_room(house, window_s=10, needed_s=7)
    for _ in range(ORDERS_10S):
        assert alice.try_order().status == 200
    refused = alice.try_order()
    message = f"Too many new orders; current limit is {ORDERS_10S} orders per 10 SECOND."
    assert refused.refusal == (429, -1015, message)
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert int(refused.headers["x-mbx-used-weight"]) == ORDERS_10S + 1
    assert "x-mbx-order-count-10s" not in refused.headers
    open_orders = alice.get("/api/v3/openOrders", symbol="BTCUSDB").json
    assert len(open_orders) == ORDERS_10S
    canceled = alice.delete("/api/v3/order", symbol="BTCUSDB", orderId=open_orders[0]["orderId"])
    assert canceled.status == 200  # taking orders back is never limited by them
    fill_the_day(house, alice.person.user_id)
    message = f"Too many new orders; current limit is {ORDERS_1D} orders per 1 DAY."
    assert alice.try_order().refusal == (429, -1015, message)


def test_side_by_side_exactly_as_many_pass_as_may(strict: httpx.Client) -> None:
    statuses = in_parallel(lambda _: asked(strict, "10.8.0.1").status_code, WEIGHT + GRACE, threads=10)
    assert sorted(statuses) == [200] * WEIGHT + [429] * GRACE


def test_guesses_at_keys_are_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "LOOKUPS", (1, 3))
    stop_module(admission, monkeypatch)

    async def guess() -> list[tuple[int, str]]:
        gate, limits = Gate(), Limits(settings.REDIS_URL)
        head = Head("GET", "/", "/", b"", {}, "10.9.0.1", "http")
        visit = Visit(gate, limits, head, SPOT.by_line["GET", "/api/v3/account"])
        refused = []
        for number in range(5):
            visit.key = f"bk_{number:032x}"
            visit.raw = {"timestamp": str(time.time_ns() // 1_000_000), "signature": "0" * 64}
            try:
                await admit(visit)
            except (Refusal, DomainError) as error:
                refusal = refusal_of(error)
                refused.append((refusal.status, refusal.message))
        await limits.close()
        await gate.limits.close()
        return refused

    unknown = (401, "Invalid API-key, IP, or permissions for action.")
    assert asyncio.run(guess()) == [unknown] * 3 + [(429, "Too many requests.")] * 2


def test_a_web_process_of_the_house_without_small_limits_is_not_touched(client: httpx.Client) -> None:
    assert public(client, "/api/v3/ping").status == 200
