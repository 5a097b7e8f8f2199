"""One thing that is listened to: its messages in order, bounded, and where it goes on after a break."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, Self, TypeVar

from ballast_sdk.messages import AccountSnapshot, AccountUpdate, BookSnapshot, BookUpdate, Notice
from ballast_sdk.models.base import Model

MessageT = TypeVar("MessageT", bound=Model)
Key = tuple[str, str, str]  # channel, market, interval
Since = int | dict[str, int] | None


class Subscription(Generic[MessageT]):
    """`async for message in subscription`: ends when it is closed, raises what ended the socket.

    Messages that wait for you are bounded. Who lets more of them wait gets a Notice "resync", and a snapshot
    in the place of all of them. It is asked for when the notice is read: who does not read asks for nothing.
    """

    def __init__(
        self,
        fields: dict[str, object],
        *,
        most: int,
        leave: Callable[[Key], Awaitable[None]],
        anew: Callable[[Key], None],
    ) -> None:
        self.fields = fields
        channel, market, interval = (fields.get(name, "") for name in ("channel", "market", "interval"))
        self.key: Key = (str(channel), str(market), str(interval))
        self.is_confirmed = False
        self.since: Since = None
        self._most = most
        self._leave = leave
        self._anew = anew
        self._waiting: deque[MessageT | Notice] = deque()
        self._came = asyncio.Event()
        self._error: BaseException | None = None
        self._is_closed = False
        self._skips_to_snapshot = False
        self._asks_when_read = False

    @property
    def request(self) -> dict[str, object]:
        """What is asked for: all of it, or what came since."""
        return self.fields if self.since is None else {**self.fields, "since": self.since}

    async def close(self) -> None:
        """Nothing more comes; what waits can still be read."""
        if not self._is_closed:
            self.end(None)
            await self._leave(self.key)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> MessageT | Notice:
        while not self._waiting:
            if self._error is not None:
                raise self._error
            if self._is_closed:
                raise StopAsyncIteration
            self._came.clear()
            await self._came.wait()
        message = self._waiting.popleft()
        if self._asks_when_read and not self._is_closed:
            self._asks_when_read = False
            self._anew(self.key)
        return message

    def put(self, message: MessageT | Notice, *, is_snapshot: bool = False) -> None:
        if self._skips_to_snapshot and not is_snapshot and not isinstance(message, Notice):
            return
        if len(self._waiting) >= self._most:
            self._start_anew()
            return
        if is_snapshot:
            self._skips_to_snapshot = self._asks_when_read = False
        self._remember(message)
        self._waiting.append(message)
        self._came.set()

    def _start_anew(self) -> None:
        self._waiting.clear()
        self._waiting.append(Notice(kind="resync"))
        self.since = None
        self._skips_to_snapshot = self._asks_when_read = True
        self._came.set()

    def _remember(self, message: MessageT | Notice) -> None:
        match message:
            case BookSnapshot(sequence=sequence) | BookUpdate(sequence=sequence):
                self.since = sequence
            case AccountSnapshot(sequences=sequences):
                self.since = dict(sequences)
            case AccountUpdate(shard=shard, sequence=sequence) if isinstance(self.since, dict):
                self.since[str(shard)] = sequence
            case Notice(kind="resync"):
                self.since = None

    def end(self, error: BaseException | None) -> None:
        self._is_closed = True
        self._error = error
        self._came.set()
