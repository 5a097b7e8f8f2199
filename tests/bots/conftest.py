"""The running house of these tests, and accounts with money for bots and for people."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from tests.api.house import House, running_house
from tests.api.people import Trader, new_trader

MakeTrader = Callable[..., Trader]


@pytest.fixture(scope="package")
def house(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), running_house() as house:
        yield house


@pytest.fixture(scope="package")
def client(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.url, timeout=20) as client:
        yield client


@pytest.fixture
def trader(client: httpx.Client) -> Iterator[MakeTrader]:
    """Makes people with funds: trader("alice", USDB="1000"). What they still offer is canceled at the end."""
    made: list[Trader] = []

    def make(name: str, **funds: str) -> Trader:
        person = new_trader(client, name)
        made.append(person)
        person.fund(**funds)
        return person

    yield make
    for person in made:
        assert person.send("DELETE", "/api/v1/orders").status_code == 200


@pytest.fixture
def maker(trader: MakeTrader) -> Trader:
    return trader("maker", BTC="10", USDB="1000")


@pytest.fixture
def taker(trader: MakeTrader) -> Trader:
    return trader("taker", BTC="10", USDB="1000")
