"""Ends a process whose loop is stuck: whoever stands by takes over, or whoever started it starts it anew."""

import logging
import os
import threading
import time

logger = logging.getLogger(__name__)

SILENCE_LIMIT_S = 30
STUCK = 70  # the exit code


class Watchdog(threading.Thread):
    """The loop sets `silent_ticks` to 0 with each turn. A stuck process is worse than none.

    It counts its own ticks and not the clock, so that a process that was stopped and woken goes on.
    """

    def __init__(self, *, limit: int = SILENCE_LIMIT_S, tick_s: float = 1.0) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.silent_ticks = 0
        self._limit = limit
        self._tick_s = tick_s

    def run(self) -> None:
        while self.silent_ticks < self._limit:
            self.silent_ticks += 1
            time.sleep(self._tick_s)
        logger.critical("the loop has been silent for %s s: leaving", self._limit * self._tick_s)
        os._exit(STUCK)
