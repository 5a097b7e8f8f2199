"""What is not kept for ever: messages of accounts, once no reconnecting client can ask for them."""

from django.db import connection

KEPT_NS = 24 * 3600 * 10**9
CHUNK = 20_000
MAX_CHUNKS = 50

# An account's newest message stays, for its number: the next one's must follow it.
_FORGET = """
DELETE FROM exchange_accountmessage WHERE id IN (
    SELECT id FROM exchange_accountmessage AS m
     WHERE timestamp_ns < %s
       AND EXISTS (SELECT 1 FROM exchange_accountmessage AS newer
                    WHERE newer.account_id = m.account_id AND newer.shard_id = m.shard_id
                      AND newer.sequence > m.sequence)
     LIMIT %s)"""


def forget_account_messages(*, now_ns: int) -> int:
    """Delete what is older than a day, a bounded number at a time; gives how many."""
    deleted = 0
    for _ in range(MAX_CHUNKS):
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [now_ns - KEPT_NS, CHUNK])
            deleted += cursor.rowcount
            if cursor.rowcount < CHUNK:
                break
    return deleted
