"""The co-signer's own database: one SQLite file, one process that writes it, every commit on the disk.

Its operator's deeds (`stop`, `go`, `void`) write beside the process, and nothing but what they say.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_WAIT_SECONDS = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS signings (
    role TEXT NOT NULL,
    digest TEXT NOT NULL,
    spend_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    outflow_sats INTEGER NOT NULL,
    signed_at INTEGER NOT NULL,
    inputs TEXT NOT NULL,
    pays TEXT NOT NULL,
    signatures TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (role, digest),
    UNIQUE (role, spend_id, version)
) STRICT;
CREATE INDEX IF NOT EXISTS signings_time ON signings (role, purpose, signed_at);
CREATE TABLE IF NOT EXISTS paid (
    role TEXT NOT NULL,
    reference TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (role, reference, digest)
) STRICT;
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    asked_at INTEGER NOT NULL,
    role TEXT NOT NULL,
    deed TEXT NOT NULL,
    content TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, seconds INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonces_time ON nonces (seconds);
CREATE TABLE IF NOT EXISTS voided (spend_id TEXT PRIMARY KEY, voided_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS switch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    is_stopped INTEGER NOT NULL,
    reason TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
"""


class DatabaseTaken(Exception):
    """Another process signs with this database."""


class Database:
    def __init__(self, path: Path) -> None:
        self._connection = connected(path)
        self._lock = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone: on the disk when it ends, gone where it raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def connected(path: Path) -> sqlite3.Connection:
    path.touch(0o600)
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.executescript(_SCHEMA)
    return connection


def held(path: Path) -> IO[str]:
    """The lock of the one process that signs with this database. Raises DatabaseTaken."""
    # Nobody else opens it: a lock can be taken through a file that can be read.
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.fchmod(lock, 0o600)
    file = os.fdopen(lock, "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise DatabaseTaken(f"Another process signs with {path}.") from None
    return file
