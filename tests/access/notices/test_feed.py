"""Whoever listens to his notices hears them as they are told, and nobody else's."""

import json
from collections.abc import Callable

import msgspec
import pytest
from django.contrib.auth.models import User
from django.db import transaction
from redis import Redis

from access.notices import Notice, notify
from access.notices.broadcast import CHANNEL, Told, decode
from access.notices.feed import NoticeFeed, NoticeSubscription
from access.sockets.outbox import Outbox, Subscription


class Kept(Outbox):
    """Keeps what it should send."""

    def __init__(self) -> None:
        super().__init__(self._no_wire, lambda: None)
        self.frames: list[bytes] = []

    async def _no_wire(self, data: bytes) -> None:
        raise NotImplementedError

    def put(self, frame: bytes, subscription: Subscription | None = None) -> None:
        self.frames.append(frame)


class Listener:
    def __init__(self, feed: NoticeFeed, user_id: int) -> None:
        outbox = Kept()
        self.frames = outbox.frames
        self.subscription = NoticeSubscription(outbox, feed, user_id)
        self.subscription.begin()

    def heard(self) -> list[dict[str, object]]:
        return [json.loads(frame[frame.index(b"{") :]) for frame in self.frames]


def told(user_id: int, number: int = 1) -> Told:
    return Told(user_id, number, "VAULT_WARNING", "Near.", {"ratio": "1.6"}, 1_800_000_000_000)


def test_a_listener_hears_his_own_and_nobody_elses() -> None:
    feed = NoticeFeed()
    alice, bob = Listener(feed, 1), Listener(feed, 2)
    feed.take(CHANNEL.encode(), msgspec.msgpack.encode([told(1), told(3)]))
    assert bob.heard() == []
    assert alice.heard() == [
        {
            "channel": "notices",
            "type": "notice",
            "notice_id": "1",
            "kind": "VAULT_WARNING",
            "text": "Near.",
            "data": {"ratio": "1.6"},
            "created_at_ms": 1_800_000_000_000,
        }
    ]


def test_who_has_left_hears_nothing() -> None:
    feed = NoticeFeed()
    first, second = Listener(feed, 1), Listener(feed, 1)
    first.subscription.close()
    first.subscription.close()
    feed.take(b"", msgspec.msgpack.encode([told(1)]))
    assert (len(first.frames), len(second.frames)) == (0, 1)


def test_after_an_outage_listeners_are_told_to_look_into_the_list() -> None:
    feed = NoticeFeed()
    alice = Listener(feed, 1)
    feed.lose()
    feed.recover()
    alice.subscription.refresh()
    assert alice.heard() == [{"channel": "notices", "type": "reload"}] * 2


@pytest.mark.parametrize("data", [b"", b"\xc1", b"{}", msgspec.msgpack.encode([["x"]])])
def test_what_is_no_notice_harms_nobody(data: bytes) -> None:
    feed = NoticeFeed()
    alice = Listener(feed, 1)
    feed.take(b"", data)
    assert alice.frames == []


@pytest.mark.django_db
def test_what_was_told_goes_out_after_the_commit(
    redis: Redis, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    user = User.objects.create(username="alice")
    with redis.pubsub(ignore_subscribe_messages=True) as listening:  # type: ignore[no-untyped-call]  # theirs
        listening.subscribe(CHANNEL)
        listening.get_message(timeout=1)
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():  # type: ignore[attr-defined]
            notify([Notice(user.pk, "VAULT_WARNING", "a", "Near.", {"ratio": "1.6"})])
        message = listening.get_message(timeout=5)
    assert message is not None
    (one,) = decode(message["data"])
    assert (one.user_id, one.kind, one.text, one.data) == (
        user.pk,
        "VAULT_WARNING",
        "Near.",
        {"ratio": "1.6"},
    )
