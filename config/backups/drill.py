"""A restore that is tried: into a server that is gone afterwards, with everything verified, and timed."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

from config.backups.database import Database, of_url
from config.backups.errors import BackupError
from config.backups.manifest import Manifest
from config.backups.restoring import Restoring, restore_backup
from config.backups.sealing import Identities
from config.backups.store import Store
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers

_SECONDS = 3_600
_DEMO_SECONDS = 120.0
_BUSY = """
SELECT EXISTS (SELECT FROM exchange_market WHERE status = 'PENDING')
    OR EXISTS (SELECT FROM exchange_enginerequest WHERE status = 'PENDING')
    OR EXISTS (SELECT FROM exchange_wallettransfer WHERE status = 'PENDING')
    OR NOT EXISTS (SELECT FROM exchange_shard WHERE sequence > 0)"""
Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Drill:
    store: Store
    manifest: Manifest
    identities: Identities
    seal_key: str | None


def run_drill(drill: Drill, tell: Tell) -> bool:
    """Whether it is restored and all that can be verified holds. Call it from the main thread.

    Raises BackupError where it cannot be restored.
    """
    tell(f"{drill.manifest.name}: {drill.manifest.size:,} bytes of {drill.manifest.at}")
    with temporary_servers("ballast-drill-") as servers:
        database = of_url(servers.database_url)
        with _timed("restore", tell):
            restore_backup(Restoring(drill.store, drill.manifest, database, drill.identities, drill.seal_key))
        environment = _environment(servers)
        is_migrated = _run("migrate", environment, tell)
        return _run("verify_all", environment, tell) and is_migrated


@contextmanager
def demo_house(tell: Tell) -> Iterator[Database]:
    """A small house with orders' journal and money in it, on servers that are gone afterwards."""
    with temporary_servers("ballast-demo-") as servers, tempfile.TemporaryDirectory() as state:
        environment = {**_environment(servers), "BALLAST_DEMO": "1", "BALLAST_STATE_DIR": state}
        if not _run("release", environment, tell):  # in a demo it makes people and a market, too
            raise BackupError("The demo house could not be made.")
        _let_the_engine_work(environment, servers.database_url)
        yield of_url(servers.database_url)


def _environment(servers: Servers) -> dict[str, str]:
    return {
        **os.environ,
        **keys_of_commands(),
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
    }


def keys_of_commands() -> dict[str, str]:
    """Every command asks for safe keys, though none is needed to verify: this house's, else one for now."""
    unsafe = settings.UNSAFE_SECRET_KEY
    secret = secrets.token_urlsafe(48) if unsafe == settings.SECRET_KEY else settings.SECRET_KEY
    encryption = secret if unsafe == settings.ENCRYPTION_KEY else settings.ENCRYPTION_KEY
    return {"SECRET_KEY": secret, "BALLAST_ENCRYPTION_KEY": encryption}


def _run(command: str, environment: Mapping[str, str], tell: Tell) -> bool:
    words = [sys.executable, "manage.py", command]
    began = time.monotonic()
    done = subprocess.run(
        words, cwd=_root(), env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode or command == "verify_all":
        tell(f"{done.stdout}{done.stderr}".rstrip()[-3_000:])
    verdict = "ok" if done.returncode == 0 else "FAILED"
    tell(f"  {command:<20} {time.monotonic() - began:8.2f} s  {verdict}, with the start of the process")
    return done.returncode == 0


@contextmanager
def _timed(name: str, tell: Tell) -> Iterator[None]:
    began = time.monotonic()
    yield
    tell(f"  {name:<20} {time.monotonic() - began:8.2f} s  ok")


def _let_the_engine_work(environment: Mapping[str, str], database_url: str) -> None:
    words = [sys.executable, "manage.py", "run_engine", "--shard", "any"]
    until = time.monotonic() + _DEMO_SECONDS
    quiet = subprocess.DEVNULL
    engine = subprocess.Popen(words, cwd=_root(), env=environment, stdout=quiet, stderr=quiet)
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            while _is_busy(connection):
                if engine.poll() is not None or time.monotonic() > until:
                    raise BackupError("The demo house's engine does not work.")
                time.sleep(0.2)
    finally:
        engine.terminate()
        engine.wait(30)


def _is_busy(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute(_BUSY).fetchone()
    return row is None or bool(row[0])


def _root() -> Path:
    return Path(settings.BASE_DIR)
