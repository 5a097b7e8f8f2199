"""What waits to be sent on one connection, within bounds. A slow reader costs only itself.

Frames of a conflated subscription (a book, a ticker) are thrown away when too much waits; when that has been
read a fresh snapshot takes their place. All other frames are kept, and when they are too many, or one has
waited too long, the connection is given up.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from access.meters import SOCKET_CONFLATIONS
from access.sockets.frames import Frame

CONFLATE_BYTES = 256 * 1024
KEPT_BYTES = 1024 * 1024
STALL_SECONDS = 10.0
BATCH_BYTES = 64 * 1024

Write = Callable[[bytes], Awaitable[None]]


class Subscription:
    """One thing that one connection listens to. `stale`: a snapshot is owed for what was thrown away."""

    conflates = True

    def __init__(self, outbox: "Outbox") -> None:
        self.outbox = outbox
        self.stale = False
        self.generation = 0
        self.waiting_bytes = 0

    def begin(self) -> None:
        """After the answer to the request: send what there is, and join whoever listens."""

    def refresh(self) -> None:
        """Send a fresh snapshot. Only of what conflates."""

    def close(self) -> None:
        """Listen no longer."""

    def send(self, frame: Frame) -> None:
        self.outbox.put(frame, self)


class Outbox:
    """`overflow` is called once, when the connection has to be given up."""

    def __init__(self, write: Write, overflow: Callable[[], None]) -> None:
        self._write = write
        self._overflow = overflow
        self._frames: deque[tuple[Frame, Subscription | None, int]] = deque()
        self._kept_bytes = 0
        self._loose_bytes = 0
        self._stale: dict[Subscription, None] = {}
        self._wake = asyncio.Event()
        self._writing_since: float | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self._idle = asyncio.Event()
        self.is_closed = False
        self.conflations = 0

    def put(self, frame: Frame, subscription: Subscription | None = None) -> None:
        if self.is_closed:
            return
        if subscription is not None and subscription.conflates:
            self._put_loose(frame, subscription)
        else:
            self._put_kept(frame)
        self._wake.set()

    def _put_loose(self, frame: Frame, subscription: Subscription) -> None:
        if subscription.stale:
            return
        waiting = self._kept_bytes + self._loose_bytes
        if waiting and waiting + len(frame) > CONFLATE_BYTES:
            self._conflate(subscription)
            return
        subscription.waiting_bytes += len(frame)
        self._loose_bytes += len(frame)
        self._frames.append((frame, subscription, subscription.generation))

    def _conflate(self, subscription: Subscription) -> None:
        self.conflations += 1
        SOCKET_CONFLATIONS.inc()
        self._forget(subscription)
        subscription.stale = True
        self._stale[subscription] = None

    def _forget(self, subscription: Subscription) -> None:
        self._loose_bytes -= subscription.waiting_bytes
        subscription.waiting_bytes = 0
        subscription.generation += 1

    def _put_kept(self, frame: Frame) -> None:
        self._kept_bytes += len(frame)
        self._drained.clear()
        self._frames.append((frame, None, 0))
        if self._kept_bytes > KEPT_BYTES:
            self.give_up()

    def drop(self, subscription: Subscription) -> None:
        """Of a subscription that ended nothing more is sent."""
        self._stale.pop(subscription, None)
        if subscription.conflates:
            self._forget(subscription)

    def give_up(self) -> None:
        if not self.is_closed:
            self.close()
            self._overflow()

    def close(self) -> None:
        self.is_closed = True
        self._frames.clear()
        self._stale.clear()
        self._wake.set()
        self._drained.set()
        self._idle.set()

    def check(self, now: float) -> None:
        """Called each second: a write that does not come to an end is a reader who does not read."""
        if self._writing_since is not None and now - self._writing_since > STALL_SECONDS:
            self.give_up()

    async def flushed(self) -> None:
        """Until all that waited has been written."""
        while not self.is_closed and (self._frames or self._writing_since is not None):
            self._idle.clear()
            await self._idle.wait()

    async def drained(self) -> None:
        """Until no kept frame waits: for who has more to send than may wait."""
        await self._drained.wait()

    async def run(self) -> None:
        """Write until closed, all that waits together."""
        while not self.is_closed:
            if not self._frames and not self._stale:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = self._take()
            if batch:
                self._writing_since = time.monotonic()
                await self._write(batch)
                self._writing_since = None
            if not self._frames:
                self._idle.set()
                self._refresh_one()

    def _take(self) -> bytes:
        taken: list[Frame] = []
        size = 0
        while self._frames and size < BATCH_BYTES:
            frame, subscription, generation = self._frames.popleft()
            if subscription is None:
                self._kept_bytes -= len(frame)
            elif subscription.generation != generation:
                continue
            else:
                self._loose_bytes -= len(frame)
                subscription.waiting_bytes -= len(frame)
            taken.append(frame)
            size += len(frame)
        if self._kept_bytes == 0:
            self._drained.set()
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def _refresh_one(self) -> None:
        """The snapshots that are owed, one after the other, each when the one before has been taken."""
        if self._stale:
            subscription = next(iter(self._stale))
            del self._stale[subscription]
            subscription.stale = False
            subscription.refresh()
