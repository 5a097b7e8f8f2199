"""Notices in one web process: handed to whoever of a user's sockets listens, as they come over the wire.

It is a hint: while the wire is lost nothing comes, and what was told meanwhile stands in the list of notices.
"""

import logging

import msgspec

from access.notices.broadcast import CHANNEL, decode
from access.notices.rendering import render
from access.sockets.frames import encode
from access.sockets.outbox import Outbox, Subscription
from access.sockets.topic import Topic
from access.sockets.wire import wire

logger = logging.getLogger(__name__)


class NoticeFeed:
    def __init__(self) -> None:
        self._users: dict[int, Topic] = {}

    # What comes over the wire.

    def take(self, channel: bytes, data: bytes) -> None:
        if not self._users:
            return
        try:
            told = decode(data)
        except msgspec.DecodeError as error:
            logger.error("what came over the wire is no notice: %s", error)  # noqa: TRY400 (says it all)
            return
        for one in told:
            topic = self._users.get(one.user_id)
            if topic is not None:
                shown = render(one.notice_id, one.kind, one.text, one.data, one.created_ms)
                topic.publish(encode({"channel": "notices", "type": "notice", **shown}))

    def lose(self) -> None:
        """Nobody is told: the list says what was missed."""

    def recover(self) -> None:
        """Whoever listens looks into the list now."""
        frame = encode({"channel": "notices", "type": "reload"})
        for topic in self._users.values():
            topic.publish(frame)

    # Who listens.

    def join(self, user_id: int, subscription: Subscription) -> None:
        self._users.setdefault(user_id, Topic()).join(subscription)

    def leave(self, user_id: int, subscription: Subscription) -> None:
        topic = self._users.get(user_id)
        if topic is not None:
            topic.leave(subscription)
            if not topic:
                del self._users[user_id]


class NoticeSubscription(Subscription):
    """A slow reader is told to look into the list in place of what was thrown away."""

    def __init__(self, outbox: Outbox, feed: NoticeFeed, user_id: int) -> None:
        super().__init__(outbox)
        self._feed = feed
        self._user_id = user_id

    def begin(self) -> None:
        self._feed.join(self._user_id, self)

    def refresh(self) -> None:
        self.send(encode({"channel": "notices", "type": "reload"}))

    def close(self) -> None:
        self._feed.leave(self._user_id, self)


_feed = NoticeFeed()


async def open_notices() -> None:
    """When a web process starts, before the wire."""
    wire.add([CHANNEL], _feed)


def notice_feed() -> NoticeFeed:
    return _feed
