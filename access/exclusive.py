"""What one process does at a time, by PostgreSQL's advisory locks: the others see it, and stand by.

It only saves work: what is written has to be guarded by rows, conditions and numbers of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether the job of this number, which is nobody else's, is the caller's until the block ends. The lock
    belongs to the thread's connection and goes with it."""
    if not _ask("SELECT pg_try_advisory_lock(%s)", lock):
        yield False
        return
    try:
        yield True
    finally:
        try:
            _ask("SELECT pg_advisory_unlock(%s)", lock)
        except DatabaseError:
            connection.close()  # and the lock with it


def _ask(query: str, lock: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, [lock])
        row = cursor.fetchone()
    return bool(row and row[0])
