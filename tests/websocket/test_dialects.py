"""Each path has its own language: limits, length of life, and what everybody on it is told."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from access.admission import Gate
from access.errors import RateLimited
from access.messages import Head
from access.sockets.census import census
from access.sockets.connection import Connection
from access.sockets.dialect import Dialect
from access.sockets.frames import Frame
from access.sockets.protocol import HouseDialect
from exchange.compat.binance.sockets.dialect import LIFE_SECONDS
from exchange.compat.binance.spot.streams.dialect import StreamsDialect

HEAD = Head("GET", "/ws", "/ws", b"", {}, "127.0.0.1", "http")
Work = Callable[["Wire"], Awaitable[None]]


class Wire:
    def __init__(self) -> None:
        self.closed: list[tuple[int, str]] = []

    async def write(self, data: bytes) -> None:
        pass

    async def end(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))

    def connection(self, dialect: Dialect) -> Connection:
        return Connection(Gate(), HEAD, dialect, self.write, self.end)


def run(work: Work) -> None:
    async def bounded() -> None:
        await work(Wire())

    asyncio.run(asyncio.wait_for(bounded(), 10))


async def until_closed(wire: Wire) -> int:
    while not wire.closed:
        await asyncio.sleep(0.01)
    return wire.closed[0][0]


def test_a_connection_of_streams_lives_for_a_day() -> None:
    async def work(wire: Wire) -> None:
        connection = wire.connection(StreamsDialect(combined=False))
        now = time.monotonic()
        connection.check_age(now + LIFE_SECONDS - 1)
        assert not connection.is_closing
        connection.check_age(now + LIFE_SECONDS + 1)
        assert await until_closed(wire) == 1001

    run(work)


def test_a_connection_of_the_house_lives_on() -> None:
    async def work(wire: Wire) -> None:
        connection = wire.connection(HouseDialect())
        connection.check_age(time.monotonic() + 1000 * LIFE_SECONDS)
        assert not connection.is_closing

    run(work)


@pytest.mark.parametrize(("dialect", "allowed"), [(HouseDialect(), 40), (StreamsDialect(combined=True), 10)])
def test_messages_are_counted_as_the_path_says(dialect: Dialect, allowed: int) -> None:
    async def work(wire: Wire) -> None:
        connection = wire.connection(dialect)
        for _ in range(allowed):
            connection.count_control()
        with pytest.raises(RateLimited):
            connection.count_control()
        assert connection.is_closing == (dialect.limits.patience == (0, 0))

    run(work)


def test_what_everybody_is_told_is_made_once_for_each_language() -> None:
    async def work(wire: Wire) -> None:
        house = HouseDialect()
        connections = [wire.connection(house) for _ in range(3)]
        connections += [wire.connection(StreamsDialect(combined=False)) for _ in range(2)]
        sent: list[tuple[Dialect, Frame]] = []
        made: list[Dialect] = []

        def make(dialect: Dialect) -> Frame | None:
            made.append(dialect)
            return dialect.notice({"type": "market_data"})

        for one in connections:
            census.enter(one)
            one.send = lambda frame, one=one: sent.append((one.dialect, frame))  # type: ignore[method-assign,misc]
        try:
            census.tell(make)
        finally:
            for one in connections:
                census.leave(one)
        assert made.count(house) == 1
        assert [dialect for dialect, _ in sent] == [house] * 3
        assert len({id(frame) for _, frame in sent}) == 1

    run(work)


def test_a_mistake_of_ours_is_logged_and_answered(caplog: Any) -> None:
    async def work(wire: Wire) -> None:
        connection = wire.connection(StreamsDialect(combined=False))
        connection.refuse(1, KeyError("a bug"))
        assert "failed" in caplog.text
        caplog.clear()
        connection.refuse(1, RateLimited(retry_after=1))
        assert caplog.text == ""

    run(work)
