"""What a house can lose for a while, and has again afterwards."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.api.house import House


@contextmanager
def redis_gone(house: House) -> Iterator[None]:
    house.servers.valkey.kill()
    try:
        yield
    finally:
        house.servers.valkey.start()
        house.await_engine()


@contextmanager
def redis_silent(house: House) -> Iterator[None]:
    """It keeps every connection and says nothing."""
    assert house.servers.valkey.pid
    os.kill(house.servers.valkey.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(house.servers.valkey.pid, signal.SIGCONT)
        house.await_engine()


@contextmanager
def engine_killed(house: House) -> Iterator[None]:
    house.engine.kill()
    yield
    house.engine.start()
    house.await_engine()
