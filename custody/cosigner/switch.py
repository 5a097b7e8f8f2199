"""What who runs the co-signer decides beside it: to stop it, and that a spend can never confirm any more.

While it is stopped nothing is signed, whatever was agreed to before.
"""

import sqlite3
import time

from custody.signers.signer import Refusal, SignerRefused, SignerUnavailable

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


def refuse_voided(connection: sqlite3.Connection, spend_id: str) -> None:
    if connection.execute("SELECT 1 FROM voided WHERE spend_id = ?", (spend_id,)).fetchone():
        raise SignerRefused(Refusal.REPLACEMENT, "who runs the signer has voided this spend")


def void(connection: sqlite3.Connection, spend_id: str) -> bool:
    """None of its versions can confirm: others may pay what it was to pay. False: it was never signed."""
    if connection.execute("SELECT 1 FROM signings WHERE spend_id = ?", (spend_id,)).fetchone() is None:
        return False
    connection.execute("INSERT OR IGNORE INTO voided VALUES (?, ?)", (spend_id, int(time.time())))
    return True
