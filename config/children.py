"""Starts child processes that end when we do, even when we are killed with -9."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


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

    Call it from the main thread: the kernel sends `dies_with` when the thread that forked ends.
    """
    who = account or Account()
    with log.open("ab") as output:
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


def _end_with_parent(parent: int, number: signal.Signals) -> Callable[[], None]:
    def ask_the_kernel() -> None:
        # Popen calls this after it changed the user; a change of user would clear the wish.
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # the parent died between fork and prctl: nobody would tell us
            os._exit(1)

    return ask_the_kernel
