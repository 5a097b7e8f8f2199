"""Starts child processes that end when we do, even when we are killed with -9."""

import ctypes
import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
RESTARTS = "BALLAST_RESTARTS"  # tells a child how often it was started before (see health.heartbeat)
OUR_OUTPUT = Path("-")  # in place of a log file
_LOG_BYTES = 10_000_000  # a longer log is put aside


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user that a child runs as; None is our own."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.uid is None else []


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    dies_with: signal.Signals,
    cwd: Path,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C in a terminal reaches only us.

    With OUR_OUTPUT as log it writes where we do. Call it from the main thread: the kernel sends `dies_with`
    when the thread that forked ends.
    """
    who = account or Account()
    with nullcontext() if log == OUR_OUTPUT else open_log(log) as output:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=None if env is None else dict(env),
            start_new_session=True,
            user=who.uid,
            group=who.gid,
            extra_groups=who.groups,
            preexec_fn=_end_with_parent(os.getpid(), dies_with),
        )


def open_log(log: Path) -> IO[bytes]:
    """To write at its end. For its owner only: what failed may stand in it with the values it failed on."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):  # never a device, which all share
        os.fchmod(descriptor, 0o600)  # one of before this was so
    return open(descriptor, "ab")


def put_aside(log: Path) -> None:
    """Copy a log that grew too long and empty it, so that whoever writes at its end goes on."""
    if not log.is_file() or log.stat().st_size <= _LOG_BYTES:
        return
    aside = log.with_name(f"{log.name}.1")
    aside.unlink(missing_ok=True)
    # On a full disk the copy is what can be spared.
    with suppress(OSError), open_log(aside) as copy, log.open("rb") as full:
        shutil.copyfileobj(full, copy)
    os.truncate(log, 0)


def _end_with_parent(parent: int, number: signal.Signals) -> Callable[[], None]:
    def ask_the_kernel() -> None:
        # Popen calls this after it changed the user; a change of user would clear the wish.
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # the parent died between fork and prctl: nobody would tell us
            os._exit(1)

    return ask_the_kernel


class ChildProcess:
    """One supervised command with its log file. `start` may be called again after it ended."""

    def __init__(self, name: str, command: str, *, log: Path, env: Mapping[str, str], cwd: Path) -> None:
        self.name = name
        self.command = command
        self.log = log
        self._env = env
        self._cwd = cwd
        self._starts = 0
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} was never started"
        return self._child.pid

    def start(self) -> None:
        """Run the line in a shell, as platforms run the Procfile; the shell becomes the program."""
        put_aside(self.log)
        line = ["sh", "-c", f"exec {self.command}"]
        env = {**self._env, RESTARTS: str(self._starts)}
        self._starts += 1
        # Killed with us at once: one that outlived its supervisor would hold the port and the engine's lease.
        self._child = spawn(line, log=self.log, dies_with=signal.SIGKILL, cwd=self._cwd, env=env)

    def poll(self) -> int | None:
        """None while it runs, else its exit code; 0 before it ever ran."""
        return 0 if self._child is None else self._child.poll()

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it and whatever it started."""
        if self._child is None:
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._child.wait()


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
