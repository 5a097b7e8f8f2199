"""What is not kept for ever: rounds, once their minutes are all that anybody asks for."""

from django.db import connection

DAY_MS = 86_400_000
CHUNK = 20_000
MAX_CHUNKS = 50

# The last accepted round stays, and what came after it: from there every process goes on.
_FORGET = """
DELETE FROM oracle_round WHERE id IN (
    SELECT id FROM oracle_round
     WHERE time_ms < %s AND id < coalesce((
           SELECT id FROM oracle_round WHERE price_e8 IS NOT NULL ORDER BY time_ms DESC, id DESC LIMIT 1), 0)
     ORDER BY time_ms LIMIT %s)"""


def forget_old_rounds(*, now_ms: int, kept_days: int) -> int:
    """Delete what is older, a bounded number at a time; gives how many."""
    deleted = 0
    for _ in range(MAX_CHUNKS):
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [now_ms - kept_days * DAY_MS, CHUNK])
            deleted += cursor.rowcount
            if cursor.rowcount < CHUNK:
                break
    return deleted
