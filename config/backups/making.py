"""Makes one backup: a dump of one snapshot, encrypted on its way, written, read back, and then told.

The engine goes on meanwhile; the dump is of the moment in which it began.
"""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

import psycopg

from config.backups.database import Database
from config.backups.errors import BackupError
from config.backups.facts import read_facts
from config.backups.manifest import DUMP, MANIFEST, Manifest, name_of, sealed, written
from config.backups.programs import Programs, programs_for, reachable
from config.backups.sealing import Measured, Recipients, encrypted
from config.backups.shelf import check_whole
from config.backups.store import Store

NICENESS = 10
_LOCK_WAIT = "60s"
_FORMAT = ("--format=custom", "--compress=gzip:4", "--no-owner", "--no-privileges")
_END_SECONDS = 30
_MOST_SAID = 300


@dataclass(frozen=True, slots=True)
class Making:
    """How one is made. `seal_key` is the house's encryption key."""

    database: Database
    store: Store
    recipients: Recipients
    version: str
    seal_key: str
    longest_seconds: float


@dataclass(slots=True)
class _Snapshot:
    """A transaction that stays open while its snapshot is dumped."""

    connection: psycopg.Connection[Any]
    name: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def make_backup(making: Making) -> Manifest:
    """Raises BackupError; nothing that counts is left then."""
    now, began = datetime.now(UTC), time.monotonic()
    name = name_of(now, making.version)
    try:
        with making.database.connect() as connection:
            snapshot = _snapshot_of(connection, making.longest_seconds)
            measured = _dumped(making, snapshot, name, began)
            server = connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise BackupError(f"The database does not answer: {type(error).__name__}") from None
    manifest = Manifest(
        name=name,
        at=now.isoformat(timespec="seconds"),
        version=making.version,
        server=server,
        size=measured.size,
        sha256=measured.sha256,
        seconds=round(time.monotonic() - began, 2),
        facts=snapshot.facts,
    )
    try:
        check_whole(making.store, manifest)
    except BackupError:
        with suppress(BackupError):
            making.store.delete(manifest.dump)
        raise
    manifest = sealed(manifest, making.seal_key)
    making.store.write(f"{name}{MANIFEST}", [written(manifest)])
    return manifest


def _snapshot_of(connection: psycopg.Connection[Any], seconds: float) -> _Snapshot:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}".encode())
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # the dump takes its time
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    return _Snapshot(connection, str(row[0]), read_facts(connection))


def _dumped(making: Making, snapshot: _Snapshot, name: str, began: float) -> Measured:
    programs = programs_for(snapshot.connection.info.server_version // 10_000)
    in_tls = bool(snapshot.connection.pgconn.ssl_in_use)
    left = making.longest_seconds - (time.monotonic() - began)
    with (
        reachable(making.database, programs, in_tls=in_tls) as near,
        _Dump(near, programs, snapshot.name, left) as dump,
    ):
        measured = Measured(dump.pieces(making.recipients))
        making.store.write(f"{name}{DUMP}", measured)
    return measured


class _Dump:
    """pg_dump as a child: nice, within its time, and gone when the block ends."""

    def __init__(self, database: Database, programs: Programs, snapshot: str, seconds: float) -> None:
        self._words = [
            programs.pg_dump,
            *_FORMAT,
            f"--lock-wait-timeout={_LOCK_WAIT}",
            f"--snapshot={snapshot}",
        ]
        self._environment = {**kept_environment(), **database.environment()}
        self._seconds = max(seconds, 1.0)
        self._is_late = False

    def __enter__(self) -> "_Dump":
        self._said: IO[bytes] = tempfile.TemporaryFile()
        self._child = subprocess.Popen(
            self._words,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._child.pid, NICENESS)
        self._timer = threading.Timer(self._seconds, self._end_late)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._child.kill()
        self._child.wait(_END_SECONDS)
        assert self._child.stdout is not None
        self._child.stdout.close()
        self._said.close()

    def pieces(self, recipients: Recipients) -> Iterator[bytes]:
        """To the end, and then only if the dump is whole: what is being written is given up otherwise."""
        assert self._child.stdout is not None
        yield from encrypted(self._child.stdout, recipients)
        if self._child.wait(_END_SECONDS) != 0 or self._is_late:
            raise BackupError(self._why())

    def _end_late(self) -> None:
        self._is_late = True
        self._child.kill()

    def _why(self) -> str:
        if self._is_late:
            return f"It took longer than {int(self._seconds)} s."
        self._said.seek(0)
        said = self._said.read(10_000).decode(errors="replace").strip()
        return f"pg_dump ended with {self._child.returncode}: {said[-_MOST_SAID:]}"


def kept_environment() -> dict[str, str]:
    """Nothing of the house's own settings: pg_dump needs no secret but the database's."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
