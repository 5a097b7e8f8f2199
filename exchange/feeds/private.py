"""One account in one web process: its private messages in their order, none missing and none twice.

What comes over Redis is a hint and a shortcut. Where a message is missing it is read from PostgreSQL, which
has them all, so nothing that is lost on the way is lost to who listens.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

from access.sockets.frames import Frame
from access.sockets.outbox import Outbox, Subscription
from access.threads import in_thread
from exchange.feeds.private_frames import RESYNC, render_messages, render_picture
from exchange.feeds.private_reads import (
    REPLAY_LIMIT,
    REPLAY_PAGE,
    Message,
    Picture,
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
        self.subscribers: set[AccountListener] = set()
        self.live: set[AccountListener] = set()
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

    def leave(self, subscription: "AccountListener") -> None:
        self.subscribers.discard(subscription)
        self.live.discard(subscription)

    def try_join(self, subscription: "AccountListener") -> bool:
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
        frames = await self.frames_of(messages, self.live)
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

    async def frames_of(
        self, messages: Sequence[Message], listeners: Collection["AccountListener"]
    ) -> list[Frame]:
        """Empty ones where none of these reads them; then nothing is waited for."""
        if any(one.reads_frames for one in listeners):
            return await in_thread(render_messages, self.account, messages)
        return [b""] * len(messages)

    def _begin_anew(self) -> None:
        """What is missing is not kept any more."""
        live, self.live = self.live, set()
        for subscription in live:
            subscription.begin_anew()


class AccountListener(Subscription, ABC):
    """Hears a picture of its account and all messages after it, or, with `since`, those after these numbers.

    What it makes of them is its own affair; it is called in the event loop and must not block.
    """

    conflates = False
    reads_frames = False  # whether `tell` wants the house's own frames, which cost a look at the rows

    def __init__(self, outbox: Outbox, feed: PrivateFeed, since: Numbers | None = None) -> None:
        super().__init__(outbox)
        self.numbers: Numbers = dict(since or {})
        self._feed = feed
        self._since = since
        self._task: asyncio.Task[None] | None = None
        feed.subscribers.add(self)

    @abstractmethod
    async def show(self, picture: Picture) -> None:
        """It begins here."""

    @abstractmethod
    def tell(self, message: Message, frame: Frame) -> None:
        """The account's next message. `frame`: b"" where they are not read."""

    @abstractmethod
    def lose(self) -> None:
        """What comes next is not kept any more. A new picture follows, unless it has ended."""

    async def settled(self) -> None:
        """Until there is room for a page of messages."""
        await self.outbox.drained()

    def begin(self) -> None:
        self._task = asyncio.create_task(self._join(self._since is not None), name="private join")

    def begin_anew(self) -> None:
        self.lose()
        self._task = asyncio.create_task(self._join(False), name="private join")

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._feed.leave(self)

    def give(self, message: Message, frame: Frame) -> None:
        if message.sequence == self.numbers.get(message.shard, 0) + 1:
            self.numbers[message.shard] = message.sequence
            self.tell(message, frame)

    async def _join(self, resumes: bool) -> None:
        while not self.outbox.is_closed:
            try:
                if resumes and not await self._can_resume():
                    self.lose()
                    resumes = False
                if not resumes:
                    picture = await in_thread(picture_of, self._feed.account)
                    self.numbers = dict(picture.numbers)
                    await self.show(picture)
                    resumes = True
                if await self._catch_up():
                    return
                resumes = False
                self.lose()
            except Exception as error:  # noqa: BLE001 (whatever it is, it is tried again)
                logger.warning("account %s cannot be read: %s", self._feed.account, error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _can_resume(self) -> bool:
        last = await in_thread(last_numbers, self._feed.account)
        if any(number > last.get(shard, 0) for shard, number in self.numbers.items()):
            return False
        return sum(last.values()) - sum(self.numbers.values()) <= REPLAY_LIMIT

    async def _catch_up(self) -> bool:
        """Replay until level with those who are live. False where what is missing is not kept any more."""
        while True:
            found = await in_thread(messages_after, self._feed.account, dict(self.numbers))
            frames = await self._feed.frames_of(found, (self,))
            before = dict(self.numbers)
            for message, frame in zip(found, frames, strict=True):
                self.give(message, frame)
            await self.settled()
            if len(found) < REPLAY_PAGE and self._feed.try_join(self):
                return True
            if found and self.numbers == before:
                return False  # an account's newest message is always kept, so what is missing is older


class PrivateSubscription(AccountListener):
    """In the house's own frames. `since`: the numbers that the client has seen; None: it begins."""

    reads_frames = True

    async def show(self, picture: Picture) -> None:
        self.send(await in_thread(render_picture, picture))

    def tell(self, message: Message, frame: Frame) -> None:
        self.send(frame)

    def lose(self) -> None:
        self.send(RESYNC)
