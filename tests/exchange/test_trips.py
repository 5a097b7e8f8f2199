"""Commands that wait for Redis go together, in their order, and nobody waits behind a trip that failed."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from exchange.queue import FIELD, alive_key, stream_key
from exchange.submission import ACCEPTED, NO_ENGINE, Submission
from exchange.trips import MOST_TOGETHER, NotSent, Trips

SHARD = 7


def submissions(*names: str) -> list[Submission]:
    return [Submission(name.encode(), uuid4()) for name in names]


def client(url: str | None = None) -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(url or settings.REDIS_URL, retry=Retry(NoBackoff(), 0))


async def queued(wire: redis.asyncio.Redis) -> list[str]:
    entries: Any = await wire.xrange(stream_key(SHARD))
    return [fields[FIELD].decode() for _, fields in entries]


async def with_an_engine(wire: redis.asyncio.Redis) -> None:
    await wire.flushdb()
    await wire.set(alive_key(SHARD), b"1")


def test_what_is_sent_at_once_enters_in_the_order_it_was_sent() -> None:
    async def scenario() -> None:
        async with client() as wire:
            await with_an_engine(wire)
            trips = Trips(wire)
            names = [str(number) for number in range(2 * MOST_TOGETHER + 7)]
            outcomes = await asyncio.gather(*(trips.put(SHARD, submissions(name)) for name in names))
            assert set(outcomes) == {ACCEPTED}
            assert await queued(wire) == names

    asyncio.run(scenario())


def test_those_who_wait_share_few_trips() -> None:
    async def scenario() -> None:
        async with client() as wire:
            await with_an_engine(wire)
            trips = Trips(wire)
            await trips.put(SHARD, submissions("first"))
            before = (await wire.info("commandstats"))["cmdstat_evalsha"]["calls"]
            await asyncio.gather(*(trips.put(SHARD, submissions("a", "b")) for _ in range(200)))
            after = (await wire.info("commandstats"))["cmdstat_evalsha"]["calls"]
            assert after - before <= 2
            assert len(await queued(wire)) == 401

    asyncio.run(scenario())


def test_without_an_engine_everybody_is_told_so() -> None:
    async def scenario() -> None:
        async with client() as wire:
            await wire.flushdb()
            trips = Trips(wire)
            outcomes = await asyncio.gather(*(trips.put(SHARD, submissions("a")) for _ in range(3)))
            assert outcomes == [NO_ENGINE] * 3
            assert await queued(wire) == []

    asyncio.run(scenario())


def test_who_gives_up_while_he_waits_is_not_sent() -> None:
    async def scenario() -> None:
        async with client() as wire:
            await with_an_engine(wire)
            trips = Trips(wire)
            calls = [trips.put(SHARD, submissions(name)) for name in "abc"]
            calls[1].cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            assert await queued(wire) == ["a", "c"]

    asyncio.run(scenario())


def test_a_trip_that_fails_fails_those_who_wait_behind_it_at_once_and_the_next_one_is_tried() -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        hanging = f"redis://127.0.0.1:{port}?socket_timeout=0.3"
        async with client(hanging) as wire:
            trips = Trips(wire)
            first = trips.put(SHARD, submissions("a"))
            await asyncio.sleep(0.05)
            behind = trips.put(SHARD, submissions("b"))
            with pytest.raises((RedisError, TimeoutError)):
                await first
            with pytest.raises(NotSent):
                await behind
        server.close()
        async with client() as wire:
            await with_an_engine(wire)
            assert await Trips(wire).put(SHARD, submissions("c")) == ACCEPTED

    asyncio.run(scenario())
