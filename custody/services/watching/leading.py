"""The lock that makes one watcher the only one that works: others stand by.

It only saves work. What is told is guarded by the position's own lock and number.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

WATCHER_LOCK = 0x_BA_11_C0_1A  # nobody else's advisory lock


@contextmanager
def watcher_lock() -> Iterator[bool]:
    """Whether the chain is the caller's to watch until the block ends; it goes with his connection."""
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
        cursor.execute(query, [WATCHER_LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])
