"""Redis or the database is away, or both: the price is shown from the other, or it is said that it cannot be.

The web process is never restarted: it must find its way back by itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from django.db import connections

from tests.api.house import House
from tests.oracle.outside.rounds import make_round, price, same
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.long]
PROMPT_SECONDS = 3.0


@pytest.fixture(autouse=True)
def _whole_again(house: House) -> Iterator[None]:
    yield
    house.await_engine()


@contextmanager
def without_redis(house: House) -> Iterator[None]:
    house.servers.valkey.kill()
    try:
        yield
    finally:
        house.servers.valkey.start()


@contextmanager
def without_database(house: House) -> Iterator[None]:
    name = connections["default"].settings_dict["NAME"]
    parameters = connections["default"].get_connection_params() | {"dbname": "postgres"}
    keep = {"host", "port", "user", "password", "dbname"}
    connections.close_all()
    chosen = {key: value for key, value in parameters.items() if key in keep}
    with psycopg.connect(**chosen, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def asked(house: House, path: str) -> tuple[int, dict[str, Any]]:
    """An answer that comes soon."""
    began = time.monotonic()
    answer = httpx.get(f"{house.url}/api/v1/oracle/{path}", timeout=10)
    assert time.monotonic() - began < PROMPT_SECONDS
    return answer.status_code, answer.json()


def test_without_redis_the_committed_price_is_shown_and_that_is_said(house: House) -> None:
    make_round(same(60_000))
    until(lambda: price(house)["origin"] == "LIVE")
    with without_redis(house):
        until(lambda: price(house)["origin"] == "STORED")
        make_round(same(60_100))
        until(lambda: price(house)["price"] == "60100.00000000")
        status, state = asked(house, "state")
        assert (status, state["state"], state["origin"]) == (200, "FRESH", "STORED")
        assert asked(house, "history")[0] == asked(house, "twap")[0] == 200
    assert price(house)["price"] == "60100.00000000"  # not announced, and still the latest

    def is_announced() -> bool:
        make_round(same(60_200))
        shown = price(house)
        return (shown["price"], shown["origin"]) == ("60200.00000000", "LIVE")

    until(is_announced)


def test_without_the_database_the_announced_price_is_shown(house: House) -> None:
    make_round(same(60_000))
    until(lambda: price(house)["origin"] == "LIVE")
    with without_database(house):
        status, shown = asked(house, "price")
        assert (status, shown["price"], shown["origin"]) == (200, "60000.00000000", "LIVE")
        status, state = asked(house, "state")
        assert (status, state["open_incidents"], state["latest_incidents"]) == (200, None, None)
        for path in ("history", "candles?interval=1m", "twap"):
            status, refused = asked(house, path)
            assert (status, refused["error"]["code"]) == (503, "DATABASE_UNAVAILABLE")
        until(lambda: asked(house, "price")[1]["state"] == "STALE")  # it grows old all the same
    until(lambda: asked(house, "history")[0] == 200)


def test_with_neither_it_is_said_that_nobody_knows(house: House) -> None:
    make_round(same(60_000))
    with without_redis(house), without_database(house):
        until(lambda: asked(house, "price")[0] == 503)
        status, refused = asked(house, "price")
        assert (status, refused["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert refused["error"]["part"] == "the oracle"
        assert asked(house, "state")[0] == 503
    until(lambda: asked(house, "price")[0] == 200)
    assert price(house)["price"] == "60000.00000000"
