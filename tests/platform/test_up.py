"""`manage.py up` as a person meets it: one command, a screen, everything restarts, nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from config.screen import PAGES
from tests.platform.person import environment, read_screen, up
from tests.platform.processes import await_end, free_port, read_line, state_folder

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]


@pytest.fixture
def folder() -> Iterator[Path]:
    with state_folder() as path:
        yield path


@pytest.fixture
def port() -> int:
    return free_port()


def alive(port: int) -> bool:
    return httpx.get(f"http://127.0.0.1:{port}/healthz/live").status_code == 200


def test_it_starts_restarts_what_dies_and_stops_cleanly(folder: Path, port: int) -> None:
    with up(folder, port) as process:
        pids = read_screen(process)
        read_line(process, lambda line: line.startswith("alice") and "secret" in line)
        assert all(httpx.get(f"http://127.0.0.1:{port}{path}").status_code < 400 for path in PAGES.values())
        for name in ("web", "postgres"):
            os.kill(pids[name], signal.SIGKILL)
            read_line(process, lambda line, name=name: f"{name} runs again" in line)  # type: ignore[misc]
        process.send_signal(signal.SIGTERM)
        read_line(process, lambda line: line.startswith("Stopped."))
        assert process.wait() == 0
        for pid in pids.values():
            await_end(pid)
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (folder / "logs").stat().st_mode & 0o777 == 0o700


def test_killed_with_9_it_takes_everything_along_and_starts_again(folder: Path, port: int) -> None:
    with up(folder, port) as process:
        pids = read_screen(process)
        process.kill()
        for pid in pids.values():
            await_end(pid)
    secret = (folder / "secret_key").read_text()
    with up(folder, port) as process:
        read_screen(process)
        assert alive(port)
        assert (folder / "secret_key").read_text() == secret
        second = subprocess.run(
            [sys.executable, "manage.py", "up", "--port", "0"],
            cwd=settings.BASE_DIR,
            env=environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert f"in use by process {process.pid}" in second.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_a_taken_port_is_said_before_anything_starts(folder: Path) -> None:
    with socket.socket() as taken, up(folder, _listen(taken)) as process:
        read_line(process, lambda line: "cannot be used" in line and "--port" in line)
        assert process.wait() == 1
    assert not (folder / "servers").exists()


def test_a_number_that_is_no_port_is_said(folder: Path) -> None:
    with up(folder, 99_999) as process:
        read_line(process, lambda line: "99999 is no port" in line)
        assert process.wait() == 1


def _listen(taken: socket.socket) -> int:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    number: int = taken.getsockname()[1]
    return number
