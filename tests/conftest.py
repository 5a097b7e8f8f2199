"""Fixtures that every test may use."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from redis import Redis

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "redis"}


@pytest.fixture(scope="session")
def _redis_connection() -> Iterator[Redis]:
    with Redis.from_url(os.environ["REDIS_URL"]) as connection:
        yield connection


@pytest.fixture
def redis(_redis_connection: Redis) -> Redis:
    """A client of this worker's own Redis database, which is empty when the test begins."""
    _redis_connection.flushdb()
    return _redis_connection


@pytest.fixture(autouse=True)
def _empty_redis(request: pytest.FixtureRequest) -> None:
    """A test that uses the database starts with an empty Redis too; a pure one does not pay for it."""
    if request.node.get_closest_marker("django_db") or _DATABASE_FIXTURES & set(request.fixturenames):
        request.getfixturevalue("redis")


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The URL of this worker's test database, for child processes and for connections outside Django."""
    name = connection.settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session", autouse=True)
def _flush_past_guards() -> Iterator[None]:
    """Between tests tables are truncated, which append-only triggers refuse to anybody but a replica."""
    flush = DatabaseOperations.execute_sql_flush

    def as_replica(operations: DatabaseOperations, statements: list[str]) -> None:
        flush(operations, ["SET LOCAL session_replication_role = replica", *statements])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", as_replica)
        yield
