"""A running house without a worker: the tests make its rounds. Before each of them there was none."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.api.conftest import client, document
from tests.api.house import House, running_house
from tests.oracle.outside.rounds import forget_everything, price, sources
from tests.support.waiting import until
from tests.websocket.client import Socket, opened

__all__ = ["client", "document"]


@pytest.fixture(scope="package")
def _running(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), running_house() as house, sources():
        yield house


@pytest.fixture(scope="package")
def house(_running: House) -> House:
    return _running


@pytest.fixture(autouse=True)
def nothing_yet(house: House) -> None:
    """No round, no incident, and the web process knows."""
    forget_everything()
    until(lambda: price(house)["round"]["round_id"] == "0")


@pytest.fixture
def socket(house: House) -> Iterator[Socket]:
    with opened(house.url) as socket:
        yield socket
