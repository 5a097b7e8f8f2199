"""What one process does at a time: the others see that it is being done, and stand by.

It only saves work: what is written is guarded by rows and versions of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import DatabaseError, connection


class Job(IntEnum):
    """Each by its advisory lock, which is nobody else's."""

    SCANNING = 0x_BA_11_5C_A2


@contextmanager
def alone(job: Job) -> Iterator[bool]:
    """Whether the job is the caller's until the block ends. The lock goes with its connection."""
    if not _ask("SELECT pg_try_advisory_lock(%s)", job):
        yield False
        return
    try:
        yield True
    finally:
        try:
            _ask("SELECT pg_advisory_unlock(%s)", job)
        except DatabaseError:
            connection.close()  # and the lock with it


def _ask(query: str, job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, [int(job)])
        row = cursor.fetchone()
    return bool(row and row[0])
