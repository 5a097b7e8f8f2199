"""The running house, people with keys, and clients of the SDK that speak for them."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from ballast_sdk import Client
from tests.api.house import House, running_house
from tests.api.people import Trader, new_trader

MakeTrader = Callable[..., Trader]


@pytest.fixture(scope="package")
def house(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), running_house() as house:
        yield house


@pytest.fixture
def trader(house: House) -> Iterator[MakeTrader]:
    """Makes people with funds: trader("alice", USDB="1000"). What they still offer is canceled at the end."""
    made: list[Trader] = []

    def make(name: str, **funds: str) -> Trader:
        person = new_trader(http, name)
        made.append(person)
        person.fund(**funds)
        return person

    with httpx.Client(base_url=house.url, timeout=20) as http:
        yield make
        for person in made:
            assert person.send("DELETE", "/api/v1/orders").status_code in (200, 401)


@pytest.fixture
def alice(trader: MakeTrader) -> Trader:
    """She buys."""
    return trader("alice", USDB="100000")


@pytest.fixture
def bob(trader: MakeTrader) -> Trader:
    """He sells."""
    return trader("bob", BTC="10")


@pytest.fixture
def client(house: House, alice: Trader) -> Iterator[Client]:
    """Alice's."""
    with Client(house.url, key=alice.key, secret=alice.secret) as client:
        yield client
