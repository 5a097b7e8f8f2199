"""Who leads a shard: a lease in the shard's row, with an epoch that every batch must name.

A lease can only be taken when it has run out by the database's clock. Taking it raises the epoch, so a
leader that slept through that finds its next batch refused. A clean stop gives the lease back.
"""

from typing import Any

import psycopg

_TAKE = """
UPDATE exchange_shard
   SET epoch = epoch + 1, holder = %(holder)s,
       lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s)
 WHERE number = %(shard)s AND (lease_expires_at IS NULL OR lease_expires_at < clock_timestamp())
RETURNING epoch"""

_GIVE_BACK = """
UPDATE exchange_shard SET lease_expires_at = NULL, holder = ''
 WHERE number = %(shard)s AND epoch = %(epoch)s"""


def take_lease(connection: psycopg.Connection[Any], *, shard: int, holder: str, seconds: float) -> int | None:
    """The new epoch, or None while somebody else's lease lasts."""
    row = connection.execute(_TAKE, {"holder": holder, "seconds": seconds, "shard": shard}).fetchone()
    return None if row is None else int(row[0])


def give_back_lease(connection: psycopg.Connection[Any], *, shard: int, epoch: int) -> None:
    """Let the next worker lead at once. Does nothing where another epoch leads by now."""
    connection.execute(_GIVE_BACK, {"shard": shard, "epoch": epoch})
