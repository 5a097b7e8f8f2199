"""Sends commands to the engine as fast as their committed replies allow. One thread."""

import time

from bench.path.wire import Wire

CHUNK = 500
ON_THE_WAY = 5_000
_TURN_S = 0.01
_PATIENCE_S = 60.0


def press(wire: Wire, count: int) -> None:
    """Returns when every command has its committed reply."""
    answered, heard_at = 0, time.monotonic()
    while answered < count:
        chunk = min(CHUNK, count - wire.unsent)
        sends = 0 < chunk <= ON_THE_WAY - (wire.unsent - answered)
        if sends:
            wire.send(chunk)
        found = wire.answered(0 if sends else _TURN_S)
        if found:
            answered += len(found)
            heard_at = time.monotonic()
        assert time.monotonic() - heard_at < _PATIENCE_S, f"{count - answered} commands were not answered"
