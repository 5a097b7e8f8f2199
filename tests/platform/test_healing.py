"""Each process killed and hung while somebody watches: the page says it, and the house heals by itself."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from config.running import running_environment
from config.supervisor import RESTARTS_ALLOWED
from health.store import seen_processes
from health.supervised import order_restart
from tests.platform.person import read_screen, up
from tests.platform.processes import free_port, state_folder
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

HEAL_S = 180.0
BEATING = ("engine", "worker", "beat", "watcher", "bots", "chain")


class Watcher:
    """Who looks at the page and at the processes."""

    def __init__(self, folder: Path, port: int, pids: dict[str, int]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pids = pids
        self._folder = folder

    def redis(self) -> Redis:
        return Redis.from_url(running_environment(self._folder)["REDIS_URL"])

    def told(self) -> dict[str, Any]:
        """What the page says; nothing while it says nothing."""
        with suppress(httpx.HTTPError, ValueError):
            found: dict[str, Any] = httpx.get(f"{self.url}/status.json", timeout=5).json()["subsystems"]
            return found
        return {}

    def says(self, subsystem: str, status: str) -> bool:
        return bool(self.told().get(subsystem, {}).get("status") == status)

    def beating(self) -> dict[str, int]:
        with suppress(Exception), self.redis() as redis:
            alive = [one.beat for one in seen_processes(redis) if one.beat_age_ms < 5_000]
            return {beat.process: int(beat.instance.rpartition(":")[2]) for beat in alive}
        return {}

    def await_new(self, *lines: str) -> None:
        before = {line: self.pids[line] for line in lines}

        def healed() -> bool:
            now = self.beating()
            return all(now.get(line, pid) != pid for line, pid in before.items()) and all(
                self.says(f"processes {line}", "ok") for line in lines
            )

        wait_for(f"{lines} started again", healed, HEAL_S)
        self.pids |= self.beating()


@pytest.fixture(scope="module")
def house() -> Iterator[Watcher]:
    with state_folder() as folder, up(folder, port := free_port()) as process:
        watcher = Watcher(folder, port, read_screen(process))
        wait_for("all beat", lambda: set(watcher.beating()) >= {"web", *BEATING}, HEAL_S)
        yield watcher


def test_every_process_that_hangs_is_said_to_and_started_again(house: Watcher) -> None:
    for line in BEATING:
        os.kill(house.pids[line], signal.SIGSTOP)
    for line in BEATING:
        wait_for(f"{line} is red", lambda line=line: house.says(f"processes {line}", "fail"))  # type: ignore[misc]
    house.await_new(*BEATING)


def test_a_web_process_that_hangs_is_started_again(house: Watcher) -> None:
    os.kill(house.pids["web"], signal.SIGSTOP)
    house.await_new("web")


def test_every_process_that_is_killed_is_started_again(house: Watcher) -> None:
    for line in ("web", *BEATING):
        os.kill(house.pids[line], signal.SIGKILL)
    house.await_new("web", *BEATING)


@pytest.mark.parametrize(("server", "subsystem"), [("valkey", "redis"), ("postgres", "database")])
def test_an_embedded_server_that_is_killed_is_started_again(
    house: Watcher, server: str, subsystem: str
) -> None:
    os.kill(house.pids[server], signal.SIGKILL)
    wait_for("it is noticed or back", lambda: subsystem in house.told(), HEAL_S)
    wait_for(f"{subsystem} is green", lambda: house.says(subsystem, "ok"), HEAL_S)
    wait_for("the engine leads again", lambda: house.says("engine 0", "ok"), HEAL_S)


def test_who_ends_again_and_again_is_red_until_an_operator_has_it_started(house: Watcher) -> None:
    for _ in range(RESTARTS_ALLOWED + 1):
        pid = wait_for("beat beats", lambda: house.beating().get("beat"), HEAL_S)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        gone = time.monotonic() + HEAL_S
        while house.beating().get("beat") == pid and time.monotonic() < gone:
            if house.says("supervised beat", "fail"):
                break
    wait_for("beat is red", lambda: house.says("supervised beat", "fail"), HEAL_S)
    with house.redis() as redis:
        order_restart(redis, "beat")
    wait_for("beat is green", lambda: house.says("supervised beat", "ok"), HEAL_S)
