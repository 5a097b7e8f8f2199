"""One connection that listens to an account: every event from the moment it asked on, none missing.

The picture is read before the request is answered, so what is done after the answer is told. Where the
account's messages cannot be followed any further the connection is closed, and its client begins anew.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from django.db import InterfaceError, OperationalError

from access.sockets.connection import TOO_BUSY, Connection
from access.sockets.frames import Frame, encode
from access.sockets.identities import Identity
from access.threads import in_thread
from exchange.compat.binance.spot.user_data.account import AccountEvents, content_of
from exchange.compat.binance.spot.user_data.events import Event
from exchange.feeds.hub import hub
from exchange.feeds.private import AccountListener
from exchange.feeds.private_reads import Message, Picture, picture_of

logger = logging.getLogger(__name__)

MAX_WAITING = 2_000
RETRY_SECONDS = 0.25
LARGE_BYTES = 16 * 1024  # a message that would hold the event loop for long

Wrap = Callable[[Event], object]


class Opening(NamedTuple):
    """An account as of now, for whoever is going to listen to it."""

    identity: Identity
    picture: Picture


async def open_account(identity: Identity) -> Opening:
    return Opening(identity, await in_thread(picture_of, identity.caller.user_id))


class UserDataSubscription(AccountListener):
    """`wrap` puts an event into what the connection's path sends."""

    def __init__(self, connection: Connection, opening: Opening, wrap: Wrap) -> None:
        account, picture = opening.identity.caller.user_id, opening.picture
        super().__init__(connection.outbox, hub().account(account), picture.numbers)
        self.identity = opening.identity
        self._connection = connection
        connection.listeners[self] = opening.identity
        self._wrap = wrap
        self._account = AccountEvents(account, picture)
        self._waiting: deque[Message] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._teller: asyncio.Task[None] | None = None

    def begin(self) -> None:
        super().begin()
        self._teller = asyncio.create_task(self._tell_on(), name="user data")

    def close(self) -> None:
        super().close()
        self._connection.listeners.pop(self, None)
        if self._teller is not None:
            self._teller.cancel()

    def say(self, event: Event) -> None:
        self.send(encode(self._wrap(event)))

    async def show(self, picture: Picture) -> None:
        """It began with one; another is never asked for."""

    def lose(self) -> None:
        self._connection.close(TOO_BUSY, "the account cannot be followed any further: connect anew")

    def tell(self, message: Message, frame: Frame) -> None:
        if self._connection.is_closing:  # what comes now may lie behind a gap
            return
        self._waiting.append(message)
        self._idle.clear()
        self._wake.set()
        if len(self._waiting) > MAX_WAITING:
            self.lose()

    async def settled(self) -> None:
        while self._waiting:
            await self._idle.wait()
        await super().settled()

    async def _tell_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                while self._waiting:
                    await self._tell_next(self._waiting[0])
                    self._waiting.popleft()
            except (OperationalError, InterfaceError) as error:
                logger.warning("what account messages are about cannot be read: %s", error)
                self._wake.set()
                await asyncio.sleep(RETRY_SECONDS)
                continue
            except Exception:
                logger.exception("a message of account %s cannot be told", self.identity.caller.user_id)
                self.lose()
                return
            self._idle.set()

    async def _tell_next(self, message: Message) -> None:
        content = content_of(message)
        if self._account.lacks(content):
            await in_thread(self._account.learn, content)
        if len(message.content) > LARGE_BYTES:
            events = await in_thread(self._account.advance, message, content)
        else:
            events = self._account.advance(message, content)
        for event in events:
            self.say(event)
