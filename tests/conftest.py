"""Fixtures that every test may use."""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from redis import Redis
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.servers import OWN_POSTGRES
from tests.support.clusters import TEMPLATE
from tests.support.examples import register_profiles

register_profiles()

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "redis"}
_OF_MIGRATIONS = {"django_content_type", "auth_permission"}
_WITH_A_HOUSE = {
    f"tests/{name}"
    for name in (
        "api",
        "binance",
        "bots",
        "custody/signers",  # two co-signers and two tokens
        "oracle/outside",
        "sdk",
        "shards",
        "websocket",
    )
}
_BROWSER = "tests/browser"
# Where a test takes ten times as long as one usually does.
_SLOW = (
    _BROWSER,
    "tests/admin",
    "tests/custody/deposits",
    "tests/custody/dev_chain",
    "tests/custody/spending",
    "tests/custody/watching",
    "tests/custody/withdrawals",
    "tests/exchange",
    "tests/platform",
    "tests/shards",
    "tests/vaults/deeds",
)


class ByHouse(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Under `--dist loadscope` a package's house stands once, in one worker; other tests go by file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        package = file.rpartition("/")[0]
        if package.startswith(_BROWSER):
            return _BROWSER  # its packages share one house and one browser
        return package if package in _WITH_A_HOUSE else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        """The longest first: one that begins last would let the other workers wait for it."""
        longest = max(self.workqueue, key=self._length)
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)

    def _length(self, scope: str) -> int:
        return len(self.workqueue[scope]) * (10 if scope.startswith(_SLOW) else 1)


@pytest.hookimpl(optionalhook=True)  # there is none where xdist is not
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return ByHouse(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """A database whose server ends with the run is not dropped before: that waits for others' connections."""
    return django_db_keepdb or OWN_POSTGRES in os.environ


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database of each worker is a copy of one that has been migrated."""
    if OWN_POSTGRES in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


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
def _empty_tables_past_guards() -> Iterator[None]:
    """A test that commits has its rows deleted, which append-only triggers refuse to anybody but a replica.

    Django would truncate every table and make all permissions anew: most of the time of such a test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: _empty_tables())
        yield


def _empty_tables() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        filled = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in _tables()]
        cursor.execute(" UNION ALL ".join(filled))
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")


@cache
def _tables() -> list[str]:
    """Those of all models, but for what migrations say of the models themselves."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - _OF_MIGRATIONS)
