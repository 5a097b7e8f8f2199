"""A turn of sending, in one place at a time: others would only hold more threads for the same work."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.utils import timezone

from access.notices.mail import MailSender
from access.notices.posting import configured_sender
from access.notices.turn import Senders, Turn, run_once

_LOCK = 0x_BA_11_40_71  # any number that no other advisory lock of the product uses


def send_due() -> Turn | None:
    """None: somebody else is at it."""
    with _alone() as is_mine:
        if not is_mine:
            return None
        return run_once(Senders(configured_sender(), MailSender()), timezone.now)


@contextmanager
def _alone() -> Iterator[bool]:
    """It only saves work: what is sent is guarded by claims. The lock goes with its connection."""
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
        cursor.execute(query, [_LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])
