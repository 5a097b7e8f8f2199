"""The engine is killed with -9 under load, at every step of a batch and at any other moment."""

import random
import time

import pytest

from tests.faults.house import House

pytestmark = pytest.mark.faults
KILLS = 3
POINTS = ("after_read", "before_commit", "on_its_way", "after_commit", "after_reply")


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_step_of_a_batch_it_loses_and_doubles_nothing(house: House, point: str) -> None:
    with house.load() as load:
        before = house.shard()
        doomed = house.start_engine(f"{point}:25:kill")
        house.hand_over(doomed)
        successor = house.start_engine()
        house.await_death(doomed)
        ended = time.monotonic()
        house.assert_resumes(ended)
        assert house.leader() is successor
        assert house.shard().epoch == before.epoch + 2
        load.await_acknowledged(50)


def test_killed_at_any_moment_it_loses_and_doubles_nothing(house: House) -> None:
    chance = random.Random(7)
    with house.load() as load:
        before = house.shard()
        for _ in range(KILLS):
            house.start_engine()
            house.await_connections(2)
            load.await_acknowledged(chance.randrange(1, 50))
            house.kill(house.leader())
            house.assert_resumes(time.monotonic())
        assert house.shard().epoch == before.epoch + KILLS
        load.await_acknowledged(50)
