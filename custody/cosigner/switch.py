"""The switch of who runs the co-signer: while it is off nothing is signed, whatever was agreed to before."""

import sqlite3
import time

from custody.signers.signer import SignerUnavailable

MAX_REASON = 200


class Stopped(SignerUnavailable):
    """By who runs it. Asked again when he lets it go on, it may sign."""


def refuse_while_stopped(connection: sqlite3.Connection) -> None:
    reason = stopped_because(connection)
    if reason is not None:
        raise Stopped(f"stopped by who runs it: {reason}")


def stopped_because(connection: sqlite3.Connection) -> str | None:
    """None while it may sign."""
    row = connection.execute("SELECT is_stopped, reason FROM switch").fetchone()
    return row[1] if row and row[0] else None


def turn(connection: sqlite3.Connection, *, is_stopped: bool, reason: str) -> None:
    connection.execute(
        "INSERT INTO switch (id, is_stopped, reason, changed_at) VALUES (1, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET is_stopped = excluded.is_stopped, reason = excluded.reason,"
        " changed_at = excluded.changed_at",
        (int(is_stopped), reason[:MAX_REASON], int(time.time())),
    )
