"""A pytest plugin that gives the run a real PostgreSQL and a real Redis before Django reads its settings.

It starts what DATABASE_URL and REDIS_URL do not name. Under xdist workers inherit the URL of PostgreSQL, and
each gets a test database of its own. A Redis each worker starts for itself, for the databases of one share
its channels; of one that REDIS_URL names each gets a database.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis

from config.embedded.errors import AlreadyRunningError
from config.embedded.state import hold_lock
from config.embedded.temporary import temporary_servers
from tests.support.clusters import begin_migrated, forget_power_cuts

_FOLDER_PREFIX = "ballast-test-"
_ABANDONED_SECONDS = 3600
_FIRST_REDIS_DATABASE = 8  # tests empty theirs, so never the one in use that the URL may name
OWN_POSTGRES = "BALLAST_TEST_POSTGRES"  # its URL, where the run has started it
OWN_REDIS = "BALLAST_TEST_OWN_REDIS"  # where the run has started it
_LOOKS_A_SECOND = 200
_URLS = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    missing = [server for variable, server in _URLS.items() if not os.environ.get(variable)]
    if OWN_REDIS in os.environ and "PYTEST_XDIST_WORKER" in os.environ:
        missing = ["valkey"]
    if missing:
        _start(early_config, missing)
    os.environ.setdefault("BALLAST_ENGINE", "python")  # the same run, whether there is a build or not
    os.environ.setdefault("BALLAST_ORACLE_SOURCES", "")  # no test asks an exchange that it has not named
    os.environ.setdefault("SECRET_KEY", "a key that only tests use, and that is long enough")
    if "BALLAST_TEST_REDIS" not in os.environ:
        os.environ["BALLAST_TEST_REDIS"] = os.environ["REDIS_URL"]
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = redis_database(os.environ["BALLAST_TEST_REDIS"], _FIRST_REDIS_DATABASE + worker)
    return (yield)


def _start(config: pytest.Config, missing: list[str]) -> None:
    _remove_abandoned()
    running = ExitStack()
    begin = begin_migrated if "postgres" in missing else None
    servers = running.enter_context(temporary_servers(_FOLDER_PREFIX, only=missing, begin=begin))
    config.add_cleanup(running.close)
    if "postgres" in missing:
        os.environ["DATABASE_URL"] = os.environ[OWN_POSTGRES] = servers.database_url
        forget_power_cuts(servers.database_url)
    if "valkey" in missing:
        os.environ["REDIS_URL"] = os.environ["BALLAST_TEST_REDIS"] = servers.redis_url
        os.environ[OWN_REDIS] = "1"
        _look_at_clocks_often(servers.redis_url)


def _look_at_clocks_often(redis_url: str) -> None:
    """Whoever waits for an empty stream is told so when the server looks at its clock: ten times a second."""
    with Redis.from_url(redis_url) as client:
        client.config_set("hz", _LOOKS_A_SECOND)


def redis_database(url: str, number: int) -> str:
    """The same server, another database."""
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()


def _remove_abandoned() -> None:
    """A run that was killed leaves its folder; its servers ended with it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                hold_lock(folder / "servers").close()
                shutil.rmtree(folder, ignore_errors=True)
        except (AlreadyRunningError, OSError):
            continue
