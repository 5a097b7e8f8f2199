"""PostgreSQL fails statements, or has no connection left: batches are repeated whole, clients are told."""

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from tests.faults.house import House
from tests.faults.trader import limit_order
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.long]
QUICKLY_S = 4.0
INJECTED = 6
# A sequence counts also what is rolled back. Deadlock, serialization failure, statement timeout, in turn.
_INJECT = """
CREATE SEQUENCE injected;
CREATE SEQUENCE passed;
CREATE FUNCTION inject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('passed') % 8 = 0 THEN
        RAISE EXCEPTION 'injected'
            USING ERRCODE = (ARRAY['40P01', '40001', '57014'])[1 + nextval('injected') % 3];
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER inject AFTER INSERT ON exchange_journalentry FOR EACH STATEMENT EXECUTE FUNCTION inject()"""
_HEAL = """
DROP TRIGGER inject ON exchange_journalentry;
DROP FUNCTION inject;
DROP SEQUENCE injected;
DROP SEQUENCE passed"""


@contextmanager
def _failing_statements(house: House) -> Iterator[None]:
    with house.connect() as connection:
        connection.execute(_INJECT)
        try:
            yield
        finally:
            connection.execute(_HEAL)


def _injected(house: House) -> int:
    return int(house.query("SELECT last_value FROM injected")[0][0])


def test_deadlocks_serialization_failures_and_timeouts_lose_and_double_nothing(house: House) -> None:
    engine = house.leader()
    with house.load() as load:
        with _failing_statements(house):
            wait_for("the faults", lambda: _injected(house) >= INJECTED)
        house.assert_resumes(time.monotonic())
        load.await_acknowledged(50)
    assert engine.poll() is None


def _take_all_connections(house: House, stack: ExitStack) -> int:
    for taken in range(1_000):
        try:
            stack.enter_context(house.connect())
        except psycopg.OperationalError:
            return taken
    raise AssertionError("there is no end of connections")


def test_with_no_connection_left_clients_are_told_quickly_and_the_engine_goes_on(house: House) -> None:
    trader = house.trader("alice")
    with house.load() as load, ExitStack() as stack:
        load.await_acknowledged(10)
        before = house.shard()
        assert _take_all_connections(house, stack) > 10
        for _ in range(10):
            began = time.monotonic()
            order = limit_order(f"full-{secrets.token_hex(4)}", "BUY", "40000")
            answer = trader.try_call("POST", "/api/v1/orders", order)
            assert answer is not None
            assert answer.status in (200, 503), answer
            assert time.monotonic() - began < QUICKLY_S
            listed = trader.try_call("GET", "/api/v1/balances")
            assert listed is not None
            assert listed.status in (200, 503), listed
        stack.close()
        house.assert_resumes(time.monotonic())
        assert house.shard().epoch == before.epoch
        load.await_acknowledged(30)
