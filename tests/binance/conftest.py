"""The running house of these tests, and people who leave no order behind."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from access.signing import KeyKind
from tests.api.conftest import chain, house
from tests.api.house import House
from tests.api.people import crowd
from tests.binance import strict
from tests.binance.house import Trader, new_trader, with_new_key
from tests.binance.stream_client import NARROW

__all__ = ["chain", "house"]

MakeTrader = Callable[..., Trader]


@pytest.fixture(scope="package")
def client(house: House) -> Iterator[httpx.Client]:
    """Whatever is asked, the answer is JSON and never a bug's."""

    def check(response: httpx.Response) -> None:
        response.read()
        assert response.status_code != 500, response.text
        assert response.headers["content-type"].startswith("application/json") or not response.content

    with httpx.Client(base_url=house.url, timeout=20, event_hooks={"response": [check]}) as client:
        yield client


@pytest.fixture(scope="package")
def narrow(house: House) -> Iterator[str]:
    """The URL of another web process, which lets in no more than NARROW connections of an address."""
    with house.another_web(BALLAST_SOCKETS_IP=str(NARROW)) as url:
        yield url


@pytest.fixture(scope="package")
def strict_url(house: House) -> Iterator[str]:
    """Of another web process with small limits, behind a proxy of ours that says who asks."""
    with house.another_web(**strict.SETTINGS) as url:
        yield url


@pytest.fixture
def trader(client: httpx.Client) -> Iterator[MakeTrader]:
    """Makes people with funds: trader("alice", USDB="1000"). What they still offer is canceled at the end."""
    with crowd(client) as make:
        yield lambda name, *, key=None, **funds: with_new_key(make(name, **funds), **(key or {}))


@pytest.fixture
def alice(trader: MakeTrader) -> Trader:
    """She buys."""
    return trader("alice", USDB="100000")


@pytest.fixture
def bob(trader: MakeTrader) -> Trader:
    """He sells."""
    return trader("bob", BTC="10")


@pytest.fixture
def carol(trader: MakeTrader) -> Trader:
    """She has nothing."""
    return trader("carol")


@pytest.fixture
def edith(trader: MakeTrader) -> Trader:
    """She signs with Ed25519, and has both."""
    return trader("edith", key={"kind": KeyKind.ED25519}, BTC="10", USDB="100000")


@pytest.fixture(scope="package")
def reader(client: httpx.Client) -> Trader:
    """For tests that only look: has nothing, and places nothing."""
    return new_trader(client, "reader")
