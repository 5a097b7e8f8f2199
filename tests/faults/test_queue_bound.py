"""An engine that does not keep up: what is not accepted is said so and never carried out later."""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from exchange.engine.commands import cancel_order
from exchange.queue import FIELD, MAX_QUEUE_LENGTH, alive_key, stream_key
from exchange.wire import encode_envelope
from tests.faults.house import House
from tests.faults.trader import Answer, limit_order
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long]


@contextmanager
def _stopped_engine(house: House, *, seems_alive: bool) -> Iterator[None]:
    engine = house.leader()
    os.kill(engine.pid, signal.SIGSTOP)
    try:
        with house.redis() as redis:
            if seems_alive:
                redis.set(alive_key(0), b"1", px=60_000)
            else:
                redis.delete(alive_key(0))
        yield
    finally:
        os.kill(engine.pid, signal.SIGCONT)


def _assert_not_accepted(house: House, answer: Answer, client_order_id: str, code: str) -> None:
    assert (answer.status, answer.code) == (503, code)
    assert int(answer.headers["retry-after"]) >= 1
    house.record.absent.add(client_order_id)


def test_a_full_queue_and_a_dead_engine_refuse_and_never_accept_later(house: House) -> None:
    trader = house.trader("alice")
    full, dead = f"full-{secrets.token_hex(4)}", f"dead-{secrets.token_hex(4)}"
    # One command many times over: the engine carries it out once.
    filler = encode_envelope(command_id=uuid4(), reply_to="", command=cancel_order(account=1, order_id=1))
    with house.load():
        before = house.shard()
    with _stopped_engine(house, seems_alive=True), house.redis() as redis:
        pipeline = redis.pipeline(transaction=False)
        for _ in range(MAX_QUEUE_LENGTH):
            pipeline.xadd(stream_key(0), {FIELD: filler})
        pipeline.execute()
        answer = trader.call("POST", "/api/v1/orders", limit_order(full, "BUY", "40000"))
        _assert_not_accepted(house, answer, full, "QUEUE_FULL")
        redis.delete(alive_key(0))
        answer = trader.call("POST", "/api/v1/orders", limit_order(dead, "BUY", "40000"))
        _assert_not_accepted(house, answer, dead, "ENGINE_UNAVAILABLE")
        assert trader.truth_about(dead).status == 404
    house.assert_resumes(time.monotonic())
    with house.redis() as redis:
        wait_for("the queue to be empty", lambda: redis.xlen(stream_key(0)) == 0)
    assert before.sequence < house.shard().sequence < before.sequence + 1_000


def test_a_command_that_is_read_after_its_window_is_refused_and_the_query_says_so(house: House) -> None:
    trader, late = house.trader("alice"), f"late-{secrets.token_hex(4)}"
    with _stopped_engine(house, seems_alive=True):
        answer = trader.call("POST", "/api/v1/orders", limit_order(late, "BUY", "40000"), window_ms=1_000)
        assert (answer.status, answer.code) == (504, "OUTCOME_UNKNOWN")
        pending = trader.call("GET", f"/api/v1/orders/by-client-id/{late}")
        assert (pending.status, pending.body["order"]["status"]) == (202, "PENDING")
    truth = trader.truth_about(late)
    assert truth.body["order"]["status"] == "REJECTED"
    assert truth.body["order"]["reject_reason"] == "DEADLINE_PASSED"
    house.record.absent.add(late)
    house.assert_resumes()
