"""The web process is killed with -9 under load: clients ask, repeat under one id, and find one effect."""

import time

import pytest

from tests.faults.house import House

pytestmark = pytest.mark.faults
KILLS = 3


def test_a_client_whose_connection_breaks_learns_the_truth_and_gets_one_effect(house: House) -> None:
    lost, asked = house.record.counts["lost"], house.record.counts["asked"]
    with house.load() as load:
        for _ in range(KILLS):
            load.await_acknowledged(40)
            house.web.kill()
            assert house.web.poll() == -9
            house.start_web()
            house.assert_resumes(time.monotonic())
        load.await_acknowledged(50)
    assert house.record.counts["lost"] >= lost + KILLS
    assert house.record.counts["asked"] > asked
