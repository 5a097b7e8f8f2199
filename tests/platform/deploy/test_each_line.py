"""Every line of the Procfile on its own: what `all` runs as one is as good as processes of their own."""

import json
import signal
from collections.abc import Callable, Iterator

import pytest

from config.processes import ALL_BUT_WEB, PROCESSES
from tests.platform.deploy.clients import Customers
from tests.platform.deploy.deployed import Deployed, Line, procfile
from tests.platform.deploy.servers import sold_servers
from tests.support.waiting import PATIENCE, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(600)]
ALONE = ("engine", "worker", "beat")


@pytest.fixture(scope="module")
def house() -> Iterator[Deployed]:
    with sold_servers() as sold:
        house = Deployed(sold, over_tls=False)
        try:
            yield house
        finally:
            house.stop()


@pytest.fixture(scope="module")
def customers(house: Deployed) -> Iterator[Customers]:
    code, said = house.release()
    assert code == 0, said
    for name in ALONE:
        house.start(name)
    house.start_web()
    customers = Customers(house)
    customers.await_trading()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(house.certificate))
        yield customers


def test_the_house_is_whole(customers: Customers) -> None:
    def processes() -> set[str]:
        _, text = customers.get("/health")
        return {one["process"] for one in json.loads(text)["processes"] if one["status"] == "alive"}

    wait_for("all to beat", lambda: {"web", *ALONE} <= processes())
    sold, _ = customers.meet()
    assert sold.order.status == "FILLED"


def test_standby_engines_take_over_and_a_second_web_process_serves_the_same(customers: Customers) -> None:
    house = customers.house
    with customers.load() as load:
        house.start("engine")
        house.start_web()
        load.await_acknowledged(30)
        house.end(house.running("engine")[0])
        load.await_acknowledged(30)
    assert customers.record.wrong == []
    house.manage("verify_ledger")
    house.manage("verify_journal")


@pytest.mark.parametrize("way", [Line.end_first, Line.end_group])
@pytest.mark.parametrize("name", ["beat", "worker", "engine", "web"])
def test_each_ends_in_peace_within_the_grace(
    customers: Customers, name: str, way: Callable[[Line], None]
) -> None:
    line = customers.house.running(name)[0]
    if name == "web":
        customers.house.start_web()
    else:
        customers.house.start(name)
    customers.house.end(line, way)
    customers.await_trading()


@pytest.mark.parametrize("name", ["watcher", "chain", "signer", "backup"])
def test_what_is_not_set_up_ends_and_says_why(house: Deployed, name: str, customers: Customers) -> None:
    """A platform that starts it by mistake has a process that ends, with the reason in its log."""
    line = house.start(name)
    assert line.wait(60 * PATIENCE) not in (0, -signal.SIGKILL)
    assert line.log.read_text().strip()
    house.lines.remove(line)


@pytest.mark.parametrize("name", ["prices", "bots"])
def test_what_has_nothing_to_do_waits_and_ends_in_peace(
    house: Deployed, name: str, customers: Customers
) -> None:
    line = house.start(name)
    wait_for("its first words", lambda: line.log.read_text().strip())
    assert line.is_running
    house.end(line)


def test_the_lines_that_were_tried_are_the_table() -> None:
    tried = {"release", "web", *ALONE, "prices", "bots", "watcher", "chain", "signer", "backup"}
    assert tried | {ALL_BUT_WEB.name} == set(procfile()) == {process.name for process in PROCESSES}
