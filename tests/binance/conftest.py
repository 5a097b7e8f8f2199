"""The running house of these tests, and people who leave no order behind."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from access.signing import KeyKind
from tests.api.house import House, running_house
from tests.binance.house import Trader, new_trader
from tests.binance.stream_client import NARROW

MakeTrader = Callable[..., Trader]


@pytest.fixture(scope="package")
def house(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), running_house() as house:
        yield house


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


@pytest.fixture
def trader(client: httpx.Client) -> Iterator[MakeTrader]:
    """Makes people with funds: trader("alice", USDB="1000"). What they still offer is canceled at the end."""
    made: list[Trader] = []

    def make(name: str, *, key: dict[str, Any] | None = None, **funds: str) -> Trader:
        person = new_trader(client, name, **(key or {}))
        made.append(person)
        person.person.fund(**funds)
        return person

    yield make
    for person in made:
        assert person.person.send("DELETE", "/api/v1/orders").status_code in (200, 401, 403)


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
