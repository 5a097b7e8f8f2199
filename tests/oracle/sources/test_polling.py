"""All sources are asked side by side; who is sick delays nobody and is left alone for a while."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from oracle.polling import LONGEST_FETCH_S, Polled, Poller
from oracle.rules.quotes import Absence, Absent, Quote
from oracle.sources.source import SourceFailure
from tests.oracle.sources.scripted import Clock, Scripted, quote
from tests.oracle.sources.servers import run

DEADLINE_S = 0.05
REFUSED = SourceFailure(Absent.REFUSED, "HTTP 500")


def poller(sources: Sequence[Scripted], clock: Clock, deadline_s: float = DEADLINE_S) -> Poller:
    return Poller(sources, deadline_s, clock_ms=clock.ms, clock=clock, chance=lambda: 0.0)


def prices(polled: Polled) -> dict[str, int]:
    return {one.source: one.price_e8 // 10**8 for one in polled.quotes}


def reasons(polled: Polled) -> dict[str, Absent]:
    return {one.source: one.reason for one in polled.absences}


async def settled() -> None:
    """Every task that can go on has."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_it_gives_one_word_of_each_source_in_their_order() -> None:
    async def polled() -> Polled:
        sources = [Scripted("a", quote("a")), Scripted("b", REFUSED), Scripted("c", quote("c"))]
        return await poller(sources, Clock()).poll()

    done = run(polled())
    assert [one.source for one in done.quotes] == ["a", "c"]
    assert done.absences == (Absence("b", Absent.REFUSED, "HTTP 500"),)


def test_it_does_not_wait_for_the_deadline_when_all_have_answered() -> None:
    async def took() -> float:
        sources = [Scripted("a", quote("a")), Scripted("b", quote("b"))]
        asking = poller(sources, Clock(), deadline_s=10)
        began = time.monotonic()
        await asking.poll()
        return time.monotonic() - began

    assert run(took()) < 1


def test_sources_are_asked_side_by_side() -> None:
    async def asked() -> list[int]:
        never: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        sources = [Scripted(name, never) for name in "abc"]
        await poller(sources, Clock()).poll()
        return [source.asked for source in sources]

    assert run(asked()) == [1, 1, 1]


def test_a_late_source_is_absent_and_is_not_asked_twice() -> None:
    async def polled() -> tuple[dict[str, Absent], int]:
        never: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        source = Scripted("slow", never)
        asking = poller([source], Clock())
        await asking.poll()
        return reasons(await asking.poll()), source.asked

    assert run(polled()) == ({"slow": Absent.TIMED_OUT}, 1)


def test_a_late_answer_is_used_the_next_time_with_its_own_time() -> None:
    async def polled() -> Polled:
        late: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        source = Scripted("slow", late)
        asking = poller([source], Clock())
        await asking.poll()
        late.set_result(quote("slow", 60_001, 999_000))
        await settled()
        source.answer = asyncio.get_running_loop().create_future()
        return await asking.poll()

    done = run(polled())
    assert prices(done) == {"slow": 60_001}
    assert done.quotes[0].time_ms == 999_000


def test_a_fresh_answer_stands_before_a_late_one() -> None:
    async def polled() -> Polled:
        late: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        source = Scripted("slow", late)
        asking = poller([source], Clock())
        await asking.poll()
        late.set_result(quote("slow", 60_001, 998_000))
        await settled()
        source.answer = quote("slow", 60_002, 999_000)
        return await asking.poll()

    assert prices(run(polled())) == {"slow": 60_002}


def test_a_late_answer_stands_where_the_fresh_one_failed() -> None:
    async def polled() -> Polled:
        late: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        source = Scripted("slow", late)
        asking = poller([source], Clock())
        await asking.poll()
        late.set_result(quote("slow", 60_001, 998_000))
        await settled()
        source.answer = REFUSED
        return await asking.poll()

    assert prices(run(polled())) == {"slow": 60_001}


def test_who_was_late_is_not_waited_for_again() -> None:
    async def took() -> tuple[float, Polled]:
        never: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        asking = poller([Scripted("slow", never), Scripted("a", quote("a"))], Clock(), deadline_s=1.0)
        await asking.poll()
        began = time.monotonic()
        done = await asking.poll()
        return time.monotonic() - began, done

    seconds, done = run(took())
    assert seconds < 0.5
    assert (prices(done), reasons(done)) == ({"a": 60_000}, {"slow": Absent.TIMED_OUT})


def test_a_failing_source_is_left_alone_for_longer_each_time() -> None:
    async def asked_at() -> list[float]:
        clock, source = Clock(0.0), Scripted("sick", REFUSED)
        asking = poller([source], clock)
        times = []
        for second in range(200):
            clock.now = float(second)
            before = source.asked
            await asking.poll()
            if source.asked > before:
                times.append(clock.now)
        return times

    assert run(asked_at()) == [0, 2, 6, 14, 30, 62, 122, 182]


def test_who_is_left_alone_is_backing_off() -> None:
    async def polled() -> Polled:
        asking = poller([Scripted("sick", REFUSED)], Clock())
        await asking.poll()
        return await asking.poll()

    done = run(polled())
    assert reasons(done) == {"sick": Absent.BACKING_OFF}
    assert done.absences[0].detail == "failed 1 times in a row"


def test_it_waits_for_as_long_as_it_was_told() -> None:
    async def asked() -> list[int]:
        clock = Clock(0.0)
        source = Scripted("busy", SourceFailure(Absent.RATE_LIMITED, retry_after_s=100))
        asking = poller([source], clock)
        counts = []
        for second in (0.0, 50.0, 99.0, 100.0):
            clock.now = second
            await asking.poll()
            counts.append(source.asked)
        return counts

    assert run(asked()) == [1, 1, 1, 2]


def test_it_logs_when_a_source_begins_to_fail_and_when_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    async def polled() -> None:
        clock, source = Clock(0.0), Scripted("sick", REFUSED)
        asking = poller([source], clock)
        for second in (0.0, 2.0, 6.0):
            clock.now = second
            await asking.poll()
        source.answer = quote("sick", time_ms=1)
        clock.now = 14.0
        await asking.poll()

    with caplog.at_level("INFO", logger="oracle.polling"):
        run(polled())
    assert [record.getMessage() for record in caplog.records] == [
        "no quote of sick: REFUSED: HTTP 500",
        "sick gives quotes again, after 3 failures",
    ]


def test_one_answer_ends_the_backing_off() -> None:
    async def asked() -> int:
        clock, source = Clock(0.0), Scripted("sick", REFUSED)
        asking = poller([source], clock)
        for second in (0.0, 2.0, 6.0):
            clock.now = second
            await asking.poll()
        source.answer = quote("sick", time_ms=1)
        clock.now = 14.0
        await asking.poll()
        source.answer = REFUSED
        for second in (15.0, 16.0, 17.0):
            clock.now = second
            await asking.poll()
        return source.asked

    assert run(asked()) == 6


def test_a_fetch_that_never_ends_is_ended() -> None:
    async def polled() -> tuple[dict[str, Absent], int]:
        clock = Clock(0.0)
        never: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        source = Scripted("stuck", never)
        asking = poller([source], clock)
        await asking.poll()
        clock.now = LONGEST_FETCH_S + 1
        done = await asking.poll()
        clock.now += 3
        await asking.poll()
        return reasons(done), source.asked

    assert run(polled()) == ({"stuck": Absent.TIMED_OUT}, 2)


def test_a_mistake_in_a_source_harms_no_other() -> None:
    async def polled() -> Polled:
        return await poller([Scripted("bug", KeyError("x")), Scripted("a", quote("a"))], Clock()).poll()

    done = run(polled())
    assert (prices(done), reasons(done)) == ({"a": 60_000}, {"bug": Absent.MALFORMED})


def test_it_says_for_how_long_a_price_has_not_changed() -> None:
    async def unchanged() -> list[int]:
        clock, source = Clock(0.0), Scripted("frozen")
        asking = poller([source], clock)
        seen = []
        for second, dollars in ((10, 60_000), (12, 60_000), (20, 60_000), (22, 60_001), (24, 60_001)):
            clock.now = float(second)
            source.answer = quote("frozen", dollars, clock.ms())
            seen.append((await asking.poll()).quotes[0].unchanged_ms)
        return seen

    assert run(unchanged()) == [0, 2_000, 10_000, 0, 2_000]


def test_no_source_at_all_is_an_empty_round() -> None:
    assert run(poller([], Clock()).poll()) == Polled((), ())


def test_closing_ends_what_is_under_way_and_closes_all() -> None:
    async def closed() -> list[int]:
        never: asyncio.Future[Quote] = asyncio.get_running_loop().create_future()
        sources = [Scripted("slow", never), Scripted("a", quote("a"))]
        asking = poller(sources, Clock())
        await asking.poll()
        await asking.close()
        assert len(asyncio.all_tasks()) == 1
        return [source.closed for source in sources]

    assert run(closed()) == [1, 1]


@pytest.mark.parametrize("count", [1, 10])
def test_a_round_ends_soon_after_its_slowest_answer(count: int) -> None:
    async def beyond() -> float:
        loop = asyncio.get_running_loop()
        last: asyncio.Future[Quote] = loop.create_future()
        sources = [Scripted(f"s{number}", quote(f"s{number}")) for number in range(count)]
        asking = poller([*sources, Scripted("last", last)], Clock(), deadline_s=5)
        polling = asyncio.create_task(asking.poll())
        await asyncio.sleep(0.02)
        answered = time.monotonic()
        last.set_result(quote("last"))
        await polling
        return time.monotonic() - answered

    assert min(run(beyond()) for _ in range(5)) < 0.01
