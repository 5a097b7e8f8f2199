"""The web process's end of the queue: what it says of a command is true though connections break."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from access.threads import in_thread
from exchange.engine.commands import Command
from exchange.engine.events import OrderAccepted
from exchange.errors import EngineUnavailable, OutcomeUnknown, QueueUnavailable
from exchange.gateway import PING_AFTER_S, Gateway
from exchange.models import JournalEntry
from exchange.queue import alive_key, pending_key, stream_key
from exchange.selectors import committed_replies
from exchange.submission import ACCEPTED, QUEUE_FULL, SUBMIT_SCRIPT, Submission, submission_arguments
from exchange.web_gateway import redis_client
from exchange.wire import Reply
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, settle
from tests.support.lossy import lossy_redis
from tests.support.silent import silent_redis

TIMEOUT_S = 1.0


async def _look_up(command_ids: Sequence[UUID]) -> Mapping[UUID, Reply]:
    return await in_thread(committed_replies, command_ids)


@asynccontextmanager
async def _gateway(
    client: redis.asyncio.Redis | None = None, *, ping_after_s: float = PING_AFTER_S
) -> AsyncIterator[Gateway]:
    gateway = Gateway(
        client or redis_client(), _look_up, reply_timeout_s=TIMEOUT_S, ping_after_s=ping_after_s
    )
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


def test_replays_that_wait_side_by_side_are_all_answered_at_once(scene: Scene) -> None:
    command_id, order = uuid4(), limit(scene.alice, BUY, "50000")
    looked_up: list[UUID] = []

    async def look_up(command_ids: Sequence[UUID]) -> Mapping[UUID, Reply]:
        looked_up.extend(command_ids)
        return {}

    async def work() -> list[Reply]:
        gateway = Gateway(redis_client(), look_up, reply_timeout_s=10)
        try:
            waiting = [
                asyncio.create_task(gateway.execute(shard=0, command=order, command_id=command_id))
                for _ in range(3)
            ]
            while scene.clients.redis.xlen(stream_key(0)) < 3:
                await asyncio.sleep(0)
            settle(scene.worker)
            return list(await asyncio.gather(*waiting))
        finally:
            await gateway.close()

    replies = _run(work)
    assert {reply.sequence for reply in replies} == {replies[0].sequence}
    assert not looked_up
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


def test_several_commands_stand_in_the_queue_one_after_the_other_or_none_does(scene: Scene) -> None:
    orders = [limit(scene.alice, BUY, f"{50_000 + n}", client_order_id=f"a-{n}") for n in range(3)]
    orders.append(limit(scene.alice, BUY, "60000"))
    commands = [(order, uuid4()) for order in orders]
    queued: list[int] = []

    async def work() -> list[Reply | None]:
        async with _gateway() as gateway:
            waiting = asyncio.create_task(
                gateway.execute_all(shard=0, commands=commands, queued=lambda: queued.append(1))
            )
            await _queued(scene)
            assert scene.clients.redis.xlen(stream_key(0)) == 4
            assert all(scene.clients.redis.exists(pending_key(0, scene.alice, f"a-{n}")) for n in range(3))
            settle(scene.worker)
            return await waiting

    replies = _run(work)
    assert [reply.command_id for reply in replies] == [command_id for _, command_id in commands]
    sequences = [reply.sequence for reply in replies]
    assert sequences == list(range(sequences[0], sequences[0] + 4))
    assert queued == [1]
    assert not scene.clients.redis.exists(pending_key(0, scene.alice, "a-0"))
    scene.check()


def test_a_batch_that_does_not_fit_the_queue_is_not_accepted_at_all(scene: Scene) -> None:
    keys, arguments = submission_arguments(0, [Submission(b"x", uuid4(), 1, "a"), Submission(b"y", uuid4())])
    for longest, outcome in ((1, QUEUE_FULL), (2, ACCEPTED)):
        arguments[0] = longest
        assert scene.clients.redis.eval(SUBMIT_SCRIPT, len(keys), *keys, *arguments) == outcome
        assert scene.clients.redis.xlen(stream_key(0)) == (2 if outcome == ACCEPTED else 0)
        assert scene.clients.redis.exists(pending_key(0, 1, "a")) == (outcome == ACCEPTED)


def test_of_several_commands_those_without_an_outcome_are_unknown_alone(scene: Scene) -> None:
    known, order = uuid4(), limit(scene.alice, BUY, "50000")
    scene.tell(order, command_id=known)  # applied before: its id is in the journal

    async def work() -> list[Reply | None]:
        async with _gateway() as gateway:
            return await gateway.execute_all(shard=0, commands=[(order, known), (order, uuid4())])

    replies = _run(work)
    assert [reply is not None for reply in replies] == [True, False]


def test_a_subscription_whose_peer_is_gone_without_a_word_is_made_anew(scene: Scene) -> None:
    async def work() -> Reply:
        async with silent_redis() as (path, hold), _gateway(_at(path), ping_after_s=0.1) as gateway:
            first = limit(scene.alice, BUY, "50000")
            waiting = asyncio.create_task(gateway.execute(shard=0, command=first, command_id=uuid4()))
            await _queued(scene)
            settle(scene.worker)
            await waiting
            hold()  # connections stay open and nothing comes any more; new ones are served
            for state in (False, True):
                while gateway.is_listening != state:
                    await asyncio.sleep(0.01)
            await gateway.client.connection_pool.disconnect(inuse_connections=False)  # as silent as that was
            second = asyncio.create_task(
                gateway.execute(shard=0, command=limit(scene.alice, BUY, "50001"), command_id=uuid4())
            )
            await _queued(scene)
            settle(scene.worker)
            return await second

    assert isinstance(_run(work).events[0], OrderAccepted)


def _at(path: str) -> redis.asyncio.Redis:
    return redis.asyncio.Redis(unix_socket_path=path, db=_database(), retry=Retry(NoBackoff(), 0))


def _database() -> int:
    return int(redis_client().connection_pool.connection_kwargs.get("db") or 0)
