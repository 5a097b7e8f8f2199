"""A pytest plugin that gives the run a real PostgreSQL and a real Redis before Django reads its settings.

It starts what DATABASE_URL and REDIS_URL do not name. Under xdist the controller starts them once, workers
inherit the URLs, and each gets a test database and a Redis database of its own.
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

from config.embedded.errors import AlreadyRunningError
from config.embedded.state import hold_lock
from config.embedded.temporary import temporary_servers

_FOLDER_PREFIX = "ballast-test-"
_ABANDONED_SECONDS = 3600
_FIRST_REDIS_DATABASE = 8  # tests empty theirs, so never the one in use that the URL may name
_URLS = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    missing = [server for variable, server in _URLS.items() if not os.environ.get(variable)]
    if missing:
        _start(early_config, missing)
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
    servers = running.enter_context(temporary_servers(_FOLDER_PREFIX, only=missing))
    config.add_cleanup(running.close)
    if "postgres" in missing:
        os.environ["DATABASE_URL"] = servers.database_url
    if "valkey" in missing:
        os.environ["REDIS_URL"] = servers.redis_url


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
