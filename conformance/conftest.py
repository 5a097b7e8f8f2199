"""One house for all suites, a market in it that lives, people, and a line for each suite at the end."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from conformance.clients import ccxt_of
from conformance.flow import flowing, trade_once, until_funded
from conformance.house import House, running_house
from conformance.native import Native
from conformance.people import Person


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with running_house() as house, httpx.Client(base_url=house.url, timeout=10) as client:
        for name in ("mira", "toby", "anna", "bert", "rita"):
            for asset in ("BTC", "ETH", "USDB"):
                until_funded(Native(client, house.people[name]), asset)
        mira, toby = (Native(client, house.people[name]) for name in ("mira", "toby"))
        trade_once(mira, toby, "ETH-BTC", "0.05", "1")
        with flowing(house.url, house.people["mira"], house.people["toby"]):
            yield house
        _assert_whole(house)


def _assert_whole(house: House) -> None:
    """Whatever clients did: the books agree, and no process met a bug."""
    for command in ("verify_ledger", "verify_journal"):
        house.manage(command)
    for name in ("web", "engine"):
        assert "Traceback" not in house.log(name), house.log(name)


@pytest.fixture(scope="session")
def people(house: House) -> dict[str, Person]:
    return house.people


@pytest.fixture(scope="session")
def native(house: House) -> Iterator[Callable[[str], Native]]:
    with httpx.Client(base_url=house.url, timeout=10) as client:
        yield lambda name: Native(client, house.people[name])


@pytest.fixture(scope="session")
def anna(house: House) -> Any:
    return ccxt_of(house.url, house.people["anna"])


@pytest.fixture(scope="session")
def bert(house: House) -> Any:
    return ccxt_of(house.url, house.people["bert"])


@pytest.fixture(scope="session")
def toby(house: House) -> Any:
    """Whose orders are of the living market."""
    return ccxt_of(house.url, house.people["toby"])


@pytest.fixture(scope="session")
def rita(house: House) -> Any:
    """She may only read."""
    return ccxt_of(house.url, house.people["rita"])


@pytest.fixture(scope="session")
def paul(house: House) -> Any:
    """He has nothing."""
    return ccxt_of(house.url, house.people["paul"])


@pytest.fixture(scope="session")
def nobody(house: House) -> Any:
    """A client without a key."""
    return ccxt_of(house.url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("kills") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What each suite came to."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error", "skipped", "xfailed"):
        for report in terminalreporter.stats.get(outcome, []):
            suite = report.nodeid.partition("::")[0].removesuffix(".py").rpartition("test_")[2]
            counts[suite][outcome] += 1
            seconds[suite] += getattr(report, "duration", 0)
    for suite, outcomes in sorted(counts.items()):
        words = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
        terminalreporter.write_line(f"{suite.replace('_', ' '):<28} {words}, {seconds[suite]:.1f} s")
