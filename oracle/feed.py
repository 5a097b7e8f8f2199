"""The price in one web process: what the wire brought last, shown over HTTP and sent to whoever listens.

It has a clock, for a price grows old by time alone. Where the wire is lost or silent the committed row is
read. Nothing that is used for money is read here.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress

import redis.asyncio
from django.conf import settings
from django.db import InterfaceError, OperationalError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from access.errors import ServiceUnavailable
from access.sockets.frames import Frame, encode
from access.sockets.outbox import Outbox, Subscription
from access.sockets.wire import wire
from access.threads import in_thread
from oracle.origin import Origin
from oracle.rendering import render_sources, render_view
from oracle.rules.encoding import MalformedPrice, decode_view
from oracle.rules.uses import allowed, state_of
from oracle.rules.view import PriceView
from oracle.selectors import committed_view
from oracle.services.current import PRICE_KEY, PRICES_CHANNEL

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
PAUSE_SECONDS = 0.1  # between two updates, however fast rounds follow one another
LOOK_SECONDS = 1.0  # between two looks at the row
PATIENCE_SECONDS = 0.7  # for one of them
TIMEOUT_SECONDS = 0.5

Known = tuple[PriceView, Origin]


class PriceFeed:
    def __init__(self) -> None:
        self.listeners: dict[PriceSubscription, None] = {}
        self._is_live = False
        self._heard: PriceView | None = None
        self._news: bytes | None = None  # heard later, and not decoded yet
        self._stored: PriceView | None = None
        self._looked_at = float("-inf")
        self._look: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._sent: object = None  # what was said last
        self._waiting = False  # somebody has not been told
        self._sent_at = float("-inf")

    def start(self) -> None:
        self._spawn(self._run_clock(), "the price's clock")

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # What comes over the wire.

    def take(self, channel: bytes, data: bytes) -> None:
        self._news = data
        self._tell()

    def lose(self) -> None:
        if self._is_live:  # what was read in an earlier outage is older than what was heard since
            self._stored, self._looked_at = None, float("-inf")
        self._is_live = False

    def recover(self) -> None:
        self._is_live = True
        self._spawn(self._load(), "the last price")

    async def _load(self) -> None:
        """What was said last, unless something is heard meanwhile."""
        self._news, before = None, self._heard
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
        )
        try:
            found = await client.get(PRICE_KEY)
        except (RedisError, OSError) as error:
            logger.warning("the last price cannot be asked for: %s", error)
            found = None
        finally:
            with suppress(RedisError, OSError):
                await client.aclose()
        if isinstance(found, bytes) and self._news is None and self._heard is before:
            self._news = found
            self._tell()

    # What is known.

    async def known(self) -> Known:
        """The price to show, and whether it was announced or read. Raises ServiceUnavailable."""
        if self._has_to_look():
            self._start_look()
            if self._look is not None:  # a database may hang; what was heard is shown all the same
                left = self._looked_at + PATIENCE_SECONDS - time.monotonic()
                await asyncio.wait([self._look], timeout=max(left, 0))
        found = self._best()
        if found is None:
            raise ServiceUnavailable("the oracle")
        return found

    def _has_to_look(self) -> bool:
        heard = self._decoded()
        if not self._is_live or heard is None:
            return True
        return now_ms() - heard.round_ms > heard.stale_after_ms

    def _best(self) -> Known | None:
        """The newer of what was heard, if that is to be believed, and what was read."""
        heard = self._decoded() if self._is_live else None
        if heard is not None and (self._stored is None or heard.round_ms >= self._stored.round_ms):
            return heard, Origin.LIVE
        return None if self._stored is None else (self._stored, Origin.STORED)

    def _decoded(self) -> PriceView | None:
        if self._news is not None:
            data, self._news = self._news, None
            try:
                self._heard = decode_view(data)
            except MalformedPrice as error:
                logger.error("what came over the wire is no price: %s", error)  # noqa: TRY400 (says it all)
        return self._heard

    def _start_look(self) -> None:
        """At most once a second, for all who ask."""
        if self._look is None and time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = time.monotonic()
            self._look = self._spawn(self._read_row(), "the stored price")

    async def _read_row(self) -> None:
        try:
            self._stored = await in_thread(committed_view)
        except (OperationalError, InterfaceError) as error:
            logger.warning("the stored price cannot be read: %s", error)
            self._stored = None
        finally:
            self._look = None

    # Who listens.

    async def _run_clock(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if not self.listeners:
                continue
            try:
                if self._has_to_look():
                    self._start_look()
                self._tell()
            except Exception:  # a clock that stopped would let a stale price look fresh
                logger.exception("the price cannot be told")

    def _tell(self) -> None:
        """Send what is new: a round, or what the time has made of the last one."""
        if not self.listeners or time.monotonic() - self._sent_at < PAUSE_SECONDS:
            return
        # What was heard last still grows old in front of whoever listens, though nobody can be asked.
        known = self._best() or (None if self._heard is None else (self._heard, Origin.LIVE))
        if known is None:
            return
        now = now_ms()
        is_new = self._note(known, now)
        if is_new:
            self._sent_at = time.monotonic()
        elif not self._waiting:
            return
        self._waiting = False
        frames: dict[tuple[str, bool], Frame] = {}
        for one in list(self.listeners):
            if one.sent is not self._sent:
                look = "snapshot" if one.sent is None else "price_update", one.with_sources
                if look not in frames:
                    frames[look] = frame(*look, known, now)
                one.sent = self._sent
                one.send(frames[look])

    def _note(self, known: Known, now: int) -> bool:
        """Whether that is something else than was said last. The same thing is the same object."""
        state, reason, _ = state_of(known[0], now)
        news = (*known, state, reason, allowed(known[0], now))
        is_new = news != self._sent
        if is_new:
            self._sent = news
        return is_new

    def join(self, subscription: "PriceSubscription") -> None:
        self._tell()
        self.listeners[subscription] = None
        self.send_to(subscription)

    def send_to(self, subscription: "PriceSubscription") -> None:
        """A snapshot; where nothing is known yet it comes with the first that is."""
        known, now = self._best(), now_ms()
        if known is None:
            subscription.sent, self._waiting = None, True
            return
        if self._note(known, now):
            self._waiting = True  # for the others it is new as well
        subscription.sent = self._sent
        subscription.send(frame("snapshot", subscription.with_sources, known, now))

    def leave(self, subscription: "PriceSubscription") -> None:
        self.listeners.pop(subscription, None)


class PriceSubscription(Subscription):
    def __init__(self, outbox: Outbox, feed: PriceFeed, *, with_sources: bool) -> None:
        super().__init__(outbox)
        self._feed = feed
        self.with_sources = with_sources
        self.sent: object = None  # what it was told last

    def begin(self) -> None:
        self._feed.join(self)

    def refresh(self) -> None:
        self._feed.send_to(self)

    def close(self) -> None:
        self._feed.leave(self)


def frame(kind: str, with_sources: bool, known: Known, now: int) -> Frame:
    view, origin = known
    content = {"channel": "prices", "type": kind, **render_view(view, now), "origin": origin}
    if with_sources:
        content["sources"] = render_sources(view, now)
    return encode(content)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


_feeds: list[PriceFeed] = []


async def open_prices() -> None:
    """When a web process starts."""
    _feeds.append(PriceFeed())
    wire.add([PRICES_CHANNEL], _feeds[0])
    _feeds[0].start()


async def close_prices() -> None:
    while _feeds:
        await _feeds.pop().stop()


def price_feed() -> PriceFeed:
    return _feeds[0]
