"""What nobody should have done, past every guard of the database."""

from typing import Any

from django.db import connection


def tamper(statement: str, values: list[Any] | None = None) -> None:
    """Without triggers: append-only tables too. Column constraints hold."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, "nothing was tampered with"
        cursor.execute("SET LOCAL session_replication_role = origin")
