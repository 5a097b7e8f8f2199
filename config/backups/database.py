"""A PostgreSQL as its own programs are told of it: by their environment, so no password is in a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import dj_database_url
import psycopg

_APPLICATION = "ballast backup"
_CONNECT_SECONDS = 10
DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True)
class Database:
    """`host` may be the folder of a socket. `repr` shows no password."""

    host: str
    port: int
    user: str
    password: str
    name: str
    sslmode: str = ""
    sslrootcert: str = ""

    def __repr__(self) -> str:
        return f"{self.name} at {self.host or 'this machine'}"

    @property
    def is_local_socket(self) -> bool:
        return not self.host or self.host.startswith("/")

    @property
    def url(self) -> str:
        """With the password: for a child's environment and nothing else."""
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        login += "@" if login else ""
        ssl = {"sslmode": self.sslmode, "sslrootcert": self.sslrootcert}
        query = {name: value for name, value in ssl.items() if value}
        where = "" if self.is_local_socket else f"{self.host}:{self.port}"
        if self.host and self.is_local_socket:
            query |= {"host": self.host, "port": str(self.port)}
        return f"postgresql://{login}{where}/{self.name}" + (f"?{urlencode(query)}" if query else "")

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        """Raises psycopg.OperationalError."""
        given: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.name,
            "sslmode": self.sslmode,
            "sslrootcert": self.sslrootcert,
        }
        named = {name: value for name, value in given.items() if value}
        return psycopg.connect(
            **named, application_name=_APPLICATION, connect_timeout=_CONNECT_SECONDS, **options
        )

    def environment(self) -> dict[str, str]:
        """For pg_dump and pg_restore."""
        given = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.name,
            "PGSSLMODE": self.sslmode,
            "PGSSLROOTCERT": self.sslrootcert,
            "PGAPPNAME": _APPLICATION,
            "PGCONNECT_TIMEOUT": str(_CONNECT_SECONDS),
            "PGOPTIONS": "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
        }
        return {name: value for name, value in given.items() if value}


def of_settings(named: Mapping[str, Any]) -> Database:
    """As an entry of DATABASES has it."""
    options = named.get("OPTIONS", {})
    return Database(
        host=named["HOST"] or options.get("host", ""),
        port=int(named["PORT"] or options.get("port") or DEFAULT_PORT),
        user=named["USER"] or options.get("user", ""),
        password=named["PASSWORD"] or options.get("password", ""),
        name=named["NAME"],
        sslmode=options.get("sslmode", ""),
        sslrootcert=options.get("sslrootcert", ""),
    )


def of_url(url: str) -> Database:
    """Raises ValueError."""
    try:
        return of_settings(dj_database_url.parse(url))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, KeyError):
        raise ValueError("A database is written as postgresql://user:password@host:port/name.") from None
