"""The running house, people with keys, and clients of the SDK that speak for them."""

from collections.abc import Iterator

import httpx
import pytest

from ballast_sdk import Client
from tests.api.conftest import alice, bob, chain, house
from tests.api.house import House
from tests.api.people import MakeTrader, Trader, crowd

__all__ = ["alice", "bob", "chain", "house"]


@pytest.fixture
def trader(house: House) -> Iterator[MakeTrader]:
    """Makes people with funds: trader("alice", USDB="1000"). What they still offer is canceled at the end."""
    with httpx.Client(base_url=house.url, timeout=20) as http, crowd(http) as make:
        yield make


@pytest.fixture
def client(house: House, alice: Trader) -> Iterator[Client]:
    """Alice's."""
    with Client(house.url, key=alice.key, secret=alice.secret) as client:
        yield client
