"""The lock that makes one process the only one that makes rounds."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

ROUND_LOCK = 0x_BA_11_04_AC  # nobody else's advisory lock


@contextmanager
def round_lock() -> Iterator[bool]:
    """Whether rounds are the caller's to make until the block ends.

    The lock belongs to the thread's database connection and goes with it, and rounds are written through the
    same connection: who has lost the lock can write none.
    """
    if not _ask("SELECT pg_try_advisory_lock(%s)"):
        yield False
        return
    try:
        yield True
    finally:
        try:
            _ask("SELECT pg_advisory_unlock(%s)")
        except DatabaseError:
            connection.close()  # and the lock with it


def _ask(query: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, [ROUND_LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])
