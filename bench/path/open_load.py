"""Offers commands to the engine at a fixed rate and takes the time of each committed reply. One thread."""

import time

from bench.path.wire import Wire

_PATIENCE_S = 60.0
_TURN_S = 0.0005
_MOST_AT_ONCE = 500


def offer(wire: Wire, count: int, rate: int) -> list[float]:
    """Seconds from when each command was due to its reply, in the order of the replies."""
    started_at = time.perf_counter()
    latencies: list[float] = []
    ends_at = started_at + count / rate + _PATIENCE_S
    while len(latencies) < count:
        now = time.perf_counter()
        assert now < ends_at, f"{count - len(latencies)} commands were not answered"
        due = min(int((now - started_at) * rate) + 1, count, wire.unsent + _MOST_AT_ONCE)
        if due > wire.unsent:
            wire.send(due - wire.unsent)
        answered = wire.answered(_TURN_S)
        now = time.perf_counter()
        latencies += [now - started_at - number / rate for number in answered]
    return latencies
