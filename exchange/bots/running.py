"""Maker and taker side by side in one event loop, from their keys to the last quote that is taken away."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from ballast_sdk import AsyncClient, Options
from ballast_sdk.connection import SocketOptions
from ballast_sdk.socket import Socket
from exchange.bots.account import HouseAccount
from exchange.bots.inbox import Inbox
from exchange.bots.maker import Maker
from exchange.bots.sources.source import Source, listen
from exchange.bots.taker import Taker
from exchange.bots.terms import Terms
from health import heartbeat

logger = logging.getLogger(__name__)

RETRY_S = 2.0
LONGEST_TURN_S = 1.0
TAKER_TURN_S = 0.1
# Nothing that is older than this is worth waiting for, and what is repeated is decided here.
_PATIENCE = Options(timeout_seconds=8.0, retries=0)
_SOCKET_PATIENCE = SocketOptions(timeout_seconds=8.0, silence_seconds=25.0, most_wait_seconds=1.0)


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Keys:
    maker: Key
    taker: Key


class Bots:
    """`find_keys` gives None while there are none: a demo is seeded when everything runs."""

    def __init__(
        self,
        terms: Terms,
        make_source: Callable[[], Source],
        find_keys: Callable[[], Keys | None],
        stopping: asyncio.Event,
    ) -> None:
        self._terms = terms
        self._make_source = make_source
        self._find_keys = find_keys
        self._stopping = stopping

    async def run(self) -> None:
        """Until it is told to stop. What failed altogether is tried anew, with keys that may be others."""
        while not self._stopping.is_set():
            keys = self._find_keys()
            if keys is not None:
                try:
                    await self._session(keys)
                except* Exception as errors:  # noqa: BLE001 (the bots outlive whatever it is)
                    for error in errors.exceptions:
                        logger.warning("starting over: %r", error)
                        heartbeat.failed(error)
            heartbeat.worked()
            await self._rest(RETRY_S)

    async def _session(self, keys: Keys) -> None:
        inbox = Inbox()
        async with AsyncExitStack() as stack:
            makers = await self._account("maker", keys.maker, stack)
            takers = await self._account("taker", keys.taker, stack)
            maker = Maker(makers, inbox, self._terms)
            taker = Taker(takers, makers, inbox, self._terms)
            try:
                async with asyncio.TaskGroup() as group:
                    endless = [
                        group.create_task(listen(self._make_source(), inbox)),
                        group.create_task(makers.follow()),
                        group.create_task(takers.follow()),
                        group.create_task(self._take_on(taker)),
                    ]
                    await self._make_on(maker, inbox)
                    for task in endless:
                        task.cancel()
            finally:
                await maker.pull()

    async def _account(self, name: str, key: Key, stack: AsyncExitStack) -> HouseAccount:
        client = AsyncClient(self._terms.url, key=key.key, secret=key.secret, options=_PATIENCE)
        socket = Socket(self._terms.url, key=key.key, secret=key.secret, options=_SOCKET_PATIENCE)
        await stack.enter_async_context(client)
        await stack.enter_async_context(socket)
        return HouseAccount(name, self._terms, client, socket)

    async def _make_on(self, maker: Maker, inbox: Inbox) -> None:
        """A turn with each change of the source, no sooner than its period after the last one."""
        period_s = self._terms.period_ms / 1_000
        while not self._stopping.is_set():
            inbox.changed.clear()
            await maker.run_once()
            heartbeat.worked()
            await self._rest(period_s)
            waiting = asyncio.create_task(inbox.changed.wait())
            await asyncio.wait([waiting], timeout=max(LONGEST_TURN_S - period_s, 0))
            waiting.cancel()

    async def _take_on(self, taker: Taker) -> None:
        while True:
            await taker.run_once()
            await asyncio.sleep(TAKER_TURN_S)

    async def _rest(self, seconds: float) -> None:
        """Less, where it is told to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
