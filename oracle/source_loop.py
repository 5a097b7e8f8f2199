"""The thread that owns the event loop in which this process asks its sources. One for a process, made lazily.

Connections to sources stay open from one round to the next because the loop lives as long as the process.
"""

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings

from oracle.polling import Polled, Poller
from oracle.sources.registry import make_sources
from oracle.sources.surroundings import surroundings

logger = logging.getLogger(__name__)

T = TypeVar("T")
PATIENCE_S = 5.0  # beyond the deadline, for a loop that is held up
CLOSING_S = 3.0


class SourceLoop:
    """A poller and the thread it runs in. `poll` blocks its caller, who may be any thread."""

    def __init__(self, poller: Poller, deadline_s: float) -> None:
        self._poller = poller
        self._longest_s = deadline_s + PATIENCE_S
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="price sources", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def poll(self) -> Polled:
        """Raises TimeoutError where the loop itself is stuck."""
        return self.run(self._poller.poll(), self._longest_s)

    def run(self, work: Coroutine[Any, Any, T], longest_s: float) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(longest_s)
        except TimeoutError:
            future.cancel()
            raise

    def abandon(self) -> None:
        """It is stuck: it closes what it has once it comes to itself, and nobody waits for that."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)

    async def _end(self) -> None:
        try:
            await self._poller.close()
        finally:
            self._loop.stop()

    def close(self) -> None:
        with suppress(TimeoutError):
            self.run(self._poller.close(), CLOSING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_S)
        if not self._thread.is_alive():
            self._loop.close()


class _Owner:
    """The one loop of this process. A forked child has its parent's object and not its thread."""

    lock = threading.Lock()
    loop: SourceLoop | None = None
    process: int = 0


def poll_sources() -> Polled:
    """One round of the sources of the settings. The first call of a process makes them.

    Raises NoSource or UnsafeAddress for settings that name what cannot be, and TimeoutError where the loop is
    stuck: the next call makes another, or this process would hold each of its rounds up and make none.
    """
    loop = _loop_of_this_process()
    try:
        return loop.poll()
    except TimeoutError:
        _give_up(loop)
        raise


def _give_up(stuck: SourceLoop) -> None:
    with _Owner.lock:
        if _Owner.loop is stuck:
            _Owner.loop = None
            stuck.abandon()
            logger.error("the loop of price sources was stuck, and another takes its place")


def _loop_of_this_process() -> SourceLoop:
    with _Owner.lock:
        if _Owner.loop is None or _Owner.process != os.getpid():
            deadline_s = settings.ORACLE_DEADLINE_SECONDS
            sources = make_sources(settings.ORACLE_SOURCES, surroundings())
            _Owner.loop = SourceLoop(Poller(sources, deadline_s), deadline_s)
            _Owner.process = os.getpid()
        return _Owner.loop


def close_sources() -> None:
    """Let go of every connection; the next round makes them anew."""
    with _Owner.lock:
        loop, _Owner.loop = _Owner.loop, None
        if loop is not None and _Owner.process == os.getpid():
            loop.close()


def _forget_lock() -> None:
    _Owner.lock = threading.Lock()  # a fork may have copied it while somebody held it


os.register_at_fork(after_in_child=_forget_lock)
atexit.register(close_sources)
