"""Several engines for one shard: one leads, others stand by, and one that slept is fenced."""

import os
import signal
import time

import pytest

from tests.faults.house import House
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long]


def test_of_three_engines_one_leads_and_when_it_dies_another_takes_over(house: House) -> None:
    house.start_engine()
    house.start_engine()
    house.await_connections(3)
    with house.load() as load:
        for left in (2, 1):
            load.await_acknowledged(30)
            before = house.shard()
            house.kill(house.leader())
            house.assert_resumes(time.monotonic())
            assert house.shard().epoch == before.epoch + 1
            assert len(house.engines) == left
            assert all(engine.poll() is None for engine in house.engines)
        load.await_acknowledged(50)


def test_a_leader_that_slept_while_another_led_is_fenced_and_stands_by(house: House) -> None:
    sleeper = house.leader()
    house.start_engine()
    house.await_connections(2)
    with house.load() as load:
        load.await_acknowledged(30)
        before = house.shard()
        os.kill(sleeper.pid, signal.SIGSTOP)
        wait_for("another leader", lambda: house.shard().epoch > before.epoch)
        other = house.leader()
        assert other is not sleeper
        load.await_acknowledged(30)
        os.kill(sleeper.pid, signal.SIGCONT)
        wait_for("the sleeper to learn it", lambda: "standing by" in sleeper.log.read_text())
        load.await_acknowledged(30)
        assert house.shard().epoch == before.epoch + 1
        assert sleeper.poll() is None
        house.kill(other)
        house.assert_resumes(time.monotonic())
        assert house.leader() is sleeper
        load.await_acknowledged(30)
