"""Asks all sources side by side, for no longer than a deadline. Decides nothing about what they say."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from oracle.rules.quotes import Absence, Absent, Quote
from oracle.sources.circuit import Circuit
from oracle.sources.memory import QuoteMemory
from oracle.sources.shapes import malformed, now_ms
from oracle.sources.source import Source, SourceFailure

logger = logging.getLogger(__name__)

LONGEST_FETCH_S = 60.0  # sources bound their own time; this is for one that does not
CLOSING_S = 2.0


@dataclass(frozen=True, slots=True)
class Polled:
    """One quote or one absence of each source, in the order in which they are named."""

    quotes: tuple[Quote, ...]
    absences: tuple[Absence, ...]


@dataclass
class _Asked:
    """One source and what is under way with it. `is_prompt`: its last answer came within the deadline."""

    source: Source
    circuit: Circuit
    memory: QuoteMemory = field(default_factory=QuoteMemory)
    task: "asyncio.Task[Quote] | None" = None
    began: float = 0.0
    is_prompt: bool = True


class Poller:
    """Used in one event loop. A fetch that is late goes on, and its answer is taken the next time.

    Who was late is not waited for again before he has been in time, so that he delays nobody.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        deadline_s: float,
        *,
        clock_ms: Callable[[], int] = now_ms,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._asked = [_Asked(source, Circuit(clock, chance)) for source in sources]
        self._deadline_s = deadline_s
        self._clock_ms = clock_ms
        self._clock = clock

    async def poll(self) -> Polled:
        late = {one.source.name: self._harvest(one) for one in self._asked}
        for one in self._asked:
            self._begin(one)
        await self._wait()
        said = [self._said(one, late[one.source.name]) for one in self._asked]
        return Polled(
            tuple(one for one in said if isinstance(one, Quote)),
            tuple(one for one in said if isinstance(one, Absence)),
        )

    def _begin(self, one: _Asked) -> None:
        if one.task is None and not one.circuit.is_open:
            one.began = self._clock()
            one.task = asyncio.create_task(one.source.fetch(), name=f"fetch {one.source.name}")
        elif one.task is not None and self._clock() - one.began > LONGEST_FETCH_S:
            one.task.cancel()

    async def _wait(self) -> None:
        under_way = [(one.task, one.is_prompt) for one in self._asked if one.task is not None]
        prompt = [task for task, is_prompt in under_way if is_prompt] or [task for task, _ in under_way]
        if prompt:
            await asyncio.wait(prompt, timeout=self._deadline_s)

    def _harvest(self, one: _Asked) -> Quote | Absence | None:
        """What a fetch that has ended said; None where none has."""
        task = one.task
        if task is None or not task.done():
            return None
        one.task = None
        try:
            quote = one.memory.take(_result(task), self._clock_ms())
        except SourceFailure as failure:
            one.circuit.failed(failure)
            if one.circuit.failures == 1:  # the rounds say the rest
                logger.warning("no quote of %s: %s", one.source.name, failure)
            return Absence(one.source.name, failure.reason, failure.detail)
        if one.circuit.failures:
            logger.info("%s gives quotes again, after %s failures", one.source.name, one.circuit.failures)
        one.circuit.answered()
        return quote

    def _said(self, one: _Asked, late: Quote | Absence | None) -> Quote | Absence:
        """The answer of this round, else the one that came late for the round before."""
        now = self._harvest(one)
        one.is_prompt = now is not None or (one.task is None and one.is_prompt)
        if isinstance(now, Quote) or (now is not None and not isinstance(late, Quote)):
            return now
        if late is not None:
            return late
        if one.task is not None:
            return Absence(one.source.name, Absent.TIMED_OUT, "still waiting for its answer")
        return Absence(one.source.name, Absent.BACKING_OFF, f"failed {one.circuit.failures} times in a row")

    async def close(self) -> None:
        """Ends what is under way and closes every source, whatever one of them does."""
        tasks = [one.task for one in self._asked if one.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSING_S)
        closing = [asyncio.wait_for(one.source.close(), CLOSING_S) for one in self._asked]
        for ended in await asyncio.gather(*closing, return_exceptions=True):
            if isinstance(ended, Exception):
                logger.warning("a source did not close: %s", type(ended).__name__)


def _result(task: "asyncio.Task[Quote]") -> Quote:
    """Raises SourceFailure and nothing else."""
    try:
        return task.result()
    except SourceFailure:
        raise
    except asyncio.CancelledError as error:
        raise SourceFailure(Absent.TIMED_OUT, "it did not end by itself") from error
    except Exception as error:
        logger.exception("a source failed in a way that it should not: %s", task.get_name())
        raise malformed(type(error).__name__) from error
