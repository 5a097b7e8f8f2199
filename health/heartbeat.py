"""The heartbeat of this process: a thread that says every two seconds that, and how, the process lives.

It never harms the process: whatever is wrong with Redis is logged once, and the beat resumes by itself.
"""

import logging
import os
import socket
import threading
import time
from contextlib import suppress

from redis import Redis

from health.metrics import exposition
from health.rules import BEAT_MS
from health.store import Beat, count_start, open_redis, say_beat, say_goodbye, say_metrics

logger = logging.getLogger(__name__)

METRICS_S = 5.0
RESTARTS = "BALLAST_RESTARTS"  # set by whoever starts the process again and again and counts
_LONGEST_ERROR = 100


class Heart(threading.Thread):
    def __init__(self, process: str, instance: str, silent_after_s: float) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.process = process
        self.instance = instance
        self._silent_after_ms = int(silent_after_s * 1000)
        self._since = self._worked_at = self._error_at = time.monotonic()
        self._error = ""
        counted = os.environ.get(RESTARTS, "")
        self._restarts: int | None = int(counted) if counted.isdecimal() else None
        self._metrics_at = float("-inf")
        self._stopping = threading.Event()
        self._is_heard = True

    def worked(self) -> None:
        self._worked_at = time.monotonic()

    def failed(self, error: BaseException) -> None:
        """Only what kind of error: its text may hold what nobody but the log should see."""
        state = getattr(error, "sqlstate", None)
        kind = f"{type(error).__module__.partition('.')[0]}.{type(error).__qualname__}"
        self._error = (f"{kind} {state}" if state else kind)[:_LONGEST_ERROR]
        self._error_at = time.monotonic()

    def run(self) -> None:
        redis = open_redis()
        while True:
            self._say(redis)
            if self._stopping.wait(BEAT_MS / 1000):
                break
        with suppress(Exception):
            say_goodbye(redis, self.process, self.instance)
        redis.close()

    def _say(self, redis: Redis) -> None:
        try:
            if self._restarts is None:
                self._restarts = count_start(redis, self.process)
            say_beat(redis, self.beat())
            if time.monotonic() - self._metrics_at >= METRICS_S:
                self._metrics_at = time.monotonic()
                say_metrics(redis, self.process, self.instance, exposition())
        except Exception as error:  # noqa: BLE001 (nothing that is wrong here may end the beat)
            if self._is_heard:
                logger.warning("the heartbeat is not heard: %s", error)
            self._is_heard = False
        else:
            self._is_heard = True

    def beat(self) -> Beat:
        now = time.monotonic()
        return Beat(
            process=self.process,
            instance=self.instance,
            up_ms=int((now - self._since) * 1000),
            worked_ago_ms=int((now - self._worked_at) * 1000),
            silent_after_ms=self._silent_after_ms,
            restarts=self._restarts or 0,
            error=self._error,
            error_ago_ms=int((now - self._error_at) * 1000) if self._error else 0,
        )

    def stop(self, patience_s: float = 1.0) -> None:
        """Say goodbye. Waits for that, but not long."""
        self._stopping.set()
        if self.is_alive():
            self.join(patience_s)


class _Owner:
    """The one heart of this process, if it has been started."""

    heart: Heart | None = None


def this_instance() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def start(process: str, instance: str = "", *, silent_after_s: float = 0.0) -> Heart:
    """`silent_after_s`: without a `worked()` for so long the process counts as stuck; 0: never."""
    stop()
    _Owner.heart = Heart(process, instance or this_instance(), silent_after_s)
    _Owner.heart.start()
    return _Owner.heart


def worked() -> None:
    """The loop has turned. Costs well under a microsecond; does nothing where no heart beats."""
    if _Owner.heart is not None:
        _Owner.heart.worked()


def failed(error: BaseException) -> None:
    """Something went wrong that the process survives."""
    if _Owner.heart is not None:
        _Owner.heart.failed(error)


def stop() -> None:
    if _Owner.heart is not None:
        _Owner.heart.stop()
        _Owner.heart = None


def current() -> Heart | None:
    return _Owner.heart
