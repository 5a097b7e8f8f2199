"""A service that meets a deadlock runs again, unless it is part of somebody else's transaction."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from ledger.models import Account
from tests.ledger.scene import funding, move, stands_at

pytestmark = pytest.mark.usefixtures("committed_ledger")

LOCK = "SELECT 1 FROM ledger_account WHERE id = %s FOR UPDATE"


@pytest.fixture
def rude(committed_ledger: None, database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody who locks against the order and has the longer breath in a deadlock."""
    with psycopg.connect(database_url) as own:
        own.execute("SET deadlock_timeout = '30s'")
        own.commit()
        yield own


@contextmanager
def deadlock(
    rude: psycopg.Connection[Any], first: Account, second: Account, work: Callable[[], object]
) -> Iterator["Future[object]"]:
    """`work` locks `first` and waits for `second`, which `rude` holds who then wants `first`."""

    def run() -> object:
        try:
            return work()
        finally:
            connection.close()

    rude.execute(LOCK, [second.pk])
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        wait_until_somebody_waits()
        rude.execute(LOCK, [first.pk])  # returns when the other gives up
        rude.commit()
        yield future


def wait_until_somebody_waits() -> None:
    deadline = monotonic() + 10
    while monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
        sleep(0.01)
    raise AssertionError("nobody came to wait")


def test_a_deadlock_is_tried_again(rude: psycopg.Connection[Any]) -> None:
    alice, bob = funding("alice", 100), funding("bob")
    with deadlock(rude, alice, bob, lambda: move(alice, bob, 40)) as moved:
        moved.result(timeout=30)
    assert (stands_at(alice), stands_at(bob)) == ((60, 0), (40, 0))


def test_inside_a_callers_transaction_it_is_the_callers_to_try_again(rude: psycopg.Connection[Any]) -> None:
    alice, bob = funding("alice", 100), funding("bob")

    def work() -> None:
        with transaction.atomic():
            move(alice, bob, 40)

    with deadlock(rude, alice, bob, work) as moved, pytest.raises(OperationalError, match="deadlock"):
        moved.result(timeout=30)
    assert stands_at(alice) == (100, 0)
