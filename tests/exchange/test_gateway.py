"""The web process's end of the queue: what it says of a command is true though connections break."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio

from access.threads import in_thread
from exchange.engine.commands import Command
from exchange.engine.events import OrderAccepted
from exchange.errors import EngineUnavailable, OutcomeUnknown, QueueUnavailable
from exchange.gateway import Gateway
from exchange.models import JournalEntry
from exchange.queue import alive_key, pending_key, stream_key
from exchange.selectors import committed_replies
from exchange.web_gateway import redis_client
from exchange.wire import Reply
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, settle
from tests.support.lossy import lossy_redis

TIMEOUT_S = 1.0


async def _look_up(command_ids: Sequence[UUID]) -> Mapping[UUID, Reply]:
    return await in_thread(committed_replies, command_ids)


@asynccontextmanager
async def _gateway(client: redis.asyncio.Redis | None = None) -> AsyncIterator[Gateway]:
    gateway = Gateway(client or redis_client(), _look_up, reply_timeout_s=TIMEOUT_S)
    try:
        yield gateway
    finally:
        await gateway.close()


async def _queued(scene: Scene) -> None:
    while not scene.clients.redis.xlen(stream_key(0)):
        await asyncio.sleep(0)


def _run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        return await asyncio.wait_for(work(), 30)

    return asyncio.run(bounded())


def test_a_reply_that_is_lost_is_found_in_the_journal(scene: Scene) -> None:
    command_id, order = uuid4(), limit(scene.alice, BUY, "50000")

    async def work() -> Reply:
        async with _gateway() as gateway:
            waiting = asyncio.create_task(gateway.execute(shard=0, command=order, command_id=command_id))
            await _queued(scene)
            _cut_subscriptions(scene, gateway.process)
            settle(scene.worker)
            return await waiting

    reply = _run(work)
    assert reply.command_id == command_id
    assert isinstance(reply.events[0], OrderAccepted)
    scene.check()


def _cut_subscriptions(scene: Scene, process: str) -> None:
    """Until nobody listens to this process's replies."""
    connection = scene.clients.redis
    own = connection.connection_pool.connection_kwargs["db"]
    for found in connection.client_list(_type="pubsub"):
        if int(found["db"]) == own:
            connection.client_kill_filter(_id=found["id"])
    while dict(connection.pubsub_numsub(f"replies:{process}"))[f"replies:{process}".encode()]:
        pass


def test_without_an_engine_a_command_is_not_accepted(scene: Scene) -> None:
    scene.clients.redis.delete(alive_key(0))
    order = limit(scene.alice, BUY, "50000", client_order_id="a-1")

    async def work() -> None:
        async with _gateway() as gateway:
            with pytest.raises(EngineUnavailable):
                await gateway.execute(shard=0, command=order, command_id=uuid4())

    _run(work)
    assert scene.clients.redis.xlen(stream_key(0)) == 0
    assert not scene.clients.redis.exists(pending_key(0, scene.alice, "a-1"))


def test_without_redis_a_command_is_not_accepted(scene: Scene) -> None:
    nowhere = redis.asyncio.Redis(unix_socket_path="/nonexistent/valkey.sock")

    async def work() -> None:
        async with _gateway(nowhere) as gateway:
            with pytest.raises(QueueUnavailable):
                await gateway.execute(shard=0, command=limit(scene.alice, BUY, "50000"), command_id=uuid4())

    _run(work)


def test_when_the_answer_of_redis_is_lost_the_command_is_sent_once_and_its_outcome_unknown(
    scene: Scene,
) -> None:
    scene.tell(limit(scene.bob, BUY, "40000"))  # the script is known to the server from here on
    command_id, order = uuid4(), limit(scene.alice, BUY, "50000", client_order_id="a-1")
    before = JournalEntry.objects.count()

    async def work(command: Command) -> None:
        async with _lossy_redis() as client, _gateway(client) as gateway:
            with pytest.raises(OutcomeUnknown):
                await gateway.execute(shard=0, command=command, command_id=command_id)

    _run(lambda: work(order))
    assert scene.clients.redis.xlen(stream_key(0)) == 1
    assert scene.clients.redis.exists(pending_key(0, scene.alice, "a-1"))
    settle(scene.worker)
    assert JournalEntry.objects.count() == before + 1
    assert not scene.clients.redis.exists(pending_key(0, scene.alice, "a-1"))
    scene.check()


@asynccontextmanager
async def _lossy_redis() -> AsyncIterator[redis.asyncio.Redis]:
    """A client as the product's own, whose scripts are carried out and never answered."""
    given = redis_client().connection_pool.connection_kwargs
    kept = {name: given[name] for name in ("db", "retry", "socket_timeout") if name in given}
    async with lossy_redis(breaks=sys.maxsize) as path:
        yield redis.asyncio.Redis(unix_socket_path=path, **kept)
