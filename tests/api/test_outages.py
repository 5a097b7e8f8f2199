"""The database or Redis is away: what moves money says so and does nothing, what needs neither goes on.

The web process is never restarted: it must find its way back by itself.
"""

import time
from collections.abc import Callable

import httpx
import psycopg
import pytest
from django.db import connections

from tests.api.house import House
from tests.api.people import Trader, in_parallel, order, refusal, transfer
from tests.support.waiting import until

pytestmark = pytest.mark.faults
PROMPT_SECONDS = 3.0


def prompt(person: Trader, method: str, path: str, body: object = None) -> tuple[int, str]:
    """Status and code ("" for a success) of an answer that comes soon."""
    began = time.monotonic()
    answer = person.send(method, path, body, headers={"Idempotency-Key": str(time.monotonic_ns())})
    assert time.monotonic() - began < PROMPT_SECONDS
    return refusal(answer) if answer.is_error else (answer.status_code, "")


def patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, whenever it comes: in another thread the client does not look at the time."""
    (answer,) = in_parallel(lambda _: ask(), 1)
    return answer


def comes_back(person: Trader) -> None:
    until(lambda: patiently(lambda: person.try_order(client_order_id="lost")).is_success)


def test_without_an_engine_orders_are_not_accepted_and_transfers_wait(
    house: House, alice: Trader, client: httpx.Client
) -> None:
    with house.engine_gone():
        answer = alice.try_order(client_order_id="lost")
        assert refusal(answer) == (503, "ENGINE_UNAVAILABLE")
        assert answer.headers["retry-after"] == "1"
        assert refusal(alice.send("DELETE", "/api/v1/orders")) == (503, "ENGINE_UNAVAILABLE")
        assert alice.get("/api/v1/orders")["orders"] == []
        assert client.get("/api/v1/markets/BTC-USDB/book").status_code == 200
    assert refusal(alice.send("GET", "/api/v1/orders/by-client-id/lost")) == (404, "ORDER_NOT_FOUND")
    assert alice.place(client_order_id="lost")["order"]["status"] == "NEW"


def test_without_redis_nothing_is_done_and_reads_go_on(
    house: House, alice: Trader, client: httpx.Client
) -> None:
    house.servers.valkey.kill()
    try:
        for method, path, body in [
            ("POST", "/api/v1/orders", order(client_order_id="lost")),
            ("DELETE", "/api/v1/orders", None),
            ("POST", "/api/v1/transfers", {"asset": "USDB", "amount": "1"}),
            ("POST", "/api/v1/faucet", {"asset": "USDB", "amount": "1"}),
        ]:
            assert prompt(alice, method, path, body) == (503, "SERVICE_UNAVAILABLE")
        for path in ("orders", "fills", "balances", "transfers"):
            assert prompt(alice, "GET", f"/api/v1/{path}") == (200, "")
        for path in ("time", "markets", "markets/BTC-USDB/trades"):
            assert client.get(f"/api/v1/{path}").status_code == 200
        answer = client.get("/api/v1/markets/BTC-USDB/book")
        assert refusal(answer) == (503, "SERVICE_UNAVAILABLE")
        assert answer.json()["error"]["part"] == "market data"
    finally:
        house.servers.valkey.start()
        house.await_engine()
    comes_back(alice)
    assert [row["client_order_id"] for row in alice.get("/api/v1/orders")["orders"]] == ["lost"]


def maintenance(house: House, *statements: str) -> None:
    """As an administrator of the server, from another database than the house's."""
    parameters = connections["default"].get_connection_params() | {"dbname": "postgres"}
    keep = {"host", "port", "user", "password", "dbname"}
    chosen = {name: value for name, value in parameters.items() if name in keep}
    with psycopg.connect(**chosen, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_without_the_database_nothing_is_done_and_it_comes_back(
    house: House, alice: Trader, client: httpx.Client
) -> None:
    alice.place(quantity="0.02")
    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    ends = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    maintenance(house, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', ends)
    try:
        assert client.get("/api/v1/time").status_code == 200
        for method, path, body in [
            ("POST", "/api/v1/transfers", transfer()),
            ("POST", "/api/v1/faucet", {"asset": "USDB", "amount": "1"}),
            ("GET", "/api/v1/balances", None),
            ("GET", "/api/v1/orders", None),
            ("GET", "/api/v1/api-keys", None),
        ]:
            assert prompt(alice, method, path, body) == (503, "DATABASE_UNAVAILABLE"), path
        assert refusal(client.get("/api/v1/markets/BTC-USDB/trades")) == (503, "DATABASE_UNAVAILABLE")
        # An order may have reached the queue: then nobody knows yet, and the answer says so.
        answer = patiently(lambda: alice.try_order(client_order_id="lost"))
        assert refusal(answer) in {
            (504, "OUTCOME_UNKNOWN"),
            (503, "ENGINE_UNAVAILABLE"),
            (503, "DATABASE_UNAVAILABLE"),
        }
    finally:
        maintenance(house, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        house.await_engine()
    comes_back(alice)
    assert len(alice.get("/api/v1/orders")["orders"]) == 2


def test_a_question_that_takes_the_database_too_long_is_given_up(alice: Trader) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE exchange_wallettransfer IN ACCESS EXCLUSIVE MODE")
        try:
            answer = patiently(lambda: alice.send("GET", "/api/v1/transfers"))
            assert refusal(answer) == (503, "DATABASE_UNAVAILABLE")
        finally:
            cursor.execute("ROLLBACK")
    assert alice.get("/api/v1/transfers")["next_cursor"] is None
