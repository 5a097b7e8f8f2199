"""Redis is killed, emptied, set back and cut short under load: it carries commands and never records them."""

import os
import signal
import time

import pytest

from exchange.queue import FIELD, generation_key, stream_key
from exchange.rules import entry_order
from tests.faults.house import House
from tests.support.waiting import wait_for

pytestmark = pytest.mark.faults
KILLS = 3
CUTS = 10
CUT_BYTES = 60_000
DAY_MS = 24 * 3600 * 1000


def _run_id(house: House) -> str:
    with house.redis() as redis:
        return str(redis.info("server")["run_id"])


def _token(house: House) -> bytes:
    with house.redis() as redis:
        return bytes(redis.get(generation_key(0)) or b"")


def _assert_new_generation_is_stored(house: House, before: str) -> None:
    wait_for("the new generation in the shard's row", lambda: house.shard().stream_generation != before)


def test_killed_and_started_again_with_its_data_it_loses_nothing_acknowledged(house: House) -> None:
    with house.load() as load:
        for _ in range(KILLS):
            load.await_acknowledged(30)
            run_id, generation = _run_id(house), house.shard().stream_generation
            house.servers.valkey.kill()
            house.servers.valkey.start()
            house.assert_resumes(time.monotonic())
            assert _run_id(house) != run_id
            _assert_new_generation_is_stored(house, generation)
        load.await_acknowledged(50)


def _flush(house: House) -> None:
    with house.redis() as redis:
        redis.flushall()


def test_emptied_it_takes_commands_again_and_loses_nothing_acknowledged(house: House) -> None:
    with house.load() as load:
        for _ in range(KILLS):
            load.await_acknowledged(30)
            token, generation = _token(house), house.shard().stream_generation
            _flush(house)
            house.assert_resumes(time.monotonic())
            assert _token(house) not in (token, b"")
            _assert_new_generation_is_stored(house, generation)
        load.await_acknowledged(50)


def test_emptied_by_a_clock_that_went_back_it_does_not_stall(house: House) -> None:
    with house.load() as load:
        load.await_acknowledged(30)
        with house.redis() as redis:
            tomorrow = f"{int(time.time() * 1000) + DAY_MS}-0"
            redis.xadd(stream_key(0), {FIELD: b"from tomorrow"}, id=tomorrow)
        wait_for("tomorrow's id to be applied", lambda: house.shard().stream_id >= tomorrow)
        load.await_acknowledged(30)
        ahead = house.shard().stream_id
        _flush(house)
        house.assert_resumes(time.monotonic())
        load.await_acknowledged(50)
    assert entry_order(house.shard().stream_id) < entry_order(ahead)


def test_when_every_connection_to_it_is_cut_no_command_is_sent_twice(house: House) -> None:
    """An answer of Redis that is lost says nothing about the command: the web process must not guess."""
    with house.load() as load, house.redis() as redis:
        cut = 0
        for _ in range(CUTS):
            load.await_acknowledged(5)
            cut += int(redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
        cut += int(redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub"))
        assert cut > CUTS
        house.assert_resumes(time.monotonic())
        load.await_acknowledged(50)


def test_frozen_and_woken_it_serves_again_and_the_truth_is_told(house: House) -> None:
    valkey = house.servers.valkey
    with house.load() as load:
        load.await_acknowledged(30)
        os.kill(valkey.pid, signal.SIGSTOP)
        try:
            counts = house.record.counts
            unknown = counts["503"] + counts["504"]
            wait_for("clients to be told", lambda: counts["503"] + counts["504"] > unknown + 2)
        finally:
            os.kill(valkey.pid, signal.SIGCONT)
        house.assert_resumes(time.monotonic())
        load.await_acknowledged(50)


def test_with_the_end_of_its_log_cut_off_it_loses_nothing_acknowledged(house: House) -> None:
    log_folder = house.servers.valkey.folder / "appendonlydir"
    with house.load() as load:
        for _ in range(2):
            load.await_acknowledged(60)
            generation = house.shard().stream_generation
            house.servers.valkey.kill()
            (log,) = log_folder.glob("*.incr.aof")
            size = log.stat().st_size
            assert size > CUT_BYTES, "nothing to cut"
            with log.open("r+b") as file:
                file.truncate(size - CUT_BYTES)
            house.servers.valkey.start()
            house.assert_resumes(time.monotonic())
            _assert_new_generation_is_stored(house, generation)
        load.await_acknowledged(50)
