"""PostgreSQL crashes, or cuts the engine's connection, under load."""

import os
import signal
import time

import pytest

from tests.faults.house import House
from tests.support.waiting import wait_for

pytestmark = pytest.mark.faults
CRASHES = 2
CUTS = 12
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ballast engine'"


def test_stopped_at_once_and_started_again_it_has_all_that_was_acknowledged(house: House) -> None:
    postgres = house.servers.postgres
    with house.load() as load:
        for _ in range(CRASHES):
            load.await_acknowledged(40)
            before = house.shard()
            os.kill(postgres.pid, signal.SIGQUIT)
            wait_for("PostgreSQL to end", lambda: postgres.poll() is not None)
            postgres.start()
            house.assert_resumes(time.monotonic())
            assert house.shard().epoch > before.epoch
        load.await_acknowledged(50)


def test_the_engine_whose_connection_is_cut_starts_over_from_what_is_committed(house: House) -> None:
    engine = house.leader()
    with house.load() as load:
        for _ in range(CUTS):
            load.await_acknowledged(5)
            before = house.shard()
            assert house.query(CUT) == [(True,)]
            house.assert_resumes(time.monotonic())
            assert house.shard().epoch > before.epoch
            assert house.leader() is engine
        load.await_acknowledged(50)
