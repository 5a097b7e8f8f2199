"""What a client can be told: how long to wait, how often to try again, how it numbers time."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`retries` are further tries after the first, of what is safe to repeat. Where the house asks to wait
    for longer than `most_wait_seconds`, the refusal is raised instead. `window_ms`: how long a signed request
    is good."""

    timeout_seconds: float = 15.0
    retries: int = 2
    most_wait_seconds: float = 5.0
    window_ms: int | None = None
    connections: int = 20


class Clock:
    """This machine's time, corrected by what the house says."""

    def __init__(self) -> None:
        self.offset_ms = 0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset_ms

    def learn(self, server_ms: int, *, sent_ms: int, received_ms: int) -> None:
        """The house said `server_ms` somewhere between the two, both of this machine's own time."""
        self.offset_ms = server_ms - (sent_ms + received_ms) // 2


def machine_ms() -> int:
    return time.time_ns() // 1_000_000
