"""The price as a person sees it who runs `manage.py up`: there at once, marked as simulated, and stale when
nothing makes rounds any more."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from django.conf import settings

from exchange.demo_keys import keys_file, read_demo_keys
from tests.faults.trader import Trader, limit_order
from tests.platform.person import environment, read_screen, up
from tests.platform.processes import free_port, state_folder
from tests.support.operators_door import first_login
from tests.support.waiting import PATIENCE, until, wait_for
from tests.websocket.client import Socket, opened

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
PASSWORD = "correct horse battery staple"
AT_ONCE_S = 5.0 * PATIENCE
STALE_AFTER_MS = 10_000


class Running(NamedTuple):
    port: int
    pids: dict[str, int]
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def trader(self, name: str) -> Trader:
        return Trader(name, read_demo_keys(keys_file(self.folder))[name], self.port)


@pytest.fixture(scope="module")
def house() -> Iterator[Running]:
    port = free_port()
    # Without bots, who would make a book of their own.
    with state_folder() as folder, up(folder, port, BALLAST_BOTS="0") as process:
        pids = read_screen(process)
        _make_operator(folder)
        yield Running(port, pids, folder)
        process.send_signal(signal.SIGTERM)
        process.wait()


def _make_operator(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--username", "olivia", "--email", ""],
        cwd=settings.BASE_DIR,
        env=environment(folder) | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD},
        check=True,
        capture_output=True,
    )


def price(url: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{url}/api/v1/oracle/price", timeout=10).json()
    return found


@contextmanager
def at_the_desk(url: str) -> Iterator[httpx.Client]:
    """An operator who has logged in."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=20) as client:
        first_login(client, "olivia", PASSWORD)
        yield client


@contextmanager
def worker_held(pid: int) -> Iterator[None]:
    """It does not move meanwhile; nothing starts another in its place."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_price_is_there_within_seconds_and_everywhere_marked_as_simulated(
    house: Running,
) -> None:
    url = house.url
    began = time.monotonic()
    until(lambda: price(url)["state"] == "FRESH")
    assert time.monotonic() - began < AT_ONCE_S
    shown = price(url)
    assert shown["simulated"] is True
    assert float(shown["price"]) > 0
    assert {one["name"] for one in shown["sources"] if one["verdict"] == "KEPT"} == {
        "simulated:1",
        "simulated:2",
        "simulated:3",
    }
    with opened(url) as socket:
        socket.do("subscribe", channel="prices")
        told = socket.wait_for(lambda frame: frame.get("type") == "price_update")
        assert (told["state"], told["simulated"]) == ("FRESH", True)
    with at_the_desk(url) as client:
        for page in ("current", "round", "minute", "sourcerow"):
            answer = client.get(f"/admin/oracle/{page}/")
            assert answer.status_code == 200
            assert "simulated" in answer.text.lower(), page


def test_the_houses_own_book_is_shown_and_never_counted(house: Running) -> None:
    for name, side, limit in (("alice", "BUY", "50000"), ("bob", "SELL", "50010")):
        placed = house.trader(name).call("POST", "/api/v1/orders", limit_order(f"own-{side}", side, limit))
        assert placed.status == 200, placed
    own = wait_for("the house's own quote", lambda: shown_as(house.url, "house:BTC-USDB", "SHOWN"))
    assert (own["quote"], own["currency"], own["weight"]) == ("50005.00000000", "USDB", 0)
    assert float(price(house.url)["price"]) > 50_010  # whatever the house says


def shown_as(url: str, name: str, verdict: str) -> dict[str, Any] | None:
    found = (one for one in price(url)["sources"] if (one["name"], one["verdict"]) == (name, verdict))
    return next(found, None)


def test_without_a_worker_the_price_is_stale_with_its_age_and_comes_back_by_itself(
    house: Running,
) -> None:
    url, pids = house.url, house.pids
    with opened(url) as socket:
        socket.do("subscribe", channel="prices")
        socket.wait_for(lambda frame: frame.get("state") == "FRESH")
        with worker_held(pids["worker"]):
            stale = socket.wait_for(lambda frame: frame.get("state") == "STALE")
            assert STALE_AFTER_MS < stale["age_ms"] < STALE_AFTER_MS + 1_500
            shown = price(url)
            assert (shown["state"], shown["reason"]) == ("STALE", "NO_ROUNDS")
            assert shown["price"] == stale["price"]
            assert shown["age_ms"] >= stale["age_ms"]
            assert shown["may"] == {"mint": False, "liquidate": False, "display": True}
            health = httpx.get(f"{url}/health", timeout=10).json()
            assert health["capabilities"]["prices"] == "unavailable"
        assert _next(socket)["state"] == "FRESH"
    assert price(url)["age_ms"] < STALE_AFTER_MS


def test_a_worker_that_is_killed_is_replaced_and_the_rounds_go_on(house: Running) -> None:
    url, pids = house.url, house.pids
    before = int(price(url)["round"]["round_id"])
    os.kill(pids["worker"], signal.SIGKILL)
    until(lambda: int(price(url)["round"]["round_id"]) > before + 1)
    assert price(url)["state"] == "FRESH"


def _next(socket: Socket) -> dict[str, Any]:
    socket.heard.clear()
    return socket.wait_for(lambda frame: frame.get("channel") == "prices")
