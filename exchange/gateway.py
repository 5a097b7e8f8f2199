"""The web process's way to the engine: put a command into the queue, wait for its committed outcome.

One gateway per process and event loop. Replies come over one subscription; a command whose reply does
not come in time is looked up in the journal before the outcome is called unknown.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import redis.asyncio
from redis.exceptions import RedisError

from exchange.engine.commands import Command, PlaceOrder
from exchange.errors import EngineUnavailable, OutcomeUnknown, QueueFull, QueueUnavailable
from exchange.queue import ACCEPTED, NO_ENGINE, SUBMIT_SCRIPT, reply_channel, submit_arguments
from exchange.wire import Reply, decode_replies, encode_due_transfer, encode_envelope

logger = logging.getLogger(__name__)

REPLY_TIMEOUT_S = 5.0
SUBSCRIBE_TIMEOUT_S = 1.0
MAX_WAITING = 10_000


class Gateway:
    """`look_up` finds a committed outcome by command id, or None; it is asked when a reply is missing."""

    def __init__(
        self,
        client: redis.asyncio.Redis,
        look_up: Callable[[UUID], Awaitable[Reply | None]],
        *,
        reply_timeout_s: float = REPLY_TIMEOUT_S,
    ) -> None:
        self.process = secrets.token_hex(8)
        self.client = client
        self._look_up = look_up
        self._reply_timeout_s = reply_timeout_s
        self._submit = client.register_script(SUBMIT_SCRIPT)
        self._waiting: dict[UUID, asyncio.Future[Reply]] = {}
        self._subscribed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def execute(self, *, shard: int, command: Command, command_id: UUID) -> Reply:
        """The committed outcome of a command.

        Raises EngineUnavailable, QueueFull or QueueUnavailable where it was not accepted, OutcomeUnknown
        where no outcome was found in time.
        """
        message = encode_envelope(command_id=command_id, reply_to=self.process, command=command)
        if isinstance(command, PlaceOrder):
            return await self._send(
                shard,
                message,
                command_id,
                account=command.account,
                client_order_id=command.client_order_id,
            )
        return await self._send(shard, message, command_id)

    async def announce_transfer(self, *, shard: int, command_id: UUID) -> Reply:
        """Tell the engine that a wallet transfer's row waits, and wait for its end. Raises as `execute`."""
        message = encode_due_transfer(command_id=command_id, reply_to=self.process)
        return await self._send(shard, message, command_id)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.client.aclose()

    async def _send(
        self, shard: int, message: bytes, command_id: UUID, *, account: int = 0, client_order_id: str = ""
    ) -> Reply:
        if len(self._waiting) >= MAX_WAITING:
            raise QueueFull
        await self._ensure_subscribed()
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = future
        try:
            await self._put(shard, message, command_id, account, client_order_id)
            return await asyncio.wait_for(future, self._reply_timeout_s)
        except TimeoutError:
            return await self._from_journal(command_id)
        finally:
            self._waiting.pop(command_id, None)

    async def _put(
        self, shard: int, message: bytes, command_id: UUID, account: int, client_order_id: str
    ) -> None:
        keys, arguments = submit_arguments(
            shard=shard,
            message=message,
            command_id=command_id,
            account=account,
            client_order_id=client_order_id,
        )
        try:
            outcome = await self._submit(keys=keys, args=arguments)
        except redis.exceptions.ConnectionError as error:
            # Once the bytes may have left, only the journal knows: a refused connection alone is a "no".
            if isinstance(error.__cause__, ConnectionRefusedError | FileNotFoundError):
                raise QueueUnavailable from error
            raise TimeoutError from error
        except RedisError as error:
            raise TimeoutError from error
        if outcome == ACCEPTED:
            return
        raise EngineUnavailable if outcome == NO_ENGINE else QueueFull

    async def _from_journal(self, command_id: UUID) -> Reply:
        reply = await self._look_up(command_id)
        if reply is None:
            raise OutcomeUnknown
        return reply

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
                    async for message in subscription.listen():
                        self._take(message)
            except (RedisError, OSError) as error:
                logger.warning("lost the engine's replies: %s", error)
            finally:
                self._subscribed.clear()
            await asyncio.sleep(0.1)

    def _take(self, message: dict[str, object]) -> None:
        if message["type"] == "subscribe":
            self._subscribed.set()
        elif message["type"] == "message":
            data = message["data"]
            assert isinstance(data, bytes)
            for reply in decode_replies(data):
                future = self._waiting.get(reply.command_id)
                if future is not None and not future.done():
                    future.set_result(reply)
