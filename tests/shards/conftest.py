"""A running house with two shards: BTC-USDB is in the first, DOT-BTC in the second, an engine for each."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import pytest
import redis
from pytest_django import DjangoDbBlocker

from config.children import ChildProcess
from exchange.connections import engine_connection
from exchange.queue import alive_key
from exchange.services.markets import open_market
from exchange.verification import verify_journal
from tests.api.house import House, running_house
from tests.api.people import Trader, new_trader, succeeded
from tests.platform.processes import service
from tests.support.waiting import until

SECOND = "DOT-BTC"


@dataclass(frozen=True, slots=True)
class TwoShards:
    house: House
    engines: tuple[ChildProcess, ChildProcess]

    @contextmanager
    def without(self, shard: int) -> Iterator[None]:
        """The shard takes nothing meanwhile, as when its engine was silent for too long."""
        engine = self.engines[shard]
        with redis.Redis.from_url(self.house.servers.redis_url) as client:
            os.kill(engine.pid, signal.SIGSTOP)
            client.delete(alive_key(shard))
            try:
                yield
            finally:
                os.kill(engine.pid, signal.SIGCONT)
                until(lambda: bool(client.exists(alive_key(shard))))


@pytest.fixture(scope="package")
def two(django_db_blocker: DjangoDbBlocker) -> Iterator[TwoShards]:
    with django_db_blocker.unblock(), running_house() as house, ExitStack() as stack:
        open_market(symbol=SECOND, price_decimals=4, quantity_decimals=2, shard=1)
        second = service("engine", house.folder, house.env, name="second-engine")
        second.start()
        stack.callback(second.kill)
        until(lambda: len(httpx.get(f"{house.url}/api/v1/markets", timeout=10).json()["markets"]) == 4)
        yield TwoShards(house, (house.engine, second))
        with engine_connection() as connection:
            assert verify_journal(connection, 1).problems == []
        assert "Traceback" not in second.log.read_text()


@pytest.fixture
def alice(two: TwoShards) -> Iterator[Trader]:
    """She has 1,000 USDB in the first shard and 10 BTC in the second one."""
    with httpx.Client(base_url=two.house.url, timeout=20) as client:
        person = new_trader(client, "alice")
        for asset, amount, shard in (("USDB", "1000", 0), ("BTC", "10", 1)):
            succeeded(person.ask_faucet(asset=asset, amount=amount))
            succeeded(person.move(asset=asset, amount=amount, shard=shard))
        yield person
