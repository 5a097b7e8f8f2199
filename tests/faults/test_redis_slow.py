"""An engine for which Redis is slow goes on; one for which it is a black hole leaves the lead to another."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.faults.house import House
from tests.faults.proxy import Proxy
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long]
DELAY_S = 0.25


@pytest.fixture
def proxy(house: House) -> Iterator[Proxy]:
    socket = Path(urlsplit(house.servers.redis_url).path)
    with Proxy(house.folder / "slow.sock", socket) as proxy:
        yield proxy


def _url(house: House, proxy: Proxy) -> str:
    database = parse_qs(urlsplit(house.servers.redis_url).query).get("db", ["0"])[0]
    return f"unix://{proxy.path}?db={database}"


def test_an_engine_goes_on_slowly_and_then_leaves_the_lead_to_one_that_reaches_redis(
    house: House, proxy: Proxy
) -> None:
    slow = house.start_engine(redis_url=_url(house, proxy))
    house.hand_over(slow)
    with house.load() as load:
        proxy.delay_s = DELAY_S
        passed = proxy.passed
        load.await_acknowledged(4)
        assert proxy.passed > passed
        proxy.delay_s = 0.0
        load.await_acknowledged(20)
        house.start_engine()
        house.await_connections(2)
        before = house.shard()
        proxy.swallows = True
        began = time.monotonic()
        wait_for("another leader", lambda: house.shard().epoch > before.epoch)
        house.assert_resumes(began)
        assert house.leader() is not slow
        assert slow.poll() is None
        load.await_acknowledged(30)
        proxy.swallows = False
        load.await_acknowledged(30)
        house.kill(slow)  # its way to Redis ends with this test
