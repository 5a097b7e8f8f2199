"""The state folder: one owner at a time, and a place in or for it that the servers' account can reach."""

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.children import Account
from config.embedded.account import account_for, can_execute, give
from config.embedded.errors import AlreadyRunningError, ServerError

_LONGEST_SOCKET_PATH = 107  # sizeof(sockaddr_un.sun_path) - 1
_LONGEST_SOCKET_NAME = len("/pg/.s.PGSQL.5432")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one pair of servers lives. `wanted` is a link to `data` where the account could not reach it."""

    wanted: Path
    data: Path
    account: Account

    @property
    def moved(self) -> bool:
        return self.wanted.is_symlink()


def take_place(state_dir: Path) -> Place:
    """Choose and create the servers' folder: `servers` in the state folder, or an open one linked there."""
    make_state_dir(state_dir)
    wanted = state_dir.absolute() / "servers"
    if wanted.is_symlink() and not wanted.exists():
        wanted.unlink()  # the data it led to was deleted
    wanted.mkdir(mode=0o711, exist_ok=True)
    data = wanted.resolve()
    account = account_for(data)
    if not can_execute(account, data):
        if (data / "pg").exists():
            raise ServerError(f"{data} holds data that user id {account.uid} cannot reach: open its parents")
        wanted.rmdir()
        wanted.symlink_to(_open_folder(account))
    return Place(wanted, wanted.resolve(), account)


def make_state_dir(state_dir: Path) -> None:
    if not state_dir.exists():
        state_dir.mkdir(parents=True)
        state_dir.chmod(0o711)  # the servers' account passes through it, but cannot list it


def _open_folder(account: Account) -> Path:
    """A new folder that all can enter; named at random, so that deleting the state folder starts afresh."""
    for parent in (Path("/var/lib/ballast"), Path("/var/tmp/ballast")):  # noqa: S108
        try:
            parent.mkdir(mode=0o711, exist_ok=True)
            if parent.stat().st_uid != os.geteuid():
                continue
            folder = parent / secrets.token_hex(4)
            folder.mkdir(mode=0o711)
        except OSError:
            continue
        if can_execute(account, folder):
            return folder
        folder.rmdir()
    raise ServerError("no folder found that the servers' account can enter; set BALLAST_STATE_DIR to one")


def socket_folder(folder: Path, account: Account) -> Path:
    """`folder`, or a short private one where its sockets' paths would be longer than the system allows."""
    if len(str(folder.parent)) + _LONGEST_SOCKET_NAME <= _LONGEST_SOCKET_PATH:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"ballast-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if short.is_symlink() or found.st_uid not in (os.geteuid(), account.uid):
        raise ServerError(f"{short} belongs to somebody else; remove it or use a shorter BALLAST_STATE_DIR")
    give(short, account)
    return short


def hold_lock(folder: Path) -> IO[str]:
    """Own the folder until the returned file is closed or this process ends; children do not inherit it."""
    file = (folder / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        file.close()
        raise AlreadyRunningError(f"{folder} is in use by process {owner}; stop that one first") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def runnable(program: Path, beside: list[Path], place: Place) -> Path:
    """The program where the account can run it: in place, or in copies of the folders `beside`.

    `program` lies in or below `beside[0]`; the others hold the libraries that it finds by relative path.
    """
    if can_execute(place.account, program):
        return program
    copies = place.data / "bin"
    stamp = hashlib.sha256(f"{program} {program.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = copies / stamp
    if not target.exists():
        partial = copies / f"{stamp}.tmp"
        shutil.rmtree(partial, ignore_errors=True)
        for folder in beside:
            shutil.copytree(folder, partial / folder.name, symlinks=True)
        for folder in (copies, partial):
            folder.chmod(0o755)
        partial.rename(target)
    return target / program.relative_to(beside[0].parent)
