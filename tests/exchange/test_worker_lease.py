"""Who leads: one at a time, the next when the lease is given back or has run out, never the one before."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from exchange.connections import engine_connection
from exchange.models import JournalEntry, Order, Shard
from exchange.worker import Fenced, Limits, Worker
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, client, settle

SHORT = Limits(block_ms=5, lease_s=0.3, chores_s=0.0, transaction_s=0.5)
PATIENCE_S = 20.0


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline


def _lead(worker: Any) -> bool:
    worker.run_once()
    return bool(worker.leads)


@pytest.mark.parametrize("skew_s", [3_600, -3_600, 2])
def test_whose_clock_is_wrong_does_not_lead_and_says_so(
    scene: Scene, skew_s: int, caplog: pytest.LogCaptureFixture
) -> None:
    scene.worker.stop()
    right = scene.another(holder="right")
    wrong = scene.another(holder="wrong", clock_ns=lambda: time.time_ns() + skew_s * 10**9)
    for _ in range(3):
        assert not _lead(wrong)
    assert [record.levelname for record in caplog.records if "clock differs" in record.message] == ["ERROR"]
    assert _lead(right)


def test_a_clock_that_is_set_back_while_leading_never_takes_time_back(scene: Scene) -> None:
    ahead_ns = [900 * 10**6]
    scene.worker.stop()
    scene.worker = scene.another(holder="ahead", clock_ns=lambda: time.time_ns() + ahead_ns[0])
    settle(scene.worker)
    scene.tell(limit(scene.alice, BUY, "50000"))
    ahead_ns[0] = -3_600 * 10**9
    scene.tell(limit(scene.alice, BUY, "50001"))
    times = list(JournalEntry.objects.order_by("id").values_list("timestamp_ns", flat=True))
    assert times == sorted(times)
    scene.check()


def test_a_second_worker_stands_by_until_the_first_gives_the_lease_back(scene: Scene) -> None:
    second = scene.another(holder="second")
    assert second.run_once() is False
    assert not second.leads
    scene.worker.stop()
    assert _lead(second)
    assert Shard.objects.get().holder.startswith("second:")


def test_a_lease_that_ran_out_is_taken_and_the_first_is_fenced(scene: Scene) -> None:
    scene.worker.stop()
    first, second = scene.another(holder="first", limits=SHORT), scene.another(holder="second", limits=SHORT)
    settle(first)
    _until(lambda: _lead(second))
    entries = JournalEntry.objects.count()
    scene.put(limit(scene.alice, BUY, "50000"))
    with pytest.raises(Fenced):
        settle(first)
    assert JournalEntry.objects.count() == entries
    first.forget()
    settle(second)
    assert Order.objects.count() == 1
    assert JournalEntry.objects.latest("id").epoch == Shard.objects.get().epoch
    scene.worker = second
    scene.check()


def test_a_leader_without_work_keeps_its_lease(scene: Scene) -> None:
    scene.worker.stop()
    first, second = scene.another(holder="first", limits=SHORT), scene.another(holder="second", limits=SHORT)
    settle(first)
    epoch = Shard.objects.get().epoch
    ends = time.monotonic() + 4 * SHORT.lease_s
    while time.monotonic() < ends:
        first.run_once()
        assert second.run_once() is False
    assert Shard.objects.get().epoch == epoch


def test_a_worker_that_starts_over_takes_its_own_lease_back_at_once(scene: Scene) -> None:
    epoch = Shard.objects.get().epoch
    scene.worker.forget()
    scene.worker.run_once()
    assert scene.worker.leads
    assert Shard.objects.get().epoch == epoch + 1


def test_a_leader_that_cannot_reach_redis_leaves_the_lease_to_one_that_can(scene: Scene) -> None:
    scene.worker.stop()
    own, other = client(), scene.another(limits=SHORT)
    cut_off = Worker(shard=0, holder="cut off", connect=engine_connection, client=own, limits=SHORT)
    settle(cut_off)
    nowhere = Redis(unix_socket_path="/nonexistent/valkey.sock", retry=Retry(NoBackoff(), 0))
    own.connection_pool = nowhere.connection_pool
    cut_off.forget()

    def takes_over() -> bool:
        with pytest.raises(RedisError):
            cut_off.run_once()
        cut_off.forget()
        return _lead(other)

    _until(takes_over)
    assert not cut_off.leads


def test_two_workers_of_one_name_do_not_take_the_lease_from_each_other(scene: Scene) -> None:
    namesake = scene.another()
    assert namesake.run_once() is False
    assert not namesake.leads


def test_a_lease_from_before_the_clock_was_set_back_does_not_last(scene: Scene) -> None:
    Shard.objects.update(holder="dead", lease_expires_at=datetime.now(UTC) + timedelta(hours=1))
    successor = scene.another()
    assert _lead(successor)
    successor.stop()


def test_it_commits_durably_whatever_the_default_of_its_database_is(scene: Scene) -> None:
    scene.worker.stop()
    connections: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        connections.append(engine_connection())
        connections[-1].execute("SET synchronous_commit = off")
        return connections[-1]

    worker = scene.another(connect=connect)
    assert _lead(worker)
    assert connections[-1].execute("SHOW synchronous_commit").fetchone() == ("on",)
    worker.stop()


def test_nobody_takes_the_lease_while_a_leader_loads_for_longer_than_it_lasts(scene: Scene) -> None:
    scene.worker.stop()
    loading, waiting = scene.another(limits=SHORT), scene.another(limits=SHORT)
    with engine_connection() as obstacle:
        with obstacle.transaction():
            obstacle.execute("LOCK TABLE exchange_balance IN ACCESS EXCLUSIVE MODE")
            thread = threading.Thread(target=loading.run_once)
            thread.start()
            _until(lambda: _waits_for_a_lock(obstacle))
            ends = time.monotonic() + 2 * SHORT.lease_s
            while time.monotonic() < ends:
                assert waiting.run_once() is False
        thread.join(PATIENCE_S)
    assert loading.leads
    assert waiting.run_once() is False
    loading.stop()


def _waits_for_a_lock(connection: psycopg.Connection[Any]) -> bool:
    statement = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'exchange_balance'::regclass"
    row = connection.execute(statement).fetchone()
    return row is not None and row[0] > 0


@pytest.mark.parametrize("in_pipeline", [False, True])
def test_a_leader_that_hangs_in_its_transaction_does_not_keep_others_from_leading(
    scene: Scene, in_pipeline: bool
) -> None:
    """As one that is stopped, or cut off, between its first statement and its commit."""
    scene.worker.stop()
    connections: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        connections.append(engine_connection())
        return connections[-1]

    hanging, other = scene.another(limits=SHORT, connect=connect), scene.another(limits=SHORT)
    settle(hanging)
    (connection,) = connections
    if in_pipeline and connection.info.server_version < 170_000:
        pytest.skip("only PostgreSQL 17 bounds a transaction whose pipeline stands still")
    if in_pipeline:
        connection.pgconn.enter_pipeline_mode()
        for statement in (b"BEGIN", b"UPDATE exchange_shard SET holder = 'half a batch'"):
            connection.pgconn.send_query_params(statement, [])
        connection.pgconn.send_flush_request()
        connection.pgconn.flush()
    else:
        connection.execute("BEGIN")
        connection.execute("UPDATE exchange_shard SET holder = 'half a batch'")
    _until(lambda: _lead(other))
    assert "half a batch" not in Shard.objects.get().holder
    other.stop()
