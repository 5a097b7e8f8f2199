"""Finds and ends servers that a killed supervisor left in a data folder.

A pid file cannot tell a live server from a zombie or from a stranger with the same number, so the folder that
a process stands in decides: both servers make their data folder their working directory.
"""

import os
import signal
import time
from pathlib import Path

from config.children import Account
from config.embedded.account import acting_as
from config.embedded.errors import ServerError

_PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.02


def evict(folder: Path, program: str, gently: signal.Signals, account: Account) -> None:
    """End every live `program` in `folder`: first gently, then with SIGKILL. Both recover from their log."""
    for number in (gently, signal.SIGKILL):
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for pid in live_in(folder, program, account):
            _send(pid, number)
        while live_in(folder, program, account):
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_SECONDS)
        else:
            return
    raise ServerError(f"{program} in {folder} does not end: {live_in(folder, program, account)}")


def live_in(folder: Path, program: str, account: Account) -> list[int]:
    """The pids of live processes of that name whose working directory is `folder`."""
    with acting_as(account):
        return [pid for pid in _all_pids() if _stands_in(pid, str(folder), program)]


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stands_in(pid: int, folder: str, program: str) -> bool:
    try:
        head, _, tail = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        name, state = head.partition("(")[2], tail.split()[0]
        return name == program and state != "Z" and os.readlink(f"/proc/{pid}/cwd") == folder
    except OSError:  # it ended while we looked, or belongs to somebody else
        return False


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
