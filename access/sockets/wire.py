"""This web process's one subscription to Redis, handed on to every app that has live data.

It says when it is lost and when it is there again. What it brings may be incomplete; each listener sees that
for itself.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import ParamSpec, Protocol

import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 2.0  # then the wire is asked whether it is there
CONNECT_SECONDS = 1.0
RETRY_SECONDS = 0.1

P = ParamSpec("P")


class Listener(Protocol):
    """Whoever hears the channels of some patterns. Its methods never block; what one raises harms nobody."""

    def take(self, channel: bytes, data: bytes) -> None: ...

    def lose(self) -> None:
        """Nothing comes any more. Also called where nothing has come yet."""
        ...

    def recover(self) -> None:
        """All that is published from now on comes; what was published before may be missing."""
        ...


class Wire:
    """Patterns are Redis's. A listener is added before the start."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}
        self._task: asyncio.Task[None] | None = None
        self._is_loss_told = False  # ten times a second it is looked for again

    def add(self, patterns: Iterable[str], listener: Listener) -> None:
        self._listeners.update(dict.fromkeys(patterns, listener))

    def start(self) -> None:
        self._task = asyncio.create_task(self._listen(), name="live data")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _everybody(self) -> list[Listener]:
        return list(dict.fromkeys(self._listeners.values()))

    async def _listen(self) -> None:
        """Keep one subscription alive for as long as the process lives."""
        while True:
            client = redis.asyncio.Redis.from_url(
                settings.REDIS_URL, retry=Retry(NoBackoff(), 0), socket_connect_timeout=CONNECT_SECONDS
            )
            try:
                async with client.pubsub() as subscription:
                    await subscription.psubscribe(*self._listeners)
                    await self._follow(subscription)
            except (RedisError, OSError, TimeoutError) as error:
                if not self._is_loss_told:
                    logger.warning("lost live data: %s", error)
                self._is_loss_told = True
            finally:
                for listener in self._everybody():
                    _say(listener.lose)
                with suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, subscription: redis.asyncio.client.PubSub) -> None:
        """Raises RedisError or TimeoutError when the wire is dead."""
        asked = False
        confirmed = 0
        while True:
            message = await subscription.get_message(timeout=SILENCE_SECONDS)
            if message is None:
                if asked:
                    raise TimeoutError("no answer")
                await subscription.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "pmessage":
                listener = self._listeners[message["pattern"].decode()]
                _say(listener.take, message["channel"], message["data"])
            elif message["type"] == "psubscribe":
                confirmed += 1
                if confirmed == len(self._listeners):
                    if self._is_loss_told:
                        logger.info("live data is back")
                    self._is_loss_told = False
                    for listener in self._everybody():
                        _say(listener.recover)


def _say(listen: Callable[P, None], *what: P.args, **more: P.kwargs) -> None:
    try:
        listen(*what, **more)
    except Exception:  # one app's mistake must not leave all others without live data
        logger.exception("what came over the wire was not taken")


wire = Wire()


async def open_wire() -> None:
    """When a web process starts, after all who listen have said so."""
    wire.start()


async def close_wire() -> None:
    await wire.stop()
