"""Vaults in one web process: whoever listens hears of each event of his vaults once, in their order.

What comes over Redis only says that there is something: it is read from PostgreSQL, which has every event, so
what is lost on the way is made up for. Nothing that is used for money is read here.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

import msgspec

from access.sockets.frames import Frame, encode
from access.sockets.outbox import Outbox, Subscription
from access.sockets.wire import wire
from access.threads import in_thread
from vaults.broadcast import CHANNEL, Told
from vaults.feed_reads import Versions, counts_of, news_after, picture_of

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.25
SWEEP_SECONDS = 10.0  # between two looks for what nobody told of
RESYNC: Frame = encode({"channel": "vaults", "type": "resync"})


class VaultsFeed:
    """One for the process."""

    def __init__(self) -> None:
        self.listeners: dict[int, set[VaultsSubscription]] = {}
        self._clock: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._clock = asyncio.create_task(self._sweep(), name="the vaults' clock")

    async def stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            with suppress(asyncio.CancelledError):
                await self._clock

    def join(self, subscription: "VaultsSubscription") -> None:
        self.listeners.setdefault(subscription.owner_id, set()).add(subscription)

    def leave(self, subscription: "VaultsSubscription") -> None:
        left = self.listeners.get(subscription.owner_id, set())
        left.discard(subscription)
        if not left:
            self.listeners.pop(subscription.owner_id, None)

    # What comes over the wire.

    def take(self, channel: bytes, data: bytes) -> None:
        if not self.listeners:
            return
        try:
            told = msgspec.msgpack.decode(data, type=Told)
        except msgspec.MsgspecError as error:
            logger.error("what came over the wire is no event: %s", error)  # noqa: TRY400 (says it all)
            return
        self._look(told.owner_id)

    def lose(self) -> None:
        """What is missed meanwhile is read when the wire is there again, or by the clock."""

    def recover(self) -> None:
        for owner_id in list(self.listeners):
            self._look(owner_id)

    def _look(self, owner_id: int) -> None:
        for subscription in self.listeners.get(owner_id, ()):
            subscription.look()

    async def _sweep(self) -> None:
        """A process may have died between its commit and its telling."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                counts = await in_thread(counts_of, list(self.listeners))
            except Exception as error:  # noqa: BLE001 (whatever it is, it is tried again)
                logger.warning("the events of vaults cannot be counted: %s", error)
                continue
            for owner_id, count in counts.items():
                for subscription in self.listeners.get(owner_id, ()):
                    if subscription.count != count:
                        subscription.look()


class VaultsSubscription(Subscription):
    """`since`: of each vault, the version that the client has; None: it begins with a snapshot."""

    conflates = False

    def __init__(self, outbox: Outbox, feed: VaultsFeed, owner_id: int, since: Versions | None) -> None:
        super().__init__(outbox)
        self.owner_id = owner_id
        self._feed = feed
        self._versions = None if since is None else dict(since)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many events it knows of."""
        return sum((self._versions or {}).values())

    def look(self) -> None:
        """There may be something new."""
        self._wake.set()

    def begin(self) -> None:
        self._feed.join(self)
        self._task = asyncio.create_task(self._run(), name=f"vaults of {self.owner_id}")

    def close(self) -> None:
        self._feed.leave(self)
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while not self.outbox.is_closed:
            self._wake.clear()
            try:
                is_level = await self._advance()
            except Exception as error:  # noqa: BLE001 (whatever it is, it is tried again)
                logger.warning("the vaults of account %s cannot be read: %s", self.owner_id, error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self.outbox.drained()
            if is_level:
                await self._wake.wait()

    async def _advance(self) -> bool:
        """Send what is new. False where there is more."""
        if self._versions is None:
            picture = await in_thread(picture_of, self.owner_id)
            self._versions = dict(picture.versions)
            self.send(picture.frame)
            return True
        news = await in_thread(news_after, self.owner_id, dict(self._versions))
        if news is None:
            self.send(RESYNC)
            self._versions = None
            return False
        self._give(news.frames, news.versions)
        return news.is_all

    def _give(self, frames: list[Frame], versions: Mapping[UUID, int]) -> None:
        for frame in frames:
            self.send(frame)
        assert self._versions is not None
        self._versions.update(versions)


_feeds: list[VaultsFeed] = []


async def open_vaults_feed() -> None:
    """When a web process starts."""
    _feeds.append(VaultsFeed())
    wire.add([CHANNEL], _feeds[0])
    _feeds[0].start()


async def close_vaults_feed() -> None:
    while _feeds:
        await _feeds.pop().stop()


def vaults_feed() -> VaultsFeed:
    return _feeds[0]
