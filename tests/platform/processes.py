"""What tests of processes share: their folders, their environment, and waiting for their events."""

import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from config.children import ChildProcess
from config.processes import SERVICES
from tests.support.waiting import until

WAIT_SECONDS = 30.0
_COMMANDS = {process.name: process.command for process in SERVICES}


@contextmanager
def state_folder() -> Iterator[Path]:
    """Not pytest's tmp_path: its parents are closed to the account that servers run under as root."""
    folder = Path(tempfile.mkdtemp(prefix="ballast-platform-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for link in folder.rglob("servers"):
            until(lambda link=link: _is_removed(link.resolve()))  # type: ignore[misc]
        shutil.rmtree(folder, ignore_errors=True)


def _is_removed(folder: Path) -> bool:
    """A server that was killed may still take its own files away meanwhile."""
    try:
        shutil.rmtree(folder)
    except OSError:
        return not folder.exists()
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def environment(**own: str) -> dict[str, str]:
    """Of a house with a demo and without limits of rates: what is not said in `own` is as it is here."""
    plenty = {f"BALLAST_RATE_{kind}": "100000:1000000" for kind in ("KEY", "USER", "IP")}
    plenty["BALLAST_BINANCE_LIMITS"] = "weight=10000000,orders_10s=1000000,orders_1d=10000000"
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "BALLAST_LOG_FORMAT": "plain",  # a failing test shows them to people, and looks for a traceback
        "BALLAST_DEMO": "1",
        "BALLAST_HOST": "127.0.0.1",
        **plenty,
        **own,
    }


def service(line: str, folder: Path, env: dict[str, str], name: str = "") -> ChildProcess:
    """A process of the process table, not started yet. Its log in the folder has its name."""
    name = name or line
    return ChildProcess(name, _COMMANDS[line], log=folder / f"{name}.log", env=env, cwd=settings.BASE_DIR)


def await_end(pid: int) -> None:
    """Return when the process has ended; a zombie counts as ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([descriptor], [], [], WAIT_SECONDS)
    finally:
        os.close(descriptor)
    assert ended, f"process {pid} still runs"


@contextmanager
def python(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process in the project's folder; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_line(process: subprocess.Popen[str], wanted: Callable[[str], bool] = bool) -> str:
    """The next line of its output that is wanted."""
    assert process.stdout is not None
    for line in process.stdout:
        if wanted(line.strip()):
            return line.strip()
    raise AssertionError(f"it ended with {process.wait()} and never said what was awaited")
