"""One house for the whole session: started once, made whole before each test, checked after each."""

from collections.abc import Iterator

import pytest

from config.embedded.temporary import temporary_servers
from tests.faults.checks import assert_books_agree, assert_told_the_truth
from tests.faults.house import House
from tests.support.clusters import begin_migrated


@pytest.fixture(scope="session")
def _house() -> Iterator[House]:
    with temporary_servers("ballast-faults-", begin=begin_migrated) as servers:
        folder = servers.place.wanted.parent
        house = House(servers, folder)
        try:
            house.manage("seed_demo")
            yield house
        finally:
            house.stop()


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    _house.make_whole()
    yield _house
    wrong, _house.record.wrong = _house.record.wrong, []
    assert wrong == []
    with _house.connect() as connection:
        assert_books_agree(connection)
        assert_told_the_truth(connection, _house.record)
