"""Who leads a shard: a lease in the shard's row, with an epoch that every batch must name.

A lease can only be taken when it has run out by the database's clock. Taking it raises the epoch, so a
leader that slept through that finds its next batch refused. A clean stop gives the lease back.
"""

from collections.abc import Callable
from typing import Any

import psycopg

# A row that is locked is being written by a leader or loaded by its successor: neither is waited for. A lease
# that ends too late was taken before the database's clock was set back, and a leader that lives renews it.
_TAKE = """
UPDATE exchange_shard
   SET epoch = epoch + 1, holder = %(holder)s,
       lease_expires_at = clock_timestamp() + make_interval(secs => %(seconds)s)
 WHERE number = (
       SELECT number FROM exchange_shard
        WHERE number = %(shard)s
          AND (lease_expires_at IS NULL OR lease_expires_at < clock_timestamp() OR holder = %(holder)s
               OR lease_expires_at > clock_timestamp() + 3 * make_interval(secs => %(seconds)s))
          FOR NO KEY UPDATE SKIP LOCKED)
RETURNING epoch"""

_FREE = """
SELECT number FROM exchange_shard
 WHERE lease_expires_at IS NULL OR lease_expires_at < clock_timestamp()
    OR lease_expires_at > clock_timestamp() + 3 * make_interval(secs => %s)
 ORDER BY number"""

_RENEW = """
UPDATE exchange_shard SET lease_expires_at = clock_timestamp() + make_interval(secs => %s)
 WHERE number = %s AND epoch = %s"""

_GIVE_BACK = """
UPDATE exchange_shard SET lease_expires_at = NULL, holder = ''
 WHERE number = %(shard)s AND epoch = %(epoch)s"""

_CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint"

_DURABLE = """
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"""

# What a batch needs is found by its key, however many rows it has. To plan anew for each batch's parameters
# costs more than a small batch itself, and a plan that reads a whole table would be a mistake.
_ONE_PLAN = "SELECT set_config('plan_cache_mode', 'force_generic_plan', false)"

_BOUNDED_SINCE = 170_000


def take_lease(cursor: psycopg.Cursor[Any], *, shard: int, holder: str, seconds: float) -> int | None:
    """The new epoch, or None while somebody else's lease lasts.

    The shard's row stays locked until the caller's transaction ends: he may load what he is to lead from
    without anybody taking the lease from him, however long that takes, and a death gives it free at once.
    A holder that starts over need not wait for its own lease, so the name must be this process's alone.
    """
    row = cursor.execute(_TAKE, {"holder": holder, "seconds": seconds, "shard": shard}).fetchone()
    return None if row is None else int(row[0])


def free_shards(connection: psycopg.Connection[Any], *, seconds: float) -> list[int]:
    """The shards that nobody leads just now, by number. Whoever wants one still has to take its lease."""
    return [row[0] for row in connection.execute(_FREE, [seconds])]


def renew_lease(cursor: psycopg.Cursor[Any], *, shard: int, epoch: int, seconds: float) -> None:
    """Let it last from now on: for the end of a transaction that took long."""
    cursor.execute(_RENEW, [seconds, shard, epoch])


def give_back_lease(connection: psycopg.Connection[Any], *, shard: int, epoch: int) -> None:
    """Let the next worker lead at once. Does nothing where another epoch leads by now."""
    connection.execute(_GIVE_BACK, {"shard": shard, "epoch": epoch})


def clock_difference_ns(connection: psycopg.Connection[Any], clock_ns: Callable[[], int]) -> int:
    """How far this process's clock is ahead of the database's; what asking took is not held against it."""
    before_ns = clock_ns()
    row = connection.execute(_CLOCK).fetchone()
    after_ns = clock_ns()
    assert row is not None
    if row[0] < before_ns:
        return before_ns - int(row[0])
    return min(after_ns - int(row[0]), 0)


def prepare_session(connection: psycopg.Connection[Any], *, seconds: float) -> None:
    """Let a commit be durable, whatever the server's default, and end transactions that take longer.

    What is acknowledged must survive a crash, and a role or database may be set to commit without waiting.
    A leader that is stopped, or cut off, in the middle of a batch would hold the shard's row for as long as
    its connection seems to live, and no other could lead.
    """
    connection.execute(_DURABLE)
    connection.execute(_ONE_PLAN)
    limit = f"{round(seconds * 1000)}ms"
    connection.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [limit])
    if connection.info.server_version >= _BOUNDED_SINCE:  # before that only an idle one can be bounded
        connection.execute("SELECT set_config('transaction_timeout', %s, false)", [limit])
