"""Redis that hangs, and faults nobody thought of: each is answered soon, and said once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redis import Redis
from redis.exceptions import RedisError

from access import rounds, shared_rounds
from access.errors import RateLimited
from access.limits import Bucket, Limits
from access.rounds import Question, Rounds
from tests.support.lossy import lossy_redis

QUESTION = Question("b", "", 10, 20, 1)
MANY = 20


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Takes every connection and never says a word."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    server.close()


def in_a_loop(work: Callable[[str], Awaitable[None]]) -> None:
    async def run() -> None:
        async with silent_server() as url:
            await work(url)

    asyncio.run(run())


def test_all_that_wait_fail_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_rounds, "MAX_TOGETHER", 1)
    monkeypatch.setattr(shared_rounds, "TIMEOUT_SECONDS", 0.3)

    async def ask_many(url: str) -> None:
        began = time.monotonic()
        asked = Rounds(url)
        answers = await asyncio.gather(*(asked.ask(QUESTION) for _ in range(MANY)), return_exceptions=True)
        assert time.monotonic() - began < 2
        assert all(isinstance(answer, RedisError) for answer in answers)

    in_a_loop(ask_many)


def test_a_fault_of_any_kind_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_once(url: str) -> None:
        asked = Rounds(url)

        async def breaks(questions: list[Question]) -> list[rounds.Verdict]:
            raise AttributeError("a bug of the client's")

        async def works(questions: list[Question]) -> list[rounds.Verdict]:
            return [(b"epoch", rounds.ADMITTED, 1)]

        for trip in (breaks, works):
            monkeypatch.setattr(asked, "_trip", trip)
            answer = asyncio.wait_for(asked.ask(QUESTION), 1)
            if trip is breaks:
                with pytest.raises(RedisError):
                    await answer
            else:
                assert await answer == (b"epoch", rounds.ADMITTED, 1)

    in_a_loop(break_once)


def test_it_is_said_once_and_not_for_each_request(caplog: pytest.LogCaptureFixture) -> None:
    async def read_many(url: str) -> None:
        limits = Limits("redis://127.0.0.1:1/0")
        bucket = Bucket("b", 10, MANY)
        await asyncio.gather(*(limits.admit(bucket, cost=1, nonce="", is_safe=True) for _ in range(MANY)))

    in_a_loop(read_many)
    assert len([record for record in caplog.records if "Redis does not answer" in record.message]) == 1


def test_what_the_rate_refuses_takes_no_room_for_nonces() -> None:
    async def read_too_often(url: str) -> None:
        limits = Limits("redis://127.0.0.1:1/0")
        bucket = Bucket("b", 1, 1)
        await limits.admit(bucket, cost=1, nonce="first", is_safe=True)
        with pytest.raises(RateLimited):
            await limits.admit(bucket, cost=1, nonce="second", is_safe=True)
        assert list(limits.local.nonces) == ["first"]

    in_a_loop(read_too_often)


def test_a_round_whose_answer_was_lost_does_not_meet_its_own_nonces(redis: Redis) -> None:
    """The client sent its request once; that ours had to be sent twice is not its fault."""

    async def ask() -> list[int]:
        async with lossy_redis(breaks=1, after=2) as path:
            asked = Rounds(f"unix://{path}?db={redis.connection_pool.connection_kwargs['db']}")
            await asked.ask(QUESTION)  # two calls: the first finds no script
            questions = (Question("b", name, 10, 20, 1) for name in ("one", "two", "one"))
            return [(await answer)[1] for answer in [*map(asyncio.ensure_future, map(asked.ask, questions))]]

    assert asyncio.run(ask()) == [rounds.ADMITTED, rounds.ADMITTED, rounds.REPLAYED]
