"""Whose account the embedded servers run under. PostgreSQL refuses root, so under root it is `nobody`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.children import Account

NOBODY = Account(65534, 65534)  # exists everywhere without useradd


def account_for(data: Path) -> Account:
    """Data that another user made stays that user's: root continues it under the same account."""
    if os.geteuid() != 0:
        return Account()
    pg = data / "pg"
    if pg.exists() and pg.stat().st_uid != 0:
        return Account(pg.stat().st_uid, pg.stat().st_gid)
    return NOBODY


@contextmanager
def acting_as(account: Account) -> Iterator[None]:
    """See the file system and /proc as `account` does; it changes the whole process while it lasts.

    Root in a container may lack the right to read /proc/<pid>/cwd of another user, but that user has it.
    """
    if account.uid is None or account.gid is None:
        yield
        return
    groups, gid = os.getgroups(), os.getegid()
    os.setgroups([])
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)


def can_execute(account: Account, path: Path) -> bool:
    """Whether `account` can run the file, or enter the folder, through all its parents."""
    with acting_as(account):
        return os.access(path, os.X_OK, effective_ids=True)


def give(path: Path, account: Account) -> None:
    """Make a folder private to the account."""
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
