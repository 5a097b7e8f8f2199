"""The running house of these tests, and accounts with money for bots and for people."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.conftest import house, trader
from tests.api.house import House
from tests.api.people import MakeTrader, Trader

__all__ = ["MakeTrader", "house", "trader"]


@pytest.fixture(scope="package")
def client(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.url, timeout=20) as client:
        yield client


@pytest.fixture
def maker(trader: MakeTrader) -> Trader:
    return trader("maker", BTC="10", USDB="1000")


@pytest.fixture
def taker(trader: MakeTrader) -> Trader:
    return trader("taker", BTC="10", USDB="1000")
