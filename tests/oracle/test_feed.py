"""What the price's feed knows where one of the two it asks is silent."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from access.errors import ServiceUnavailable
from access.threads import work_pool
from oracle.feed import Known, PriceFeed, now_ms
from oracle.origin import Origin
from oracle.rules.encoding import encode_view
from oracle.services.current import PRICES_CHANNEL
from tests.oracle.rows import PERIOD_MS, House, committed_view

PROMPT_S = 1.5


@pytest.fixture(autouse=True)
def _pool_lets_go() -> Iterator[None]:
    """A thread that keeps its connection would keep the test database. Each waits for the others, so that
    each gets one of the calls."""
    yield
    threads = work_pool._max_workers
    together = threading.Barrier(threads)

    def close() -> None:
        connections.close_all()
        together.wait(10)

    wait([work_pool.submit(close) for _ in range(threads)])


@contextmanager
def hanging_table() -> Iterator[None]:
    names = {"host", "port", "user", "password", "dbname"}
    given = connection.get_connection_params()
    chosen: dict[str, Any] = {name: value for name, value in given.items() if name in names}
    with psycopg.connect(**chosen) as other:
        other.execute("LOCK TABLE oracle_current IN ACCESS EXCLUSIVE MODE")
        yield


async def asked(feed: PriceFeed) -> Known:
    """An answer that comes soon, twice."""
    found = None
    for _ in range(2):
        began = time.monotonic()
        async with asyncio.timeout(10):
            found = await feed.known()
        assert time.monotonic() - began < PROMPT_S
    assert found is not None
    return found


def test_a_database_that_hangs_keeps_nobody_from_what_was_announced(house: House) -> None:
    house.now_ms = 1_000_000  # long ago: the row may be newer, and is looked at
    house.round(60_000)
    view = committed_view()

    async def scenario() -> Known:
        feed = PriceFeed()
        feed.recover()
        await asyncio.sleep(0)
        feed.take(PRICES_CHANNEL.encode(), encode_view(view))
        try:
            return await asked(feed)
        finally:
            await feed.stop()

    with hanging_table():
        found, origin = asyncio.run(scenario())
    assert (found, origin) == (view, Origin.LIVE)


def test_with_a_database_that_hangs_and_nothing_announced_it_is_said_soon(house: House) -> None:
    async def scenario() -> None:
        feed = PriceFeed()
        try:
            with pytest.raises(ServiceUnavailable):
                await asked(feed)
        finally:
            await feed.stop()

    with hanging_table():
        asyncio.run(scenario())


def test_what_is_heard_while_the_last_price_is_asked_for_stands_before_it(house: House) -> None:
    house.now_ms = now_ms() - PERIOD_MS
    house.round(60_000)
    last = committed_view()
    heard = replace(last, round_id=last.round_id + 1)

    async def scenario() -> Known:
        feed = PriceFeed()
        feed.recover()
        await asyncio.sleep(0)
        feed.take(PRICES_CHANNEL.encode(), encode_view(heard))
        assert await feed.known() == (heard, Origin.LIVE)
        await asyncio.wait(feed._tasks, timeout=10)
        return await feed.known()

    assert asyncio.run(scenario()) == (heard, Origin.LIVE)
