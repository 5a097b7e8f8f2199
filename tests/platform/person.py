"""What a person does who runs `manage.py up`: type it, read its screen."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.platform.processes import read_line


def environment(folder: Path) -> dict[str, str]:
    """A shell where nothing is set up: the servers, the secret and the demo are up's own business."""
    kept = {"PATH", "HOME", "LANG", "TMPDIR"}
    return {name: value for name, value in os.environ.items() if name in kept} | {
        "BALLAST_STATE_DIR": str(folder),
        "COLUMNS": "200",
    }


@contextmanager
def up(folder: Path, port: int, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A running `up`, ended with -9 if the test did not end it: everything below it then ends too."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=environment(folder) | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_screen(process: subprocess.Popen[str]) -> dict[str, int]:
    """The pids that the screen shows, by name."""
    read_line(process, lambda line: "Ballast runs" in line)
    pids: dict[str, int] = {}
    while "╰" not in (line := read_line(process)):
        if found := re.search(r"│\s+(\w+)\s+(\d+)  ", line):
            pids[found[1]] = int(found[2])
    assert {"postgres", "valkey", "web", "engine", "worker", "beat"} <= set(pids)
    return pids
