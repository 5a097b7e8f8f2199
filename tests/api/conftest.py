"""The running house, a client that checks every answer, and people who leave no order behind."""

import os
import threading
from collections.abc import Iterator

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from tests.api.bitcoin import watched_chain
from tests.api.document import Document
from tests.api.house import House, running_house
from tests.api.people import MakeTrader, Trader, crowd, new_trader
from tests.custody.support.house import CustodyHouse

CROWDED = 5 * (os.cpu_count() or 1)  # a machine with so much to do says nothing about who is slow
SLOWEST_SECONDS = 3.0  # less than any time-out, and enough on a machine that does much else
MEDIA_TYPES = ("application/json", "text/csv; charset=utf-8")


@pytest.fixture(scope="package")
def house(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), running_house() as house:
        yield house


@pytest.fixture(scope="package")
def document(house: House) -> Document:
    return Document(httpx.get(f"{house.url}/api/openapi.json", timeout=30).json())


@pytest.fixture(scope="package")
def client(house: House, document: Document) -> Iterator[httpx.Client]:
    """Each answer must be JSON as the document says it, with a request id, never a 500, and quick."""

    def check(response: httpx.Response) -> None:
        response.read()
        assert response.status_code != 500, response.text
        assert response.headers["content-type"] in MEDIA_TYPES or not response.content
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-request-id"]
        if response.is_error and response.request.method != "HEAD":
            error = response.json()["error"]
            if "idempotency-key" not in response.request.headers:  # a repeat gets the first answer's
                assert error["request_id"] == response.headers["x-request-id"]
            assert error["message"].endswith(".")
        document.check(response)
        alone = threading.current_thread() is threading.main_thread()  # in a crowd it may wait for its turn
        if alone and os.getloadavg()[0] < CROWDED:
            assert response.elapsed.total_seconds() < SLOWEST_SECONDS

    with httpx.Client(base_url=house.url, timeout=20, event_hooks={"response": [check]}) as client:
        yield client


@pytest.fixture(scope="package")
def chain(house: House) -> Iterator[CustodyHouse]:
    """What comes and goes of bitcoin; the house's own watcher is not there, `watch` is."""
    with watched_chain() as chain:
        yield chain


@pytest.fixture(scope="package")
def mallory(client: httpx.Client) -> Trader:
    """She has nothing and sends what is wrong; nothing that she asks for ever happens."""
    return new_trader(client, "mallory")


@pytest.fixture
def trader(client: httpx.Client) -> Iterator[MakeTrader]:
    """Makes people with funds: trader("alice", USDB="1000"). What they still offer is canceled at the end."""
    with crowd(client) as make:
        yield make


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
