"""PostgreSQL and Redis as platforms sell the smallest: over TCP, with passwords, twenty connections each.

The database belongs to a role that is no superuser. Redis keeps nothing and closes what is idle.
"""

import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import psycopg
from redis import Redis

from config.embedded.account import give
from config.embedded.postgres import Postgres
from config.embedded.state import Place, take_place
from config.embedded.valkey import Valkey
from tests.platform.processes import free_port

CONNECTIONS = 20
IDLE_SECONDS = 30
OBSERVERS = 1  # a connection of the test's own, which the house cannot have
_ROLE = "u7hq"
_RULES = "local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


class SoldPostgres(Postgres):
    """Its own account reaches it by the socket, everybody else by password."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.port = free_port()
        self.password = secrets.token_hex(24)

    def command(self) -> list[str | Path]:
        rules = self.place.data / "hba.conf"
        rules.write_text(_RULES)
        give(rules, self.place.account)
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port), "hba_file": str(rules)}
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return super().command() + [word for one in settings.items() for word in ("-c", "=".join(one))]

    def sell(self) -> None:
        """A role that owns one database, and no more connections than the plan has."""
        with self.as_superuser() as connection:
            connection.execute(
                f"CREATE ROLE {_ROLE} LOGIN PASSWORD '{self.password}' CONNECTION LIMIT {CONNECTIONS}"
            )
            connection.execute(f"CREATE DATABASE d3x OWNER {_ROLE}")

    def as_superuser(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.sockets), port=self.port, user="postgres", dbname=database, autocommit=True
        )

    def url_at(self, port: int) -> str:
        """In the older of the two spellings of its scheme, as Heroku's."""
        return f"postgres://{_ROLE}:{self.password}@127.0.0.1:{port}/d3x"

    def connections(self) -> dict[str, int]:
        """How many each kind of process has at the moment."""
        statement = (
            "SELECT application_name, count(*) FROM pg_stat_activity WHERE usename = %s GROUP BY 1 ORDER BY 1"
        )
        with self.as_superuser() as connection:
            return {str(name): int(str(number)) for name, number in connection.execute(statement, [_ROLE])}


class SoldValkey(Valkey):
    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.port = free_port()
        self.password = secrets.token_hex(24)

    def command(self) -> list[str | Path]:
        plan: list[str | Path] = ["--port", str(self.port), "--bind", "127.0.0.1", "--appendonly", "no"]
        plan += ["--requirepass", self.password, "--maxclients", str(CONNECTIONS + OBSERVERS)]
        return [*super().command(), *plan, "--maxmemory", "25mb", "--timeout", str(IDLE_SECONDS)]

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"-NOAUTH")
        except OSError:
            return False

    def url_at(self, port: int, scheme: str) -> str:
        return f"{scheme}://:{self.password}@127.0.0.1:{port}"

    def client(self) -> Redis:
        return Redis(port=self.port, password=self.password, socket_timeout=10)


@dataclass(frozen=True, slots=True)
class Sold:
    postgres: SoldPostgres
    valkey: SoldValkey
    folder: Path


@contextmanager
def sold_servers() -> Iterator[Sold]:
    folder = Path(tempfile.mkdtemp(prefix="ballast-deploy-"))
    folder.chmod(0o711)
    place = take_place(folder)
    servers = Sold(SoldPostgres(place), SoldValkey(place), folder)
    try:
        servers.postgres.start()
        servers.valkey.start()
        servers.postgres.sell()
        yield servers
    finally:
        servers.postgres.stop()
        servers.valkey.stop()
        rmtree(place.data, ignore_errors=True)
        rmtree(folder, ignore_errors=True)
