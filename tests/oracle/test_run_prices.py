"""`run_prices` in processes of its own: it tells prices, stands by, and leaves when it is told to."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings
from django.db import connection

from access.redis_client import brief_redis
from oracle.models import Round
from oracle.rules.encoding import decode_view
from oracle.rules.view import PriceView
from oracle.services.current import PRICE_KEY
from tests.oracle.rows import House
from tests.platform.processes import environment

pytestmark = pytest.mark.long

WAIT_S = 30.0
SOURCES = "simulated:1,simulated:2,simulated:3"


@contextmanager
def running(database_url: str, sources: str = SOURCES) -> Iterator[subprocess.Popen[str]]:
    own = {
        "DATABASE_URL": database_url,
        "REDIS_URL": settings.REDIS_URL,
        "BALLAST_ORACLE_SOURCES": sources,
        "BALLAST_ORACLE_MODE": "push",
        "BALLAST_ORACLE_POLL_SECONDS": "0.5",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_prices"],
        cwd=settings.BASE_DIR,
        env=environment(**own),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def told() -> PriceView | None:
    data = brief_redis().get(PRICE_KEY)
    return decode_view(data) if isinstance(data, bytes) else None


def is_priced() -> bool:
    view = told()
    return view is not None and view.last is not None


def holders() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND granted AND datname = current_database()"
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def test_it_tells_a_price_writes_rounds_and_leaves_when_it_is_told_to(
    house: House, database_url: str
) -> None:
    with running(database_url) as process:
        until(is_priced)
        until(lambda: Round.objects.count() >= 3)
        view = told()
        assert view is not None
        assert view.simulated
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(WAIT_S) == 0
        assert time.monotonic() - began < 5
    last = told()
    assert last is not None
    assert Round.objects.filter(pk=last.round_id).exists()


def test_another_stands_by_and_takes_over(house: House, database_url: str) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(running(database_url))
        until(is_priced)
        stack.enter_context(running(database_url))
        first.kill()
        first.wait(WAIT_S)
        before = told()
        assert before is not None
        until(lambda: (view := told()) is not None and view.round_id > before.round_id + 2)
        assert holders() == 1


@pytest.mark.parametrize("sources", ["nowhere:BTC/USD", "kraken"])
def test_it_does_not_start_with_a_source_that_nothing_is(
    house: House, database_url: str, sources: str
) -> None:
    with running(database_url, sources) as process:
        _, said = process.communicate(timeout=WAIT_S)
        assert process.returncode == 1
        assert sources.split(":")[0] in said
