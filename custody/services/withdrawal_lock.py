"""The lock under which it is decided what is withdrawn: limits count what others ask for at the same time."""

from django.db import connection

WITHDRAWAL_LOCK = 0x_BA_11_B7_C0  # nobody else's advisory lock


def lock_withdrawals() -> None:
    """Until the transaction ends. Taken before any row, account or the audit trail is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WITHDRAWAL_LOCK])
