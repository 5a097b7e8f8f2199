"""A whole house, scraped by a real Prometheus: all processes are there, every panel has something to show."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from config.metric_catalogue import catalogue, sample_names
from exchange.demo_keys import keys_file, read_demo_keys
from tests.faults.trader import Trader, limit_order
from tests.metrics.expressions import OURS, Asked, asked, names_in
from tests.platform.person import read_screen, up
from tests.platform.processes import free_port, state_folder
from tests.support.prometheus import Prometheus, running_prometheus, scraping
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]
TOKEN = "the token of a scraper that is long enough"
VERSION = "measured"
PROCESSES = {"web", "engine", "worker", "beat", "bots", "chain", "watcher"}
PATIENCE_S = 120.0
# What a quiet house of a minute rightly has none of. Whoever adds to it says why.
QUIET = {
    "ballast_http_requests_total": "no request fails by a fault of ours",
    "ballast_rate_limited_total": "nobody exceeds a limit",
    "ballast_websocket_closes_total": "no socket is closed by the house",
    "ballast_custody_deposits_total": "nobody has paid in",
    "ballast_custody_withdrawals_total": "nobody withdraws",
    "ballast_custody_signer_answers_total": "nobody withdraws, so nothing is signed",
    "ballast_custody_tellings_total": "no transaction is sent",
    "ballast_vaults_lowest_ratio": "no vault owes anything",
    "ballast_vaults_debt_atoms": "no vault owes anything",
    "ballast_notice_deliveries_total": "nobody is told anything",
    "ballast_restarts": "no process was started again",
    "ballast_health": "no check warns or fails",
    "ballast_redis_memory_most_bytes": "the embedded server has no bound",
    "ballast_oracle_source_failures_total": "no simulated feed fails",
    "ballast_oracle_quotes_total": "every quote counts",
}


class House(NamedTuple):
    url: str
    prometheus: Prometheus


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    port = free_port()
    with (
        state_folder() as folder,
        up(folder, port, BALLAST_METRICS_TOKEN=TOKEN, BALLAST_VERSION=VERSION) as process,
    ):
        read_screen(process)
        settings = scraping(f"127.0.0.1:{port}", token=TOKEN, every_s=2)
        with running_prometheus(tmp_path_factory.mktemp("prometheus"), settings) as prometheus:
            live(folder, port)
            prometheus.await_scrape()
            yield House(f"http://127.0.0.1:{port}", prometheus)


def live(folder: Path, port: int) -> None:
    """What people do: one looks at the admin, one sends an order that is refused."""
    assert httpx.get(f"http://127.0.0.1:{port}/admin/login/", timeout=20).status_code == 200
    trader = Trader("alice", read_demo_keys(keys_file(folder))["alice"], port)
    wait_for("a refusal", lambda: _refused(trader))


def _refused(trader: Trader) -> bool:
    answer = trader.try_call("POST", "/api/v1/orders", limit_order("too-small", "BUY", "1"))
    return answer is not None and answer.code == "MIN_NOTIONAL"


def test_every_process_tells_of_itself(house: House) -> None:
    def told() -> set[str]:
        return {one.labels["process"] for one in house.prometheus.query("process_resident_memory_bytes > 0")}

    wait_for("all processes", lambda: told() >= PROCESSES, PATIENCE_S)
    builds = house.prometheus.query("ballast_build_info")
    assert {one.labels["process"] for one in builds} >= PROCESSES
    assert {one.labels["version"] for one in builds} == {VERSION}
    beats = house.prometheus.query("ballast_heartbeat_age_seconds < 10")
    assert {one.labels["process"] for one in beats} >= PROCESSES


def test_every_panel_can_be_asked_and_has_something_to_show(house: House) -> None:
    def missing() -> list[Asked]:
        return [one for one in asked() if not house.prometheus.query(one.expression)]

    def unexplained() -> list[Asked]:
        return [one for one in missing() if not names_in(one.expression) & set(QUIET)]

    with suppress(AssertionError):  # what is missing is said below
        wait_for("every panel", lambda: not unexplained(), PATIENCE_S)
    assert unexplained() == []


def test_nothing_is_told_that_is_not_described(house: House) -> None:
    told = {name for name in house.prometheus.names() if OURS.fullmatch(name)}
    assert told - sample_names() == set()
    described = {one.name for one in catalogue() if one.kind == "gauge"}
    assert len(told & described) > len(described) // 2


def test_money_and_trades_are_told_as_they_are(house: House) -> None:
    ask = house.prometheus
    wait_for("trades", lambda: (ask.value("sum(ballast_trades_total)") or 0) > 3, PATIENCE_S)
    sequence = ask.value("max(ballast_engine_applied_sequence)")
    assert sequence is not None
    later = wait_for("commands", lambda: ask.value(f"max(ballast_engine_sequence) > {sequence}"), PATIENCE_S)
    assert later > sequence
    market = "/api/v1/markets/BTC-USDB/trades"
    assert httpx.get(house.url + market, timeout=20).json()["trades"]
    assert ask.value("max(ballast_oracle_state)") == 0
    assert 1_000 < (ask.value("max(ballast_oracle_price_e8) / 1e8") or 0) < 10_000_000


def test_without_the_token_there_is_no_such_page(house: House) -> None:
    assert httpx.get(f"{house.url}/metrics").status_code == 404
    wrong = {"Authorization": f"Bearer {TOKEN}x"}
    assert httpx.get(f"{house.url}/metrics", headers=wrong).status_code == 404


def test_a_label_has_few_values(house: House) -> None:
    """A label that grew with what people send would break Prometheus sooner or later."""
    for name in sorted(house.prometheus.names()):
        if re.match(OURS, name):
            found = house.prometheus.value(f"count({name})")
            assert found is None or found < 3_000, name
