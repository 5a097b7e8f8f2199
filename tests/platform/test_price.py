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
from typing import Any

import httpx
import pytest
from django.conf import settings

from tests.platform.person import environment, read_screen, up
from tests.platform.processes import free_port, state_folder
from tests.support.waiting import PATIENCE, until
from tests.websocket.client import Socket, opened

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
PASSWORD = "correct horse battery staple"
AT_ONCE_S = 5.0 * PATIENCE
STALE_AFTER_MS = 10_000


@pytest.fixture(scope="module")
def house() -> Iterator[tuple[str, dict[str, int]]]:
    """The URL of one that runs, and its processes."""
    port = free_port()
    with state_folder() as folder, up(folder, port) as process:
        pids = read_screen(process)
        _make_operator(folder)
        yield f"http://127.0.0.1:{port}", pids
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
        client.get("/admin/login/")
        form = {
            "username": "olivia",
            "password": PASSWORD,
            "csrfmiddlewaretoken": client.cookies["csrftoken"],
        }
        page = client.post(
            "/admin/login/?next=/admin/", data=form, headers={"Referer": f"{url}/admin/login/"}
        )
        assert "Log out" in page.text, page.text[:2_000]
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
    house: tuple[str, dict[str, int]],
) -> None:
    url, _ = house
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


def test_the_house_quotes_are_shown_and_never_counted(house: tuple[str, dict[str, int]]) -> None:
    own = next(one for one in price(house[0])["sources"] if one["name"] == "house:BTC-USDB")
    assert own["weight"] == 0
    assert own["verdict"] in ("SHOWN", "ABSENT")


def test_without_a_worker_the_price_is_stale_with_its_age_and_comes_back_by_itself(
    house: tuple[str, dict[str, int]],
) -> None:
    url, pids = house
    with opened(url) as socket:
        socket.do("subscribe", channel="prices")
        socket.wait_for(lambda frame: frame.get("state") == "FRESH")
        with worker_held(pids["worker"]):
            stale = socket.wait_for(lambda frame: frame.get("state") == "STALE")
            assert STALE_AFTER_MS < stale["age_ms"] < STALE_AFTER_MS + 1_500
            shown = price(url)
            assert (shown["state"], shown["price"]) == ("STALE", stale["price"])
            assert shown["age_ms"] >= stale["age_ms"]
            assert shown["may"] == {"mint": False, "liquidate": False, "display": True}
            health = httpx.get(f"{url}/health", timeout=10).json()
            assert health["capabilities"]["prices"] == "unavailable"
        assert _next(socket)["state"] == "FRESH"
    assert price(url)["age_ms"] < STALE_AFTER_MS


def test_a_worker_that_is_killed_is_replaced_and_the_rounds_go_on(house: tuple[str, dict[str, int]]) -> None:
    url, pids = house
    before = int(price(url)["round"]["round_id"])
    os.kill(pids["worker"], signal.SIGKILL)
    until(lambda: int(price(url)["round"]["round_id"]) > before + 1)
    assert price(url)["state"] == "FRESH"


def _next(socket: Socket) -> dict[str, Any]:
    socket.heard.clear()
    return socket.wait_for(lambda frame: frame.get("channel") == "prices")
