"""The heartbeat of this process: a thread that says every two seconds that, and how, the process lives.

Whatever is wrong with Redis harms no process: it is logged once, and the beat resumes by itself. A process
that nobody supervises is ended here for good reason: an operator's order, or a loop that no longer turns.
"""

import logging
import os
import signal
import socket
import threading
import time
from contextlib import suppress

from redis import Redis

from health.metrics import exposition
from health.rules import BEAT_MS, Liveness, liveness
from health.store import Beat, count_start, open_redis, say_beat, say_goodbye, say_metrics
from health.supervised import restart_orders
from health.watchdog import STUCK

logger = logging.getLogger(__name__)

METRICS_S = 5.0
RESTARTS = "BALLAST_RESTARTS"  # set by whoever starts the process again and again and counts
PROCESS = "BALLAST_PROCESS"  # set by the process table
STUCK_BEATS = 15  # so many in a row that say that the loop does not turn
LEAVING_BEATS = 8  # then a process that was told to end has had its time
_LONGEST_ERROR = 100


class Conscience:
    """Of a process without a supervisor: when it has to end, and that it does; its platform starts it anew.

    It counts beats and not the clock, so that a process that was stopped and woken goes on.
    """

    def __init__(self, process: str) -> None:
        self._process = process
        self.is_awake = os.environ.get(PROCESS) == process and RESTARTS not in os.environ
        self._order: str | None = None  # the latest that is known; "" is none
        self._stuck = 0
        self._leaving = 0

    def look(self, redis: Redis, beat: Beat) -> None:
        """After each beat that was heard."""
        if not self.is_awake:
            return
        is_stuck = liveness(
            beat_age_ms=0, worked_age_ms=beat.worked_ago_ms, silent_after_ms=beat.silent_after_ms
        )
        self._stuck = self._stuck + 1 if is_stuck is Liveness.STUCK else 0
        self._leaving += 1 if self._leaving else 0
        if self._stuck > STUCK_BEATS or self._leaving > LEAVING_BEATS:
            logger.critical("this process does not turn, or does not end as it was told to: leaving")
            os._exit(STUCK)
        order = restart_orders(redis, [self._process]).get(self._process, "")
        if self._order is not None and order and order != self._order:
            logger.warning("an operator has this process started again")
            self._leaving = 1
            os.kill(os.getpid(), signal.SIGTERM)
        self._order = order or self._order or ""


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
        self._conscience = Conscience(process)

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
            self.say(redis)
            if self._stopping.wait(BEAT_MS / 1000):
                break
        with suppress(Exception):
            say_goodbye(redis, self.process, self.instance)
        redis.close()

    def say(self, redis: Redis) -> None:
        """One beat; raises nothing. For who has no thread to spare, instead of `start`."""
        try:
            if self._restarts is None:
                self._restarts = count_start(redis, self.process)
            beat = self.beat()
            say_beat(redis, beat)
            self._conscience.look(redis, beat)
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
