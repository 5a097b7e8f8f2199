"""Streams are begun again when they break, others are asked in turn, and all are closed at the end."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from oracle.inbox import Inbox
from oracle.polling import Polled, Poller
from oracle.rules.names import NoSource
from oracle.rules.quotes import Absence, Absent, Quote
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings
from oracle.streaming import hear_all, make_streams
from tests.oracle.sources.scripted import Clock, Scripted, quote
from tests.oracle.sources.servers import run


class ScriptedStream(Scripted):
    """Says what stands in `lines`, once for each time that it is listened to; then what is in `answer`."""

    def __init__(self, name: str, *lines: list[Quote | Exception]) -> None:
        super().__init__(name)
        self.lines = list(lines)

    async def quotes(self) -> AsyncGenerator[Quote, None]:
        self.asked += 1
        for line in self.lines.pop(0) if self.lines else []:
            if isinstance(line, Exception):
                raise line
            yield line
        await asyncio.Event().wait()


async def until(inbox: Inbox, what: Callable[[Polled], bool]) -> Polled:
    async with asyncio.timeout(5):
        while not what(inbox.known()):
            await asyncio.sleep(0.005)
    return inbox.known()


Heard = asyncio.Task[None]


def hearing(streams: list[ScriptedStream], asked: list[Scripted], inbox: Inbox, clock: Clock) -> Heard:
    poller = Poller(asked, 0.1)
    work = hear_all(streams, poller, inbox, 0.02, clock=clock, chance=lambda: 0.0)
    return asyncio.create_task(work)


def test_what_a_stream_says_arrives() -> None:
    async def heard() -> Polled:
        inbox = Inbox()
        task = hearing([ScriptedStream("a", [quote("a", 1), quote("a", 2)])], [], inbox, Clock())
        known = await until(inbox, lambda known: bool(known.quotes))
        task.cancel()
        return known

    assert run(heard()).quotes[0].price_e8 == 2 * 10**8


def test_those_without_a_stream_are_asked_again_and_again() -> None:
    async def asked() -> int:
        source, inbox = Scripted("b", quote("b")), Inbox()
        task = hearing([], [source], inbox, Clock())
        await until(inbox, lambda known: source.asked >= 3)
        task.cancel()
        return len(inbox.known().quotes)

    assert run(asked()) == 1


@pytest.mark.parametrize("error", [SourceFailure(Absent.UNREACHABLE, "gone"), KeyError("a mistake")])
def test_a_stream_that_breaks_is_absent_until_it_speaks_again(error: Exception) -> None:
    async def heard() -> tuple[Polled, int, Polled]:
        inbox, clock = Inbox(), Clock()
        stream = ScriptedStream("a", [quote("a", 1), error], [quote("a", 3)])
        task = hearing([stream], [], inbox, clock)
        broken = await until(inbox, lambda known: bool(known.absences))
        asked = stream.asked
        clock.now += 2.0
        again = await until(inbox, lambda known: bool(known.quotes))
        task.cancel()
        return broken, asked, again

    broken, asked, again = run(heard())
    assert isinstance(broken.absences[0], Absence)
    assert (asked, broken.quotes) == (1, ())
    assert again.quotes[0].price_e8 == 3 * 10**8


def test_one_that_breaks_harms_no_other() -> None:
    async def heard() -> Polled:
        inbox = Inbox()
        broken = ScriptedStream("a", [SourceFailure(Absent.REFUSED)])
        task = hearing(
            [broken, ScriptedStream("b", [quote("b")])], [Scripted("c", quote("c"))], inbox, Clock()
        )
        known = await until(inbox, lambda known: len(known.quotes) == 2 and bool(known.absences))
        task.cancel()
        return known

    known = run(heard())
    assert {one.source for one in known.quotes} == {"b", "c"}
    assert [one.source for one in known.absences] == ["a"]


def test_in_the_end_everything_is_closed() -> None:
    async def closed() -> list[int]:
        inbox = Inbox()
        stream, source = ScriptedStream("a", [quote("a")]), Scripted("b", quote("b"))
        task = hearing([stream], [source], inbox, Clock())
        await until(inbox, lambda known: len(known.quotes) == 2)
        task.cancel()
        await asyncio.wait([task], timeout=5)
        assert len(asyncio.all_tasks()) == 1
        return [stream.closed, source.closed]

    assert run(closed()) == [1, 1]


def test_who_has_a_stream_is_listened_to_and_the_others_are_asked() -> None:
    names = ["kraken:BTC/USD", "bitstamp:BTC/USD", "pyth:BTC/USD", "simulated:1", "house:BTC-USDB"]
    streams, asked = make_streams(names, Surroundings(redis_url="redis://localhost"))
    assert [stream.name for stream in streams] == ["kraken:BTC/USD"]
    assert asked == names[1:]


def test_a_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(NoSource):
        make_streams(["kraken"], Surroundings())
