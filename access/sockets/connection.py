"""One connection: who it speaks for, what it listens to, what it has asked and is to be told."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from access.admission import Gate
from access.errors import RateLimited
from access.http import Scope
from access.key_errors import Forbidden
from access.limits import block_of
from access.messages import Head
from access.sockets.census import Allowance
from access.sockets.dialect import Dialect
from access.sockets.errors import (
    AlreadySubscribed,
    AuthRequired,
    NotSubscribed,
    TooManyInFlight,
    TooManySubscriptions,
)
from access.sockets.frames import Frame
from access.sockets.identities import Identity
from access.sockets.outbox import Outbox, Subscription, Write
from logs.context import begin

logger = logging.getLogger(__name__)

NORMAL, GOING_AWAY, POLICY, TOO_BUSY, NOT_AUTHENTICATED = 1000, 1001, 1008, 1013, 4001
MAX_IN_FLIGHT = 256
FLUSH_SECONDS = 1.0

Close = Callable[[int, str], Awaitable[None]]
Admitted = asyncio.Future[Any]  # done once it was let in; RateLimited, or ServiceUnavailable


@dataclass(frozen=True, slots=True)
class Job:
    """A request that is carried out side by side with others. `admit` is begun at once; `run` is handed what
    it gave, in the order of the jobs, each when the one before has called `queued` (or has ended)."""

    number: object
    admit: Callable[[], Coroutine[Any, Any, Any]]
    run: Callable[[Any, Callable[[], None]], Awaitable[object]]


class Connection:
    """`write` sends frames, `end` sends the closing frame: both belong to whoever holds the wire."""

    def __init__(self, gate: Gate, head: Head, dialect: Dialect, write: Write, end: Close) -> None:
        self.connection_id = secrets.token_hex(8)
        self.gate = gate
        self.head = head
        self.dialect = dialect
        self.since = time.monotonic()
        self.identity: Identity | None = None
        self.counted_as = f"ip:{block_of(head.ip)}"
        self.outbox = Outbox(write, self._overflow)
        self.subscriptions: dict[str, Subscription] = {}
        self.listeners: dict[Subscription, Identity] = {}  # those with a proof of their own
        self._end = end
        self._controls = Allowance(*dialect.limits.controls)
        self._patience = Allowance(*dialect.limits.patience)
        self._lane: asyncio.Queue[tuple[Job, Admitted]] = asyncio.Queue(MAX_IN_FLIGHT)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lane_task: asyncio.Task[None] | None = None
        self._in_flight = 0
        self.is_closing = False

    @property
    def account(self) -> int:
        assert self.identity is not None
        return self.identity.caller.user_id

    @property
    def identities(self) -> set[Identity]:
        """Everybody it speaks for."""
        own = set() if self.identity is None else {self.identity}
        return own.union(self.listeners.values()) if self.listeners else own

    def begin_work(self) -> None:
        """What is asked for over it goes under its number, which its welcome tells."""
        begin(self.connection_id)

    # What it may.

    def may(self, scope: Scope | None) -> bool:
        return scope is None or (self.identity is not None and scope in self.identity.caller.scopes)

    def require(self, scope: Scope | None) -> None:
        """Raises AuthRequired, Forbidden."""
        if scope is None:
            return
        if self.identity is None:
            raise AuthRequired
        if scope not in self.identity.caller.scopes:
            raise Forbidden(f"The key lacks the scope {scope}.", scope=str(scope))

    def count_control(self) -> None:
        """Raises RateLimited; who goes on regardless is closed."""
        if not self._controls.take():
            if not self._patience.take():
                self.close(POLICY, "too many messages")
            raise RateLimited(retry_after=1)

    # What it is told.

    def send(self, frame: Frame) -> None:
        self.outbox.put(frame)

    def refuse(self, number: object, error: Exception) -> None:
        if not self.dialect.is_refusal(error):
            logger.error("a request on a connection failed", exc_info=error)
        self.send(self.dialect.refusal(number, error))

    # What it listens to.

    def check_new(self, key: str) -> None:
        """Raises AlreadySubscribed, TooManySubscriptions."""
        if key in self.subscriptions:
            raise AlreadySubscribed
        limit = self.dialect.limits.subscriptions
        if len(self.subscriptions) >= limit:
            raise TooManySubscriptions(limit=limit)

    def unsubscribe(self, key: str) -> None:
        """Raises NotSubscribed."""
        subscription = self.subscriptions.pop(key, None)
        if subscription is None:
            raise NotSubscribed
        subscription.close()
        self.outbox.drop(subscription)

    # What it asks to be done.

    def take_in(self, job: Job) -> None:
        """Carry it out after those before it, side by side with them. Raises TooManyInFlight.

        It is let in at once: all that wait for their tokens share the next trip to Redis.
        """
        if self._in_flight >= MAX_IN_FLIGHT:
            if not self._patience.take():
                self.close(POLICY, "too many messages")
            raise TooManyInFlight(limit=MAX_IN_FLIGHT)
        self._in_flight += 1
        self._lane.put_nowait((job, self._spawn(job.admit())))
        if self._lane_task is None:
            self._lane_task = asyncio.create_task(self._run_lane(), name="order lane")

    async def _run_lane(self) -> None:
        while True:
            job, admitted = await self._lane.get()
            queued = asyncio.Event()
            self._spawn(self._carry_out(job, admitted, queued))
            await queued.wait()

    async def _carry_out(self, job: Job, admitted: Admitted, queued: asyncio.Event) -> None:
        try:
            result = await job.run(await admitted, queued.set)
            self.send(self.dialect.answer(job.number, result))
        except Exception as error:  # noqa: BLE001 (whatever it is, the client gets an answer)
            self.refuse(job.number, error)
        finally:
            self._in_flight -= 1
            queued.set()

    # How it ends.

    def _overflow(self) -> None:
        self.close(TOO_BUSY, "what you listen to was not read in time")

    def close(self, code: int, reason: str) -> None:
        """What waits is sent first, if that is soon."""
        if not self.is_closing:
            self.is_closing = True
            self._spawn(self._finish(code, reason))

    def check_age(self, now: float) -> None:
        """Called each second."""
        life_seconds = self.dialect.limits.life_seconds
        if life_seconds is not None and now - self.since >= life_seconds:
            self.close(GOING_AWAY, "it has lived as long as connections do")

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """What went wrong is told by who awaits the task; on a wire that is gone nobody does."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()

    async def _finish(self, code: int, reason: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await self.outbox.flushed()
        self.outbox.close()
        await self._end(code, reason)

    def cease(self) -> None:
        """The wire is gone. What was asked for goes on; nobody hears of it."""
        self.is_closing = True
        self.outbox.close()
        if self._lane_task is not None:
            self._lane_task.cancel()
        for subscription in self.subscriptions.values():
            subscription.close()
        self.subscriptions.clear()
