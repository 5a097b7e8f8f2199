"""The servers that the test run itself stands on."""

import os

import psycopg
import pytest
from django.db import connection
from redis import Redis

from tests.servers import redis_database


@pytest.mark.django_db
def test_django_speaks_to_a_real_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('server_version_num')::int")
        name, version = cursor.fetchone()
    assert name.startswith("test_")
    assert version >= 140000


def test_a_child_process_can_reach_the_same_database(database_url: str) -> None:
    with psycopg.connect(database_url) as other:
        row = other.execute("SELECT current_database()").fetchone()
    assert row == (connection.settings_dict["NAME"],)


def test_each_worker_has_an_empty_redis_database_of_its_own(redis: Redis) -> None:
    assert redis.dbsize() == 0
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    assert redis.connection_pool.connection_kwargs["db"] == 8 + worker


def test_another_database_of_the_same_redis() -> None:
    assert redis_database("redis://:secret@host:6379/0", 9) == "redis://:secret@host:6379/9"
    assert redis_database("unix:///run/valkey.sock?db=0", 9) == "unix:///run/valkey.sock?db=9"
