"""Clocks that stand still until a test moves them: Redis's, as shared round trips read it, and a module's."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from redis import Redis

from access import shared_rounds
from access.shared_rounds import SharedRounds

_READ = "redis.call('TIME')"
_KEY = "test:clock"
_STILL = f"{{redis.call('GET', '{_KEY}') or {_READ}[1], '0'}}"  # it goes on where a test empties Redis


class RedisClock:
    """What scripts of `SharedRounds` take for the time. A minute begins, in the middle of a day."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.seconds = 1_800_000_000
        self.advance(0)

    def advance(self, seconds: int) -> None:
        self.seconds += seconds
        self._redis.set(_KEY, self.seconds)


def stop_new_rounds(patch: pytest.MonkeyPatch) -> None:
    """Those that are made from now on read the clock that stands still."""
    assert _READ in shared_rounds._BEGINNING
    patch.setattr(shared_rounds, "_BEGINNING", shared_rounds._BEGINNING.replace(_READ, _STILL))


def stop_rounds(rounds: SharedRounds[Any, Any], patch: pytest.MonkeyPatch) -> None:
    """The same for what stands already."""
    assert _READ in rounds._script
    patch.setattr(rounds, "_script", rounds._script.replace(_READ, _STILL))
    patch.setattr(rounds, "_sha", "")


def stop_module(module: object, patch: pytest.MonkeyPatch) -> None:
    """To this module it stays as late as it is now."""
    now_ns = time.time_ns()
    still = SimpleNamespace(time_ns=lambda: now_ns, time=lambda: now_ns / 1e9, monotonic=time.monotonic)
    patch.setattr(module, "time", still)
