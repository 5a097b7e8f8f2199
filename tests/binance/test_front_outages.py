"""Something is away: what changes anything says in Binance's words whether it was done, and reads go on."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.api.house import House
from tests.api.people import in_parallel
from tests.api.test_outages import maintenance
from tests.binance.house import SYMBOL, Answer, Trader, encode, public, signed
from tests.support.waiting import pause, until

pytestmark = pytest.mark.long

UNAVAILABLE = (503, -1001, "Internal error; unable to process your request. Please try again.")
UNKNOWN = (
    408,
    -1007,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
)
ORDER = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "100.00"}


def prepared(trader: Trader, window_ms: int = 5_000, **changes: str) -> str:
    """An order's signed text, to be sent more than once."""
    stamped = trader.stamped({**ORDER, "quantity": "0.1", **changes, "recvWindow": window_ms})
    return signed(trader.secret, encode(stamped))


def sent(trader: Trader, text: str) -> Answer:
    return trader.send_text("POST", "/api/v3/order", text)


def comes_back(trader: Trader) -> None:
    """In another thread, where a client does not look at the time."""
    until(lambda: in_parallel(lambda _: trader.try_order(), 1)[0].status == 200)


def test_without_an_engine_nothing_is_placed_and_that_is_said(house: House, alice: Trader) -> None:
    with house.engine_gone():
        text = prepared(alice, 60_000)
        assert sent(alice, text).refusal == UNAVAILABLE
        assert sent(alice, text).headers["retry-after"] == "1"
        assert alice.delete("/api/v3/openOrders", symbol=SYMBOL).refusal[:2] in ((503, -1001), (400, -2011))
        assert alice.get("/api/v3/openOrders").json == []
    assert sent(alice, text).status == 200  # the same request, once there is an engine


def test_an_engine_that_says_nothing_leaves_the_outcome_open_and_a_replay_tells_it(
    house: House, alice: Trader
) -> None:
    text = prepared(alice, 60_000, newClientOrderId="open")
    with house.engine_held(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(sent, alice, text).result().refusal == UNKNOWN
    house.await_engine()
    placed = sent(alice, text)
    assert (placed.status, placed.json["status"]) == (200, "NEW")
    assert [one["orderId"] for one in alice.get("/api/v3/openOrders").json] == [placed.json["orderId"]]


def test_an_order_that_the_engine_reads_too_late_is_outside_of_its_window(
    house: House, alice: Trader
) -> None:
    outside = "Timestamp for this request is outside of the recvWindow."
    with ThreadPoolExecutor(1) as pool:
        with house.engine_held():
            late = pool.submit(sent, alice, prepared(alice, 600))
            pause(1.0)
        assert late.result().refusal == (400, -1021, outside)
    assert alice.get("/api/v3/openOrders").json == []


def test_without_redis_reads_go_on_and_nothing_is_changed(house: House, alice: Trader) -> None:
    house.servers.valkey.kill()
    try:
        assert alice.try_order().refusal == UNAVAILABLE
        assert alice.delete("/api/v3/openOrders", symbol=SYMBOL).refusal == UNAVAILABLE
        assert alice.get("/api/v3/account").status == 200
        assert alice.get("/api/v3/openOrders").json == []
        assert alice.get("/api/v3/rateLimit/order").refusal == UNAVAILABLE  # nobody knows
        assert public(alice.client, "/api/v3/time").status == 200
        assert public(alice.client, "/api/v3/exchangeInfo").status == 200
    finally:
        house.servers.valkey.start()
        house.await_engine()
    comes_back(alice)


def test_a_redis_that_hangs_is_not_waited_for(house: House, alice: Trader) -> None:
    os.kill(house.servers.valkey.pid, signal.SIGSTOP)
    try:
        (answer,) = in_parallel(lambda _: alice.try_order(), 1)
        assert answer.refusal == UNAVAILABLE
        (answer,) = in_parallel(lambda _: alice.get("/api/v3/account"), 1)
        assert answer.status == 200
    finally:
        os.kill(house.servers.valkey.pid, signal.SIGCONT)
        house.await_engine()
    comes_back(alice)


def test_without_the_database_a_read_may_be_tried_again_and_an_order_is_open(
    house: House, alice: Trader
) -> None:
    alice.order()
    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    ends = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    maintenance(house, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', ends)
    try:
        for path in ("account", "openOrders", "rateLimit/order"):
            (answer,) = in_parallel(lambda _, path=path: alice.get(f"/api/v3/{path}"), 1)  # type: ignore[misc]
            assert answer.status == 200 or answer.refusal == UNAVAILABLE, path
        (answer,) = in_parallel(lambda _: alice.try_order(), 1)
        assert answer.refusal in (UNKNOWN, UNAVAILABLE)
        assert public(alice.client, "/api/v3/time").status == 200
    finally:
        maintenance(house, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        house.await_engine()
    comes_back(alice)
