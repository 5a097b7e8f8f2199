"""Settings of the oracle that could not work, or would mix play with truth, are refused with the way out."""

from pathlib import Path

import pytest
from django.core.checks import Error, Warning
from pytest_django import Settings

from config.checks import check_oracle_sources, check_oracle_times
from config.deploy_settings import DEMO_SOURCES
from config.machine import Machine, Wish
from config.processes import SERVICES
from config.settings import _REAL_SOURCES
from oracle.rules.names import NoSource, read_name


def machine(tmp_path: Path, *, demo: bool, **environment: str) -> Machine:
    return Machine(Wish(tmp_path, tmp_path, "127.0.0.1", 1, demo, environment), print, bool)


@pytest.mark.parametrize(("mode", "count"), [("", 0), ("poll", 0), ("push", 1)])
def test_the_process_of_feeds_runs_in_its_own_mode_alone(tmp_path: Path, mode: str, count: int) -> None:
    (prices,) = [one for one in SERVICES if one.name == "prices"]
    house = machine(tmp_path, demo=True, BALLAST_ORACLE_MODE=mode)
    assert house._count(prices, house.wish.environment) == count


def test_only_a_demo_is_given_simulated_sources_and_only_where_none_are_named(tmp_path: Path) -> None:
    def sources(demo: bool, **environment: str) -> str | None:
        return machine(tmp_path, demo=demo, **environment)._environment([]).get("BALLAST_ORACLE_SOURCES")

    assert sources(True) == DEMO_SOURCES
    assert sources(False) is None
    assert sources(True, BALLAST_ORACLE_SOURCES="kraken:BTC/USD") == "kraken:BTC/USD"


SIMULATED = ["simulated:1", "simulated:2", "simulated:3"]
REAL = ["kraken:BTC/USD", "coinbase:BTC/USD", "bitstamp:BTC/USD"]


@pytest.mark.parametrize(
    "names",
    [
        SIMULATED,
        REAL,
        [*SIMULATED, "house:BTC-USDB"],
        [*REAL, "kraken:USDT/USD", "house:BTC-USDB"],
        _REAL_SOURCES.split(","),
        DEMO_SOURCES.split(","),
    ],
)
def test_sources_of_one_sort_are_fine(settings: Settings, names: list[str]) -> None:
    settings.ORACLE_SOURCES = names
    assert check_oracle_sources(None) == []


@pytest.mark.parametrize(
    ("names", "id"),
    [
        ([*SIMULATED, *REAL], "ballast.E006"),
        (["simulated:1", "pyth:BTC/USD"], "ballast.E006"),
        (["kraken"], "ballast.E005"),
        (["kraken:BTCUSD"], "ballast.E005"),
        (["house:BTC/USDB"], "ballast.E005"),
        (["../x:BTC/USD"], "ballast.E005"),
        ([*REAL, "nowhere:BTC/USD"], "ballast.E005"),
        ([*REAL, "pyth:ETH/USD"], "ballast.E005"),
        ([*REAL, REAL[0]], "ballast.E005"),
        ([f"simulated:{number}" for number in range(51)], "ballast.E005"),
    ],
)
def test_what_cannot_be_is_an_error(settings: Settings, names: list[str], id: str) -> None:
    settings.ORACLE_SOURCES = names
    found = check_oracle_sources(None)
    assert {one.id for one in found} == {id}
    assert all(isinstance(one, Error) and one.hint for one in found)


@pytest.mark.parametrize("names", [REAL[:2], [*REAL[:2], "kraken:USDT/USD", "house:BTC-USDB"], []])
def test_too_few_sources_of_the_price_are_a_warning(settings: Settings, names: list[str]) -> None:
    settings.ORACLE_SOURCES = names
    (found,) = check_oracle_sources(None)
    assert isinstance(found, Warning)
    assert found.id == "ballast.W001"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORACLE_MODE", "pull"),
        ("ORACLE_POLL_SECONDS", 0.4),
        ("ORACLE_POLL_SECONDS", 61.0),
        ("ORACLE_POLL_SECONDS", float("nan")),
        ("ORACLE_DEADLINE_SECONDS", 2.0),
        ("ORACLE_DEADLINE_SECONDS", 0.0),
        ("ORACLE_KEPT_DAYS", 0),
    ],
)
def test_times_that_cannot_work_are_refused(settings: Settings, name: str, value: object) -> None:
    assert check_oracle_times(None) == []
    setattr(settings, name, value)
    (found,) = check_oracle_times(None)
    assert f"BALLAST_{name}" in found.msg
    assert found.id == "ballast.E007"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("binance:BTC/USDT", ("binance", "BTC", "USDT", True, False)),
        ("kraken:USDT/USD", ("kraken", "USDT", "USD", False, False)),
        ("house:BTC-USDB", ("house", "BTC", "USDB", False, False)),
        ("simulated:1", ("simulated", "BTC", "USD", True, True)),
        ("recorded:march-2023", ("recorded", "BTC", "USD", True, True)),
    ],
)
def test_a_name_says_what_it_gives_the_price_of(name: str, parts: tuple[object, ...]) -> None:
    read = read_name(name)
    assert (read.kind, read.base, read.currency, read.is_counted, read.is_simulated) == parts


@pytest.mark.parametrize(
    "name",
    ["", ":", "a:BTC/USD", "Kraken:BTC/USD", "kraken:btc/usd", "simulated:", "simulated:a/b", "k" * 81],
)
def test_a_name_that_names_nothing_is_refused(name: str) -> None:
    with pytest.raises(NoSource):
        read_name(name)
