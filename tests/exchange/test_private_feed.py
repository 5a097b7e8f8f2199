"""What one web process tells an account's listeners, whoever comes and goes while messages are read."""

import asyncio
import json
import threading

from django.db import connection

from access.sockets.frames import payload_of, split
from access.sockets.outbox import Outbox
from exchange.connections import engine_connection
from exchange.feeds.hub import Hub
from exchange.feeds.private import PrivateFeed, PrivateSubscription
from exchange.live_wire import MarketMessage, encode_market
from exchange.models import AccountMessage
from exchange.queue import market_channel
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, MARKET
from tests.support.waiting import WAIT_S, until

HELD = "SELECT 1 FROM pg_locks WHERE relation = 'exchange_accountmessage'::regclass AND NOT granted"


class Listener:
    """A connection that has seen the messages up to `since`."""

    def __init__(self, feed: PrivateFeed, since: int) -> None:
        self.told: list[dict[str, object]] = []
        self.outbox = Outbox(self._write, lambda: None)
        self.subscription = PrivateSubscription(self.outbox, feed, {0: since})
        self.writer = asyncio.create_task(self.outbox.run())

    async def _write(self, data: bytes) -> None:
        self.told += [json.loads(payload_of(frame)) for frame in split(data)]


def test_who_comes_back_further_behind_while_messages_are_read_misses_none(scene: Scene) -> None:
    for price in range(8):
        scene.tell(limit(scene.alice, BUY, str(50_000 + price)))
    last = AccountMessage.objects.filter(account_id=scene.alice).latest("sequence").sequence
    told = asyncio.run(asyncio.wait_for(told_after_a_change(scene.alice, last), WAIT_S))
    assert [message["type"] for message in told] == ["update"] * 5
    assert [message["sequence"] for message in told] == list(range(last - 4, last + 1))


async def told_after_a_change(account: int, last: int) -> list[dict[str, object]]:
    feed = PrivateFeed(account)
    first = Listener(feed, last - 2)
    with engine_connection() as other, other.transaction():
        other.execute("LOCK TABLE exchange_accountmessage IN ACCESS EXCLUSIVE MODE")
        assert feed.try_join(first.subscription)
        await asyncio.to_thread(until, reading_is_held)
        feed.leave(first.subscription)
        second = Listener(feed, last - 5)
        assert feed.try_join(second.subscription)
    while second.subscription.numbers != {0: last}:
        await asyncio.sleep(0.01)
    await second.outbox.flushed()
    feed.stop()
    for listener in (first, second):
        listener.writer.cancel()
    return second.told


def reading_is_held() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(HELD)
            return cursor.fetchone() is not None
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()


def test_what_an_engine_told_nobody_is_read_when_the_next_one_begins(scene: Scene) -> None:
    """Its last message was committed and not published, and nobody here listens to a market."""
    scene.tell(limit(scene.alice, BUY, "50000"))
    last = AccountMessage.objects.filter(account_id=scene.alice).latest("sequence").sequence
    told = asyncio.run(asyncio.wait_for(told_after_an_engine_begins(scene, last), WAIT_S))
    assert [message["sequence"] for message in told] == [last + 1]


async def told_after_an_engine_begins(scene: Scene, last: int) -> list[dict[str, object]]:
    hub = Hub()
    feed = hub.account(scene.alice)
    listener = Listener(feed, last)
    assert feed.try_join(listener.subscription)
    await asyncio.to_thread(tell_apart, scene)
    begins = MarketMessage(2, 1, 1, [], [], [])
    hub.take(market_channel(MARKET).encode(), encode_market(begins))
    while listener.subscription.numbers != {0: last + 1}:
        await asyncio.sleep(0.01)
    await listener.outbox.flushed()
    await hub.stop()
    listener.writer.cancel()
    return listener.told


def tell_apart(scene: Scene) -> None:
    scene.tell(limit(scene.alice, BUY, "50001"))
    connection.close()
