"""One account in one web process: its private messages in their order, none missing and none twice.

What comes over Redis is a hint and a shortcut. Where a message is missing it is read from PostgreSQL, which
has them all, so nothing that is lost on the way is lost to who listens.
"""

import asyncio
import logging
from collections.abc import Sequence

from access.sockets.frames import Frame
from access.sockets.outbox import Outbox, Subscription
from access.threads import in_thread
from exchange.feeds.private_frames import RESYNC, render_messages, render_picture
from exchange.feeds.private_reads import (
    REPLAY_LIMIT,
    REPLAY_PAGE,
    Message,
    last_numbers,
    messages_after,
    picture_of,
)

logger = logging.getLogger(__name__)

MAX_WAITING = 1_000
RETRY_SECONDS = 0.25

Numbers = dict[int, int]  # of each shard, the last message's


class PrivateFeed:
    """`numbers`: what all who are live have been given."""

    def __init__(self, account: int) -> None:
        self.account = account
        self.subscribers: set[PrivateSubscription] = set()
        self.live: set[PrivateSubscription] = set()
        self.numbers: Numbers = {}
        self._waiting: list[Message] = []
        self._must_look = False
        self._beginning = 0  # how often nobody was live and somebody came
        self._wake = asyncio.Event()
        self._pump = asyncio.create_task(self._run(), name=f"private {account}")

    def take(self, message: Message) -> None:
        self._waiting.append(message)
        if len(self._waiting) > MAX_WAITING:
            self._waiting.clear()
            self._must_look = True
        self._wake.set()

    def look(self) -> None:
        """Something may have been missed."""
        self._must_look = True
        self._wake.set()

    def stop(self) -> None:
        self._pump.cancel()

    def leave(self, subscription: "PrivateSubscription") -> None:
        self.subscribers.discard(subscription)
        self.live.discard(subscription)

    def try_join(self, subscription: "PrivateSubscription") -> bool:
        """Whether it is not behind those who are live; then it is one of them from now on."""
        if not self.live:
            self._beginning += 1
            self.numbers = dict(subscription.numbers)
        elif any(subscription.numbers.get(shard, 0) < number for shard, number in self.numbers.items()):
            return False
        self.live.add(subscription)
        self.look()
        return True

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._advance()
            except Exception as error:  # noqa: BLE001 (whatever it is, it is tried again)
                logger.warning("the messages of account %s cannot be read: %s", self.account, error)
                self.look()
                await asyncio.sleep(RETRY_SECONDS)

    async def _advance(self) -> None:
        """Give out all that is known to be there."""
        waiting, self._waiting = self._waiting, []
        if not self.live:
            self._must_look = False
            return
        next_ones = self._following(waiting)
        if next_ones:
            await self._give(next_ones, self._beginning)
        while self._must_look and self.live:
            self._must_look = False
            beginning = self._beginning
            while found := await in_thread(messages_after, self.account, dict(self.numbers)):
                if not await self._give(found, beginning):
                    self._begin_anew()
                    break
                beginning = self._beginning

    def _following(self, waiting: Sequence[Message]) -> list[Message]:
        """Those that are next; where one before is missing, all are read instead."""
        following = dict(self.numbers)
        found: list[Message] = []
        for message in sorted(waiting):
            known = following.get(message.shard, 0)
            if message.sequence == known + 1:
                following[message.shard] = message.sequence
                found.append(message)
            elif message.sequence > known:
                self._must_look = True
        return found

    async def _give(self, messages: Sequence[Message], beginning: int) -> bool:
        """False where what comes before them is missing. `beginning`: as of when they were chosen."""
        frames = await in_thread(render_messages, self.account, messages)
        if beginning != self._beginning:  # others are live by now, and are elsewhere
            self.look()
            return True
        is_whole = True
        for message, frame in zip(messages, frames, strict=True):
            known = self.numbers.get(message.shard, 0)
            if message.sequence == known + 1:
                self.numbers[message.shard] = message.sequence
                for subscription in self.live:
                    subscription.give(message, frame)
            elif message.sequence > known:
                is_whole = False
        return is_whole

    def _begin_anew(self) -> None:
        """What is missing is not kept any more."""
        live, self.live = self.live, set()
        for subscription in live:
            subscription.begin_anew()


class PrivateSubscription(Subscription):
    """`since`: the numbers that the client has seen; None: it begins."""

    conflates = False

    def __init__(self, outbox: Outbox, feed: PrivateFeed, since: Numbers | None) -> None:
        super().__init__(outbox)
        self.numbers: Numbers = dict(since or {})
        self._feed = feed
        self._since = since
        self._task: asyncio.Task[None] | None = None
        feed.subscribers.add(self)

    def begin(self) -> None:
        self._task = asyncio.create_task(self._join(self._since is not None), name="private join")

    def begin_anew(self) -> None:
        self.send(RESYNC)
        self._task = asyncio.create_task(self._join(False), name="private join")

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._feed.leave(self)

    def give(self, message: Message, frame: Frame) -> None:
        if message.sequence == self.numbers.get(message.shard, 0) + 1:
            self.numbers[message.shard] = message.sequence
            self.send(frame)

    async def _join(self, resumes: bool) -> None:
        while not self.outbox.is_closed:
            try:
                if resumes and not await self._can_resume():
                    self.send(RESYNC)
                    resumes = False
                if not resumes:
                    await self._send_picture()
                    resumes = True
                if await self._catch_up():
                    return
                resumes = False
                self.send(RESYNC)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is tried again)
                logger.warning("account %s cannot be read: %s", self._feed.account, error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _can_resume(self) -> bool:
        last = await in_thread(last_numbers, self._feed.account)
        if any(number > last.get(shard, 0) for shard, number in self.numbers.items()):
            return False
        return sum(last.values()) - sum(self.numbers.values()) <= REPLAY_LIMIT

    async def _send_picture(self) -> None:
        picture = await in_thread(picture_of, self._feed.account)
        self.numbers = dict(picture.numbers)
        self.send(await in_thread(render_picture, picture))

    async def _catch_up(self) -> bool:
        """Replay until level with those who are live. False where what is missing is not kept any more."""
        while True:
            found = await in_thread(messages_after, self._feed.account, dict(self.numbers))
            frames = await in_thread(render_messages, self._feed.account, found)
            before = dict(self.numbers)
            for message, frame in zip(found, frames, strict=True):
                self.give(message, frame)
            await self.outbox.drained()
            if len(found) < REPLAY_PAGE and self._feed.try_join(self):
                return True
            if found and self.numbers == before:
                return False  # an account's newest message is always kept, so what is missing is older
