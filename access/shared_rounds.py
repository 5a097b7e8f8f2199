"""Round trips to Redis that requests share: all that wait while one is under way go together in the next.

A request costs the web process a few microseconds so, where a round trip of its own costs some two hundred.
"""

import asyncio
import secrets
from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from access.key_epoch import EPOCH_KEY

TIMEOUT_SECONDS = 0.5
MAX_TOGETHER = 128
MAX_WAITING = 10_000

# What every such script begins with: the epoch of the keys, the clock, and `mine`, which is new with each
# round. An emptied Redis begins a new epoch, so that nothing cached before it is believed.
_BEGINNING = """
local mine = ARGV[1]
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = mine
  redis.call('SET', KEYS[1], epoch)
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
"""

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class SharedRounds(ABC, Generic[Question, Answer]):
    """`script` goes on after `_BEGINNING`; its own keys and values begin at KEYS[2] and ARGV[2]. A round
    whose answer was lost is asked once again with the same arguments."""

    def __init__(self, url: str, script: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )
        self._script = _BEGINNING + script
        self._sha = ""
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _trip(self, questions: list[Question]) -> list[Answer]:
        """One answer for each question, by one `_call`."""

    async def ask(self, question: Question) -> Answer:
        """Raises RedisError."""
        if len(self._waiting) >= MAX_WAITING:
            raise RedisError("too many requests wait for Redis")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, answer))
        if self._task is None:
            self._task = loop.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
                try:
                    answers = await self._trip([question for question, _ in together])
                except Exception as error:  # noqa: BLE001 (whatever it is, nobody may wait for ever)
                    self._fail(together, error)
                    continue
                for answer, (_, waiting) in zip(answers, together, strict=True):
                    if not waiting.done():
                        waiting.set_result(answer)
        finally:
            self._task = None

    def _fail(self, together: list[tuple[Question, asyncio.Future[Answer]]], error: Exception) -> None:
        """All that wait fail with it: behind a Redis that hangs each round would wait its own time out."""
        together, self._waiting = together + self._waiting, []
        for _, waiting in together:
            if not waiting.done():
                waiting.set_exception(RedisError(str(error)))

    async def _call(self, keys: list[str], values: list[str | int]) -> list[Any]:
        """What the script returns."""
        arguments = (EPOCH_KEY, *keys, secrets.token_hex(8), *values)
        try:
            return await self._redis.evalsha(self._sha, len(keys) + 1, *arguments)  # type: ignore[no-any-return]
        except NoScriptError:
            self._sha = await self._redis.script_load(self._script)
            return await self._redis.evalsha(self._sha, len(keys) + 1, *arguments)  # type: ignore[no-any-return]

    async def close(self) -> None:
        await self._redis.aclose()
