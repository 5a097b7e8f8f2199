"""The formation of one click: the release line, then `web` and `all`, on servers of twenty connections."""

from collections.abc import Callable

import pytest

from tests.faults.checks import assert_told_the_truth
from tests.platform.deploy.clients import Customers
from tests.platform.deploy.deployed import NOT_KEPT, Deployed, Line
from tests.platform.deploy.servers import CONNECTIONS
from tests.support.waiting import pause

FEW = 5
pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"BALLAST_HTTPS": "0"}, "ballast.E046"),
        ({"BALLAST_ACCEPT": ""}, "ballast.W005"),
        ({"BALLAST_ORACLE_SOURCES": "simulated:1,simulated:2,simulated:3"}, "ballast.E041"),
    ],
)
def test_a_release_that_fails_its_checks_touches_nothing(
    deployed: Deployed, wrong: dict[str, str], said: str
) -> None:
    code, told = deployed.release(**wrong)
    assert code != 0
    assert said in told
    with deployed.sold.postgres.as_superuser("d3x") as connection:
        assert connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,)


def test_a_house_that_is_set_as_the_documents_say_is_clean(customers: Customers) -> None:
    said = customers.house.manage("check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in said


def test_it_trades_over_the_router(customers: Customers) -> None:
    sold, bought = customers.meet()
    assert (sold.order.status, bought.order.status) == ("FILLED", "FILLED")
    assert customers.watch_and_place()


def test_browsers_are_told_to_stay_with_tls(customers: Customers) -> None:
    answer, _ = customers.get("/login")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrftoken=")
    assert "Secure" in cookie


def test_twenty_connections_are_enough_under_load(customers: Customers) -> None:
    sold = customers.house.sold
    most, in_redis = 0, 0
    with customers.load() as load, sold.valkey.client() as redis:
        goal = customers.record.acknowledged + 100
        while customers.record.acknowledged < goal:
            most = max(most, sum(sold.postgres.connections().values()))
            in_redis = max(in_redis, len(redis.client_list()) - 1)
            pause(0.1)
        load.await_acknowledged(1)
        refused = redis.info("stats")["rejected_connections"]
    assert most < CONNECTIONS, sold.postgres.connections()
    assert refused <= FEW  # brief ones that met at the limit, and were tried again
    assert in_redis <= CONNECTIONS
    assert "too many connections" not in sold.postgres.log.read_text()


def test_a_rolling_restart_loses_nothing_and_does_nothing_twice(customers: Customers) -> None:
    """Over TLS each whole group is told to end, as one platform does; else the first process alone."""
    house = customers.house
    way: Callable[[Line], None] = Line.end_group if house.over_tls else Line.end_first
    house.start_web()
    with customers.load() as load:
        load.await_acknowledged(30)
        for old in house.running("web"):
            house.start_web()
            house.end(old, way)
            load.await_acknowledged(30)
        [old] = house.running("all")
        house.start("all")
        house.end(old, way)
        load.await_acknowledged(60)
    house.end(house.running("web")[0])
    assert customers.record.wrong == []
    with house.sold.postgres.as_superuser("d3x") as connection:
        assert_told_the_truth(connection, customers.record)
    house.manage("verify_ledger")
    house.manage("verify_journal")


def test_nothing_is_kept_on_the_disk(customers: Customers) -> None:
    kept = {path.name for path in customers.house.folder.iterdir()}
    assert not kept & {NOT_KEPT, "home"}


def test_play_money_never_becomes_money(customers: Customers) -> None:
    code, said = customers.house.release()
    assert code != 0
    assert said.count("ballast.E049") == 2
