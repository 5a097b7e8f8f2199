"""Hears sources that tell by themselves, and asks the others in turn. Decides nothing about what they say."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing

from oracle.inbox import Inbox
from oracle.polling import Poller
from oracle.rules.names import HOUSE, PYTH, RECORDED, SIMULATED, NoSource, read_name
from oracle.rules.quotes import Absence, Absent
from oracle.sources.ccxt_stream import CcxtStream, NoStream
from oracle.sources.circuit import Circuit
from oracle.sources.memory import QuoteMemory
from oracle.sources.shapes import now_ms
from oracle.sources.source import SourceFailure, Stream
from oracle.sources.surroundings import Surroundings

logger = logging.getLogger(__name__)

_ASKED = {HOUSE, PYTH, RECORDED, SIMULATED}
_TURN_S = 0.1


def make_streams(names: Sequence[str], around: Surroundings) -> tuple[list[Stream], list[str]]:
    """The streams there are, and the names of those that must be asked. Raises NoSource."""
    streams: list[Stream] = []
    asked: list[str] = []
    for text in names:
        name = read_name(text)
        try:
            if name.kind in _ASKED:
                raise NoStream(text)
            streams.append(CcxtStream(text, name, around))
        except (NoStream, NoSource):  # who is unknown to the other way of asking too is refused there
            asked.append(text)
    return streams, asked


async def listen(stream: Stream, inbox: Inbox, circuit: Circuit) -> None:
    """For ever. A stream that breaks is absent until it speaks again, and is begun again later each time."""
    memory = QuoteMemory()
    while True:
        try:
            async with aclosing(stream.quotes()) as quotes:
                async for quote in quotes:
                    _heard(stream, circuit)
                    inbox.put(memory.take(quote, now_ms()))
            raise SourceFailure(Absent.UNREACHABLE, "its stream ended")
        except SourceFailure as failure:
            _lost(stream, inbox, circuit, failure)
        except Exception as error:
            logger.exception("a stream failed in a way that it should not: %s", stream.name)
            _lost(stream, inbox, circuit, SourceFailure(Absent.MALFORMED, type(error).__name__))
        while circuit.is_open:
            await asyncio.sleep(_TURN_S)


def _heard(stream: Stream, circuit: Circuit) -> None:
    if circuit.failures:
        logger.info("hears %s again, after %s failures", stream.name, circuit.failures)
    circuit.answered()


def _lost(stream: Stream, inbox: Inbox, circuit: Circuit, failure: SourceFailure) -> None:
    circuit.failed(failure)
    if circuit.failures == 1:  # the rounds say the rest
        logger.warning("lost the stream of %s: %s", stream.name, failure)
    inbox.put(Absence(stream.name, failure.reason, failure.detail))


async def ask(poller: Poller, inbox: Inbox, period_s: float) -> None:
    """For ever, beginning a round each period; one that was late is followed at once."""
    due = time.monotonic()
    while True:
        inbox.put_all(await poller.poll())
        due = max(due + period_s, time.monotonic())
        await asyncio.sleep(due - time.monotonic())


async def hear_all(
    streams: Sequence[Stream],
    poller: Poller,
    inbox: Inbox,
    period_s: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    chance: Callable[[], float] = random.random,
) -> None:
    """Until it is canceled; then everything is closed."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask(poller, inbox, period_s))
            for stream in streams:
                group.create_task(listen(stream, inbox, Circuit(clock, chance)))
    finally:
        await asyncio.gather(poller.close(), *(stream.close() for stream in streams), return_exceptions=True)
