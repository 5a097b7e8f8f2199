"""Starts a real PostgreSQL and a real Valkey for one state folder; only their URLs differ from production."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded.postgres import Postgres
from config.embedded.server import Server
from config.embedded.state import Place, hold_lock, take_place
from config.embedded.valkey import Valkey

BOTH = ("postgres", "valkey")


@dataclass(frozen=True, slots=True)
class Servers:
    """A pair over one data folder. A fault test may `kill()` and `start()` either one; its data stays."""

    place: Place
    postgres: Postgres
    valkey: Valkey
    lock: IO[str]

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.valkey.url

    @property
    def all(self) -> list[Server]:
        return [self.postgres, self.valkey]

    def stop(self) -> None:
        """Stop what runs and give the folder free."""
        for server in self.all:
            server.stop()
        self.lock.close()


def start_servers(state_dir: Path, *, only: Collection[str] = BOTH) -> Servers:
    """Own the state folder's servers and start those named in `only`, from the main thread.

    Raises AlreadyRunningError while another process owns the folder. The servers end with this process.
    """
    place = take_place(state_dir)
    lock = hold_lock(place.data)
    servers = Servers(place, Postgres(place), Valkey(place), lock)
    try:
        for server in servers.all:
            if server.name in only:
                server.start()
    except BaseException:
        servers.stop()  # nobody else can: the caller never gets them
        raise
    return servers
