"""The web process's way to the engine: put commands into the queue, wait for their committed outcomes.

One gateway per process and event loop. Replies come over one subscription; a command whose reply does
not come in time is looked up in the journal before the outcome is called unknown.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import redis.asyncio
from redis.exceptions import RedisError

from exchange.engine.commands import Command, PlaceOrder
from exchange.errors import EngineUnavailable, OutcomeUnknown, QueueFull, QueueUnavailable
from exchange.queue import reply_channel
from exchange.submission import ACCEPTED, NO_ENGINE, Submission
from exchange.trips import NotSent, Trips
from exchange.wire import Reply, decode_replies, encode_due_transfer, encode_envelope
from logs.context import current_request_id

logger = logging.getLogger(__name__)

REPLY_TIMEOUT_S = 5.0
SUBSCRIBE_TIMEOUT_S = 1.0
PING_AFTER_S = 1.0  # of silence on the subscription; after as long again it is given up as half-open
MAX_WAITING = 10_000

LookUp = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Reply]]]


def _nothing() -> None:
    pass


class Gateway:
    """`look_up` finds committed outcomes by command id; it is asked for those whose reply is missing.

    What takes `queued` calls it as soon as the commands have their place: what is sent after that comes after
    them.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        look_up: LookUp,
        *,
        reply_timeout_s: float = REPLY_TIMEOUT_S,
        ping_after_s: float = PING_AFTER_S,
    ) -> None:
        self.process = secrets.token_hex(8)
        self.client = client
        self._look_up = look_up
        self._reply_timeout_s = reply_timeout_s
        self._ping_after_s = ping_after_s
        self._trips = Trips(client)
        self._waiting: dict[UUID, list[asyncio.Future[Reply]]] = {}  # a replay waits beside the first
        self._subscribed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_listening(self) -> bool:
        """Whether replies would arrive."""
        return self._subscribed.is_set()

    async def execute(
        self, *, shard: int, command: Command, command_id: UUID, queued: Callable[[], None] = _nothing
    ) -> Reply:
        """The committed outcome of a command.

        Raises EngineUnavailable, QueueFull or QueueUnavailable where it was not accepted, OutcomeUnknown
        where no outcome was found in time.
        """
        (reply,) = await self.execute_all(shard=shard, commands=[(command, command_id)], queued=queued)
        if reply is None:
            raise OutcomeUnknown
        return reply

    async def execute_all(
        self,
        *,
        shard: int,
        commands: Sequence[tuple[Command, UUID]],
        queued: Callable[[], None] = _nothing,
    ) -> list[Reply | None]:
        """The committed outcome of each command; None where none was found in time.

        They enter the queue one after the other with nothing between, all or none: then it raises as
        `execute` does. Calls that wait for the same trip to Redis share its outcome.
        """
        submissions = [self._submission(command, command_id) for command, command_id in commands]
        return await self._send(shard, submissions, queued)

    async def announce_transfer(self, *, shard: int, command_id: UUID) -> Reply:
        """Tell the engine that a wallet transfer's row waits, and wait for its end. Raises as `execute`."""
        message = encode_due_transfer(command_id=command_id, reply_to=self.process)
        submission = Submission(message, command_id, request_id=current_request_id())
        (reply,) = await self._send(shard, [submission], _nothing)
        if reply is None:
            raise OutcomeUnknown
        return reply

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.client.aclose()

    def _submission(self, command: Command, command_id: UUID) -> Submission:
        message = encode_envelope(command_id=command_id, reply_to=self.process, command=command)
        request_id = current_request_id()
        if isinstance(command, PlaceOrder):
            return Submission(message, command_id, command.account, command.client_order_id, request_id)
        return Submission(message, command_id, request_id=request_id)

    async def _send(
        self, shard: int, submissions: Sequence[Submission], queued: Callable[[], None]
    ) -> list[Reply | None]:
        if len(self._waiting) + len(submissions) > MAX_WAITING:
            raise QueueFull
        await self._ensure_subscribed()
        loop = asyncio.get_running_loop()
        futures = {submission.command_id: loop.create_future() for submission in submissions}
        for command_id, future in futures.items():
            self._waiting.setdefault(command_id, []).append(future)
        try:
            with suppress(TimeoutError):
                outcome = self._trips.put(shard, submissions)
                queued()
                await self._arrive(outcome)
                await asyncio.wait(futures.values(), timeout=self._reply_timeout_s)
            found: dict[UUID, Reply] = {
                command_id: future.result() for command_id, future in futures.items() if future.done()
            }
        finally:
            for command_id, future in futures.items():
                self._waiting[command_id].remove(future)
                if not self._waiting[command_id]:
                    del self._waiting[command_id]
        missing = [command_id for command_id in futures if command_id not in found]
        if missing:
            found.update(await self._look_up(missing))
        return [found.get(submission.command_id) for submission in submissions]

    async def _arrive(self, accepted: "asyncio.Future[int]") -> None:
        """Raises TimeoutError where nobody knows whether they were accepted."""
        try:
            outcome = await accepted
        except NotSent as error:
            raise QueueUnavailable from error
        except redis.exceptions.ConnectionError as error:
            # Once the bytes may have left, only the journal knows: a refused connection, or none that was
            # free, alone is a "no".
            refused = ConnectionRefusedError | FileNotFoundError | asyncio.TimeoutError
            if isinstance(error.__cause__, refused):
                raise QueueUnavailable from error
            raise TimeoutError from error
        except RedisError as error:
            raise TimeoutError from error
        if outcome == ACCEPTED:
            return
        raise EngineUnavailable if outcome == NO_ENGINE else QueueFull

    async def _ensure_subscribed(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen(), name="engine replies")
        try:
            await asyncio.wait_for(self._subscribed.wait(), SUBSCRIBE_TIMEOUT_S)
        except TimeoutError as error:
            raise QueueUnavailable from error

    async def _listen(self) -> None:
        """Keep one subscription alive for as long as the process lives."""
        while True:
            try:
                async with self.client.pubsub(ignore_subscribe_messages=False) as subscription:
                    await subscription.subscribe(reply_channel(self.process))
                    await self._take_all(subscription)
            except (RedisError, OSError) as error:
                logger.warning("lost the engine's replies: %s", error)
            finally:
                self._subscribed.clear()
            await asyncio.sleep(0.1)

    async def _take_all(self, subscription: Any) -> None:
        """Until the connection breaks. A peer that is gone without a word is noticed by asking it."""
        asked = False
        while True:
            message = await subscription.get_message(timeout=self._ping_after_s)
            if message is not None:
                asked = False
                self._take(message)
            elif asked:
                raise redis.exceptions.ConnectionError("the subscription is silent")
            else:
                asked = True
                await subscription.ping()

    def _take(self, message: dict[str, object]) -> None:
        if message["type"] == "subscribe":
            self._subscribed.set()
        elif message["type"] == "message":
            data = message["data"]
            assert isinstance(data, bytes)
            for reply in decode_replies(data):
                for future in self._waiting.get(reply.command_id, ()):
                    if not future.done():
                        future.set_result(reply)
