"""The thread in which `run_prices` hears its sources."""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence

from django.conf import settings

from oracle.inbox import Inbox
from oracle.polling import Poller
from oracle.sources.registry import make_sources
from oracle.sources.surroundings import Surroundings
from oracle.streaming import hear_all, make_streams

logger = logging.getLogger(__name__)

CLOSING_S = 2.5
TURN_S = 1.0
STUCK_S = 30.0


class Deaf(Exception):
    """The thread that hears is gone or stuck."""


class Listening:
    """Hears until it is stopped. Raises NoSource and UnsafeAddress for what can never be heard."""

    def __init__(self, names: Sequence[str], around: Surroundings, inbox: Inbox) -> None:
        self._streams, asked = make_streams(names, around)
        self._poller = Poller(make_sources(asked, around), settings.ORACLE_DEADLINE_SECONDS)
        self._inbox = inbox
        self._loop = asyncio.new_event_loop()
        self._hearing: asyncio.Task[None] | None = None
        self._turned_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="price feeds", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises Deaf."""
        if not self._thread.is_alive():
            raise Deaf("the thread of price feeds has ended")
        if time.monotonic() - self._turned_at > STUCK_S:
            raise Deaf("the thread of price feeds is stuck")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._hear())
        except Exception:
            logger.exception("hearing ended by itself")

    async def _hear(self) -> None:
        hearing = hear_all(self._streams, self._poller, self._inbox, settings.ORACLE_POLL_SECONDS)
        self._hearing = asyncio.create_task(hearing)
        while not self._hearing.done():
            self._turned_at = time.monotonic()
            await asyncio.wait([self._hearing], timeout=TURN_S)
        if not self._hearing.cancelled():
            self._hearing.result()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(CLOSING_S)

    def _cancel(self) -> None:
        if self._hearing is not None:
            self._hearing.cancel()
