"""A real uvicorn with the front door, started once, over the worker's own database and Redis.

The tests commit what they make, each with users of its own, and nothing is truncated between them.
"""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import httpx
import pytest
import uvicorn
from django.db import connection, connections
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from access.door import FrontDoor
from access.guard import GuardedHttp
from access.http import Scope
from access.routes import _resolve
from access.threads import admission_pool, work_pool
from tests.access.people import Person, person

PLENTY = {"key": (10_000, 100_000), "user": (10_000, 100_000), "ip": (10_000, 100_000)}


@pytest.fixture(scope="package")
def front_door() -> FrontDoor:
    return FrontDoor()


@pytest.fixture(scope="package")
def port(front_door: FrontDoor, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """Where the front door is served."""
    with override_settings(ROOT_URLCONF="tests.access.urls", RATE_LIMITS=PLENTY), django_db_blocker.unblock():
        _resolve.cache_clear()
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            front_door, http=GuardedHttp, proxy_headers=False, log_config=None, access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()
        listening.close()
        _forget_everything()
    _resolve.cache_clear()


def _forget_everything() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # past the append-only guard
        cursor.execute("TRUNCATE access_auditentry, access_idempotencyrecord, access_apikey")
        cursor.execute("TRUNCATE access_securitychange, access_recoverycode, access_totpdevice")
        cursor.execute(
            "TRUNCATE access_noticedelivery, access_notice, access_noticechoice, access_webhookendpoint"
        )
        cursor.execute("TRUNCATE access_login, access_emailclaim, access_accountmail")
        cursor.execute("DELETE FROM auth_user")
    connections.close_all()
    for pool in (work_pool, admission_pool):
        _close_connections_of(pool)


def _close_connections_of(pool: ThreadPoolExecutor) -> None:
    """Each thread waits for the others, so that each gets one of the calls."""
    threads = pool._max_workers
    together = threading.Barrier(threads)

    def close() -> None:
        connections.close_all()
        together.wait(10)

    wait([pool.submit(close) for _ in range(threads)])


@pytest.fixture
def client(port: int, db: None) -> Iterator[httpx.Client]:
    # Without TLS there is no store of certificates to load, which takes longer than most tests.
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=False) as client:
        yield client


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In this folder `db` is the database without a transaction around the test: a server reads it too."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def alice(db: None) -> Person:
    return person("alice", scopes=[Scope.READ, Scope.TRADE])


@pytest.fixture
def bob(db: None) -> Person:
    return person("bob", scopes=[Scope.READ, Scope.TRADE])


@pytest.fixture(scope="package")
def shared(port: int) -> Person:
    """A person for tests that only look at answers."""
    return person("shared", scopes=[Scope.READ, Scope.TRADE])
