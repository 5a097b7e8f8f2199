"""How much the house's servers hold and do: figures for the metrics, of which nothing is judged.

Whether they are there at all is said by their own checks, so nothing is said here while they are away.
"""

from collections.abc import Mapping
from typing import cast

from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from health.registry import Check, Finding, Gauge
from health.rules import Status
from health.store import open_redis

_DATABASE = """
SELECT numbackends, current_setting('max_connections')::int, xact_commit, xact_rollback, deadlocks,
       temp_bytes, pg_database_size(datid),
       (SELECT coalesce((extract(epoch FROM max(clock_timestamp() - xact_start)) * 1000)::bigint, 0)
          FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'),
       (SELECT count(*) FROM pg_locks WHERE NOT granted)
  FROM pg_stat_database WHERE datname = current_database()"""
DATABASE_GAUGES = {
    "connections": Gauge("Connections to this database."),
    "connections_most": Gauge("Connections that the server allows."),
    "commits_total": Gauge("Transactions that were committed."),
    "rollbacks_total": Gauge("Transactions that were rolled back."),
    "deadlocks_total": Gauge("Deadlocks that the server has ended."),
    "temporary_bytes_total": Gauge("What queries wrote to disk because it did not fit into their memory."),
    "size_bytes": Gauge("What the database takes on disk."),
    "longest_transaction_ms": Gauge("How long the oldest open transaction has been open."),
    "waiting_locks": Gauge("Locks that are waited for."),
}
_REDIS = {
    "memory_bytes": ("used_memory", Gauge("Memory that Redis uses.")),
    "memory_most_bytes": ("maxmemory", Gauge("Memory that Redis may use; 0: no bound.")),
    "clients": ("connected_clients", Gauge("Connections to Redis.")),
    "commands_total": ("total_commands_processed", Gauge("Commands that Redis has carried out.")),
    "evicted_keys_total": ("evicted_keys", Gauge("Keys that Redis dropped for want of memory.")),
    "rejected_connections_total": ("rejected_connections", Gauge("Connections that Redis refused.")),
}


def database_use() -> list[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_DATABASE)
            found = cursor.fetchone()
    except DatabaseError:
        return []
    figures = dict(zip(DATABASE_GAUGES, map(int, found), strict=True))
    return [Finding(Status.OK, figures=figures, quiet=True)]


def redis_use() -> list[Finding]:
    try:
        with open_redis() as client:
            told = cast(Mapping[str, int], client.info())
    except RedisError:
        return []
    figures = {name: int(told.get(key, 0)) for name, (key, _) in _REDIS.items()}
    return [Finding(Status.OK, figures=figures, quiet=True)]


CHECKS = (
    Check(
        "database_use",
        "What PostgreSQL holds and does",
        database_use,
        metric="database",
        for_everybody=False,
        gauges=DATABASE_GAUGES,
    ),
    Check(
        "redis_use",
        "What Redis holds and does",
        redis_use,
        metric="redis",
        for_everybody=False,
        gauges={name: gauge for name, (_, gauge) in _REDIS.items()},
    ),
)
