"""Connections of the engine's worker: outside Django's, so that nothing else shares its transaction."""

from typing import Any

import psycopg
from django.db import connection

_PARAMETERS = (
    *("host", "port", "dbname", "user", "password", "options", "sslmode", "sslrootcert", "connect_timeout"),
    *("keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
)


def engine_connection() -> psycopg.Connection[Any]:
    """A connection to the configured database in autocommit mode. Raises psycopg.OperationalError."""
    parameters = connection.get_connection_params()
    chosen = {name: parameters[name] for name in _PARAMETERS if parameters.get(name)}
    return psycopg.connect(**chosen, autocommit=True, application_name="ballast engine")
