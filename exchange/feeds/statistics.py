"""Tickers and live candles on a socket: read from the stored candles when there was a trade, and not often.

Nothing is kept here that could drift from what is stored: each look reads the truth again, once for all who
listen.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from access.sockets.frames import Frame, encode
from access.sockets.outbox import Outbox, Subscription
from access.sockets.topic import Topic

logger = logging.getLogger(__name__)

Content = dict[str, object]
Look = Callable[[], Awaitable[Content]]


class Statistic:
    """One thing that is looked at again when it may have changed: at once where nobody knows it yet, else at
    most every `pause_s`, and after `stale_s` in any case, because time alone changes it too."""

    def __init__(self, head: dict[str, object], look: Look, *, pause_s: float, stale_s: float) -> None:
        self.topic = Topic()
        self._head = head
        self._look = look
        self._pause_s = pause_s
        self._stale_s = stale_s
        self._content: Content | None = None
        self._looked_at = float("-inf")
        self._is_dirty = True
        self._task: asyncio.Task[None] | None = None

    def note_change(self) -> None:
        self._is_dirty = True

    def tick(self, now: float) -> None:
        """Called often: looks if it is time and somebody listens."""
        if not self.topic:
            self._content = None
            return
        pause_s = self._pause_s if self._is_dirty else self._stale_s
        if self._task is None and (self._content is None or now - self._looked_at >= pause_s):
            self._looked_at = now
            self._is_dirty = False
            self._task = asyncio.create_task(self._run(), name="statistic")

    async def _run(self) -> None:
        try:
            content = await self._look()
        except Exception as error:  # noqa: BLE001 (it is looked at again)
            logger.warning("%s cannot be read: %s", self._head, error)
            self._is_dirty = True
        else:
            self._publish(content)
        finally:
            self._task = None

    def _publish(self, content: Content) -> None:
        is_first = self._content is None
        if content == self._content:
            return
        self._content = content
        if is_first:
            self.topic.publish(self._frame("snapshot"))
        else:
            self.topic.publish(self._frame("update"))

    def _frame(self, kind: str) -> Frame:
        assert self._content is not None
        now_ms = time.time_ns() // 1_000_000
        return encode({**self._head, "type": kind, "time_ms": now_ms, **self._content})

    def join(self, subscription: Subscription) -> None:
        self.topic.join(subscription)
        self.send_to(subscription)
        self.tick(time.monotonic())

    def send_to(self, subscription: Subscription) -> None:
        if self._content is not None:
            subscription.send(self._frame("snapshot"))


class StatisticSubscription(Subscription):
    def __init__(self, outbox: Outbox, statistic: Statistic) -> None:
        super().__init__(outbox)
        self._statistic = statistic

    def begin(self) -> None:
        self._statistic.join(self)

    def refresh(self) -> None:
        self._statistic.send_to(self)

    def close(self) -> None:
        self._statistic.topic.leave(self)
