"""Brings a backup into an empty database, and marks it as restored in the very transaction that fills it.

So no process ever finds the rows without the stop of withdrawals. Everything is proven before anything is
touched.
"""

import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg

from config.backups.database import Database
from config.backups.errors import BackupError
from config.backups.facts import differences, read_facts
from config.backups.making import kept_environment
from config.backups.manifest import Manifest, is_sealed
from config.backups.marking import CLEARING_SQL, marking_sql
from config.backups.programs import Programs, programs_for, reachable
from config.backups.sealing import Identities, Measured, decrypt
from config.backups.store import Store

_TABLES = """
SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
_END_SECONDS = 60
_MOST_SAID = 300


@dataclass(frozen=True, slots=True)
class Restoring:
    """`seal_key` None: whoever wrote the manifest is believed. `replaces`: what is in the database goes."""

    store: Store
    manifest: Manifest
    database: Database
    identities: Identities
    seal_key: str | None
    replaces: bool = False


def restore_backup(restoring: Restoring) -> None:
    """Raises BackupError; the database is as it was then."""
    manifest = restoring.manifest
    if restoring.seal_key is not None and not is_sealed(manifest, restoring.seal_key):
        raise BackupError(f"The manifest of {manifest.name} has no seal of this house's encryption key.")
    check_readable(restoring)
    try:
        with restoring.database.connect(autocommit=True) as connection:
            is_empty = _is_free(connection, restoring)
            server = connection.info.server_version // 10_000
            in_tls = bool(connection.pgconn.ssl_in_use)
        programs = programs_for(max(server, manifest.server))
        with reachable(restoring.database, programs, in_tls=in_tls) as near:
            _fill(restoring, near, programs, "" if is_empty else CLEARING_SQL)
        with restoring.database.connect() as connection:
            _compare(connection, manifest)
    except psycopg.Error as error:
        raise BackupError(f"The database refuses: {type(error).__name__} {str(error)[:_MOST_SAID]}") from None


def check_readable(restoring: Restoring) -> None:
    """Every byte is as it was written, and the key opens it to its end. Raises BackupError."""
    with Path("/dev/null").open("wb") as nowhere:
        _decrypted(restoring, nowhere)


def _decrypted(restoring: Restoring, out: IO[bytes]) -> None:
    """Each reading is measured anew: a store may give something else the next time. Raises BackupError."""
    measured = Measured(restoring.store.read(restoring.manifest.dump))
    decrypt(measured, out, restoring.identities)
    if (measured.size, measured.sha256) != (restoring.manifest.size, restoring.manifest.sha256):
        raise BackupError(f"{restoring.manifest.name} is not what was written.")


def _is_free(connection: psycopg.Connection[Any], restoring: Restoring) -> bool:
    """Whether it is empty; raises BackupError where it is not, and is not to be replaced."""
    if _count(connection, _TABLES) == 0:
        return True
    if not restoring.replaces:
        raise BackupError(f"The database {restoring.database.name} is not empty.")
    if _count(connection, _OTHERS):
        raise BackupError("Others are connected to the database: stop every process of the house first.")
    return False


def _count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _fill(restoring: Restoring, near: Database, programs: Programs, first: str) -> None:
    """pg_restore writes what psql carries out in one transaction, and our own statements end it."""
    environment = {**kept_environment(), **near.environment()}
    with tempfile.TemporaryFile() as said:
        psql = _child([str(programs.folder / "psql"), *_PSQL], environment, said, stdin=subprocess.PIPE)
        assert psql.stdin is not None
        psql.stdin.write(first.encode())
        psql.stdin.flush()
        words = [programs.pg_restore, *_PG_RESTORE]
        reader = _child(words, environment, said, stdin=subprocess.PIPE, stdout=psql.stdin)
        try:
            assert reader.stdin is not None
            is_whole = False
            with reader.stdin as plain, suppress(BrokenPipeError):  # what it says of its end counts
                _decrypted(restoring, plain)
                is_whole = True
            if reader.wait(_END_SECONDS) != 0:
                raise BackupError(f"pg_restore failed: {_tail(said)}")
            if not is_whole:
                raise BackupError("pg_restore did not read it to its end.")
            psql.stdin.write(marking_sql(restoring.manifest).encode())
            psql.stdin.close()
            if psql.wait() != 0:
                raise BackupError(f"The database refused it: {_tail(said)}")
        except BrokenPipeError:
            psql.wait(_END_SECONDS)
            raise BackupError(f"The database refused it: {_tail(said)}") from None
        finally:
            for child in (reader, psql):
                child.kill()  # what is not committed by now is rolled back
                child.wait(_END_SECONDS)


_PSQL = (
    "--no-psqlrc",
    "--quiet",
    "--single-transaction",
    "--set=ON_ERROR_STOP=1",
    "--output=/dev/null",
    "-f",
    "-",
)
_PG_RESTORE = ("--format=custom", "--file=-", "--no-owner", "--no-privileges", "--exit-on-error")


def _child(
    words: list[str], environment: dict[str, str], said: IO[bytes], **ends: Any
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, env=environment, stderr=said, **ends)


def _tail(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read(20_000).decode(errors="replace").strip()[-_MOST_SAID:]


def _compare(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    """Against what was read in the dump's own snapshot; what marking changes is not among it."""
    differ = differences(manifest.facts, read_facts(connection))
    if differ:
        raise BackupError(f"What was restored differs from the manifest in {', '.join(differ)}.")
