"""Who does not read what it listens to: what waits is bounded, and so is what the house is asked for."""

import asyncio

import pytest

from ballast_sdk import ApiError, Notice, Socket
from ballast_sdk.messages import BookSnapshot
from tests.sdk.scripted_socket import Frame, House, accepted, refused, scene
from tests.sdk.test_socket import first
from tests.sdk.test_socket_failures import LEVELS, MARKET, within_time

RESYNC = Notice(kind="resync")


async def tell_more_than_is_read(house: House, socket: Socket) -> None:
    for number in range(6, 16):
        await house.tell(**LEVELS, type="update", first_sequence=number, sequence=number)
    await socket.ping()  # answered after what was told before it


async def asked_to_subscribe(house: House, times: int) -> None:
    while len(house.asked("subscribe")) < times:
        await asyncio.sleep(0.01)


def test_nothing_is_asked_for_until_the_notice_is_read() -> None:
    async def work() -> None:
        async with scene(most_waiting=1) as (house, socket):
            book = await socket.book(MARKET)
            await house.tell(**LEVELS, type="snapshot", sequence=5)
            for _ in range(5):
                await tell_more_than_is_read(house, socket)
            assert len(house.asked("subscribe")) == 1
            assert await anext(book) == RESYNC
            await asked_to_subscribe(house, 2)
            await house.tell(**LEVELS, type="update", first_sequence=16, sequence=16)
            await house.tell(**LEVELS, type="snapshot", sequence=17)
            message = await anext(book)
            assert isinstance(message, BookSnapshot)
            assert message.sequence == 17
            assert len(house.asked("unsubscribe")) == 1

    within_time(work)


def test_a_snapshot_that_comes_anyway_is_not_asked_for() -> None:
    async def work() -> None:
        async with scene(most_waiting=3) as (house, socket):
            book = await socket.book(MARKET)
            await tell_more_than_is_read(house, socket)
            await house.hang_up()
            await asked_to_subscribe(house, 2)
            await socket.wait_connected(10)
            await house.tell(**LEVELS, type="snapshot", sequence=17)
            await socket.ping()
            assert await anext(book) == RESYNC
            assert await anext(book) == Notice(kind="disconnected")
            assert isinstance(await anext(book), BookSnapshot)
            await socket.ping()
            assert house.asked("unsubscribe") == []

    within_time(work)


def test_who_may_not_unsubscribe_yet_tries_again() -> None:
    async def work() -> None:
        async with scene(most_waiting=1) as (house, socket):
            book = await socket.book(MARKET)
            refusals = iter([True, True])

            def answer(request: Frame) -> Frame:
                if request["op"] == "unsubscribe" and next(refusals, False):
                    return refused(request, "RATE_LIMITED", retry_after=1)
                return accepted(request)

            house.answer = answer
            await tell_more_than_is_read(house, socket)
            assert await anext(book) == RESYNC
            await asked_to_subscribe(house, 2)
            assert len(house.asked("unsubscribe")) == 3
            await house.tell(**LEVELS, type="snapshot", sequence=17)
            await first(book, lambda message: isinstance(message, BookSnapshot))

    within_time(work)


def test_a_snapshot_that_is_refused_ends_the_subscription() -> None:
    async def work() -> None:
        async with scene(most_waiting=1) as (house, socket):
            book = await socket.book(MARKET)
            house.answer = lambda request: (
                refused(request, "MARKET_NOT_FOUND") if request["op"] == "subscribe" else accepted(request)
            )
            await tell_more_than_is_read(house, socket)
            assert await anext(book) == RESYNC
            with pytest.raises(ApiError, match="MARKET_NOT_FOUND"):
                await anext(book)

    within_time(work)
