"""The engine of one shard is killed: the other trades on, and a standby for both takes over."""

from collections.abc import Iterator

import pytest

from tests.faults.house import House
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long]


@pytest.fixture
def second_shard(house: House) -> Iterator[int]:
    with house.connect() as connection:
        connection.execute(
            "INSERT INTO exchange_shard"
            " (number, epoch, holder, sequence, timestamp_ns, stream_generation, stream_id)"
            " VALUES (1, 0, '', 0, 0, '', '0-0')"
        )
        yield 1
        connection.execute("DELETE FROM exchange_shard WHERE number = 1")


def _holder(house: House, shard: int) -> str:
    return str(house.query("SELECT holder FROM exchange_shard WHERE number = %s", shard)[0][0])


def _epoch(house: House, shard: int) -> int:
    return int(house.query("SELECT epoch FROM exchange_shard WHERE number = %s", shard)[0][0])


def test_one_shard_loses_its_engine_and_the_other_does_not_notice(house: House, second_shard: int) -> None:
    first = house.leader()
    second = house.start_engine()
    wait_for("an engine of the second shard", lambda: f":{second.pid}:" in _holder(house, second_shard))
    standby = house.start_engine()
    house.await_connections(3)
    with house.load() as load:
        before, epoch = house.shard().epoch, _epoch(house, second_shard)
        house.kill(second)
        load.await_acknowledged(30)
        wait_for("the standby", lambda: f":{standby.pid}:" in _holder(house, second_shard))
        assert _epoch(house, second_shard) == epoch + 1
        load.await_acknowledged(30)
        assert house.shard().epoch == before
        assert house.leader() is first
