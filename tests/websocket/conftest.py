"""The running house of the API's tests, one more for sockets; its people, and sockets of nobody's."""

import time
from collections.abc import Iterator

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from tests.api.conftest import alice, bob, trader
from tests.api.house import House, running_house
from tests.websocket.client import Socket, opened
from tests.websocket.listening import Listening, asked_by
from tests.websocket.raw import Mute, raw

__all__ = ["alice", "bob", "trader"]


@pytest.fixture(scope="package")
def _running(django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[House, Mute, Listening]]:
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("BALLAST_SOCKETS_IP", "1000")
        with running_house() as house, raw(house) as wire, asked_by(house) as listening:
            yield house, Mute(wire, time.monotonic()), listening


@pytest.fixture(scope="package")
def house(_running: tuple[House, Mute, Listening]) -> House:
    return _running[0]


@pytest.fixture(scope="package")
def mute(_running: tuple[House, Mute, Listening]) -> Mute:
    """There from the beginning, so that nobody has to wait for what becomes of it."""
    return _running[1]


@pytest.fixture(scope="package")
def asked(_running: tuple[House, Mute, Listening]) -> Listening:
    """There from the beginning too."""
    return _running[2]


@pytest.fixture(scope="package")
def client(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.url, timeout=20) as client:
        yield client


@pytest.fixture
def socket(house: House) -> Iterator[Socket]:
    with opened(house.url) as socket:
        yield socket
