"""Round trips that put commands into a shard's queue: all that wait while one is under way share the next.

So a command costs a web process a few microseconds of talking to Redis instead of some two hundred, and what
one process sends to a shard enters its queue in the order it was sent.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

import redis.asyncio

from exchange.submission import SUBMIT_SCRIPT, Submission, submission_arguments

MOST_TOGETHER = 500


class NotSent(Exception):
    """The trip before failed, so this one was not begun."""


class Trips:
    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._submit = client.register_script(SUBMIT_SCRIPT)
        self._shards: dict[int, _Line] = {}

    def put(self, shard: int, submissions: Sequence[Submission]) -> "asyncio.Future[int]":
        """Their place in the line is taken at once. Gives the outcome of `SUBMIT_SCRIPT`, one for all that go
        together; NotSent where nothing was sent, and what Redis raises where something may have been."""
        line = self._shards.setdefault(shard, _Line(shard, self._submit))
        return line.put(submissions)


class _Line:
    """Those who wait to be sent to one shard. One trip is under way at a time."""

    def __init__(self, shard: int, submit: redis.commands.core.AsyncScript) -> None:
        self._shard = shard
        self._submit = submit
        self._waiting: deque[tuple[Sequence[Submission], asyncio.Future[int]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, submissions: Sequence[Submission]) -> "asyncio.Future[int]":
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[int] = loop.create_future()
        self._waiting.append((submissions, outcome))
        if self._task is None:
            self._task = loop.create_task(self._run())
        return outcome

    async def _run(self) -> None:
        try:
            while self._waiting:
                together = self._next()
                submissions = [one for some, _ in together for one in some]
                keys, arguments = submission_arguments(self._shard, submissions)
                try:
                    answer = int(await self._submit(keys=keys, args=arguments))
                except Exception as error:  # noqa: BLE001 (whatever it is, nobody may wait for ever)
                    self._fail([outcome for _, outcome in together], error)
                    continue
                for _, outcome in together:
                    if not outcome.done():
                        outcome.set_result(answer)
        finally:
            self._task = None

    def _next(self) -> list[tuple[Sequence[Submission], "asyncio.Future[int]"]]:
        """Whole calls, at least one; who has gone meanwhile is left out."""
        together: list[tuple[Sequence[Submission], asyncio.Future[int]]] = []
        commands = 0
        while self._waiting and (not together or commands + len(self._waiting[0][0]) <= MOST_TOGETHER):
            submissions, outcome = self._waiting.popleft()
            if not outcome.done():
                together.append((submissions, outcome))
                commands += len(submissions)
        return together

    def _fail(self, sent: Sequence["asyncio.Future[int]"], error: Exception) -> None:
        """Who still waits fails at once: behind a Redis that hangs each trip would wait its own time out."""
        waiting = [outcome for _, outcome in self._waiting]
        self._waiting.clear()
        for outcomes, reason in ((sent, error), (waiting, NotSent(str(error)))):
            for outcome in outcomes:
                if not outcome.done():
                    outcome.set_exception(reason)
