"""A whole house with receivers and a real Prometheus: while it is well nobody hears of it, and when its
database hangs a web process tells so.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from django.conf import settings

from health.alerting.prometheus_rules import PATH
from health.alerting.registry import alerts
from tests.access.notices.receivers import Receiver, receiver
from tests.platform.person import read_screen, up
from tests.platform.processes import free_port, state_folder
from tests.support.prometheus import Prometheus, running_prometheus, scraping
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.long, pytest.mark.faults, pytest.mark.timeout(600)]
TOKEN = "the token of a scraper that is long enough"
PATIENCE_S = 180.0


class House(NamedTuple):
    pids: dict[str, int]
    slack: Receiver
    switch: Receiver
    prometheus: Prometheus

    def told(self) -> list[str]:
        return [str(msgspec.json.decode(one.body)["text"]) for one in self.slack.heard]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    port = free_port()
    with ExitStack() as stack:
        folder = stack.enter_context(state_folder())
        slack, switch = (stack.enter_context(receiver(tls=False)) for _ in range(2))
        process = stack.enter_context(
            up(
                folder,
                port,
                BALLAST_METRICS_TOKEN=TOKEN,
                BALLAST_ALERT_SLACK_URL=f"http://127.0.0.1:{slack.port}/services/secret",
                BALLAST_ALERT_HEARTBEAT_URL=f"http://127.0.0.1:{switch.port}/ping",
            )
        )
        pids = read_screen(process)
        configuration = scraping(f"127.0.0.1:{port}", token=TOKEN, rules=[_rules()], every_s=5)
        where = tmp_path_factory.mktemp("prometheus")
        prometheus = stack.enter_context(running_prometheus(where, configuration))
        prometheus.await_scrape()
        yield House(pids, slack, switch, prometheus)


def _rules() -> Path:
    return Path(settings.BASE_DIR) / PATH


def test_a_house_that_is_well_is_watched_and_alarms_nobody(house: House) -> None:
    wait_for("two calls of the dead man's switch", lambda: len(house.switch.heard) >= 3, PATIENCE_S)
    rules = house.prometheus.rules()
    assert len(rules) == len(alerts())
    assert [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] != "ok"] == []
    firing = [one["labels"] for one in house.prometheus.alerts() if one["state"] == "firing"]
    assert firing == []
    assert house.told() == []


def test_a_database_that_hangs_is_told_of_by_a_web_process_and_by_prometheus(house: House) -> None:
    """Stopped, and not killed: that would be mended within a second."""
    os.kill(house.pids["postgres"], signal.SIGSTOP)
    try:
        wait_for("the outage", lambda: any("firing: DatabaseAway" in one for one in house.told()), PATIENCE_S)
        wait_for("Prometheus", lambda: "DatabaseAway" in _firing(house.prometheus), PATIENCE_S)
    finally:
        os.kill(house.pids["postgres"], signal.SIGCONT)
    wait_for("its end", lambda: any("resolved: DatabaseAway" in one for one in house.told()), PATIENCE_S)


def _firing(prometheus: Prometheus) -> set[str]:
    return {one["labels"]["alertname"] for one in prometheus.alerts() if one["state"] == "firing"}
