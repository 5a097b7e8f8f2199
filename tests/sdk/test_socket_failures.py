"""What a socket makes of silence, of answers that do not come, and of frames that it does not know."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ballast_sdk import ApiError, ConnectionFailed, Notice, OutcomeUnknown, Socket, UnreadableAnswer
from ballast_sdk.messages import BookUpdate
from ballast_sdk.models import OrderForm
from tests.sdk.scripted_socket import Frame, accepted, refused, scene, scripted_house
from tests.sdk.test_socket import first

MARKET = "BTC-USDB"
BID = OrderForm(market=MARKET, side="BUY", type="LIMIT", price="1", quantity="1", client_order_id="mine")
GONE = Notice(kind="disconnected")
LEVELS: dict[str, Any] = {"channel": "book", "market": MARKET, "time_ms": 0, "bids": [], "asks": []}


def within_time(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await work()

    asyncio.run(limited())


def unanswered(operation: str) -> Callable[[Frame], Frame | None]:
    return lambda request: None if request["op"] == operation else accepted(request)


def test_silence_is_a_lost_connection() -> None:
    async def work() -> None:
        async with scene(silence_seconds=0.3) as (house, socket):
            trades = await socket.trades(MARKET)
            await first(trades, lambda message: message == GONE)
            await socket.wait_connected(10)
            assert len(house.wires) >= 2
            assert len(house.asked("auth")) >= 2, "it proves anew who it is"

    within_time(work)


def test_heartbeats_are_no_silence() -> None:
    async def work() -> None:
        async with scene(silence_seconds=1.0) as (house, socket):
            for _ in range(15):
                await house.tell(type="heartbeat", time_ms=0)
                await asyncio.sleep(0.1)
            assert len(house.wires) == 1
            assert socket.is_connected

    within_time(work)


def test_an_order_on_its_way_when_the_connection_breaks_is_open() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            house.answer = unanswered("order.place")
            waiting = asyncio.create_task(socket.place(BID))
            while not house.asked("order.place"):
                await asyncio.sleep(0.01)
            await house.hang_up()
            with pytest.raises(OutcomeUnknown) as caught:
                await waiting
            assert caught.value.repeat_id == "mine"
            await socket.wait_connected(10)
            assert len(house.asked("order.place")) == 1, "nothing is sent twice"

    within_time(work)


def test_a_look_that_gets_no_answer_changed_nothing() -> None:
    async def work() -> None:
        async with scene(timeout_seconds=0.3) as (house, socket):
            house.answer = unanswered("ping")
            with pytest.raises(ConnectionFailed, match="no answer in time"):
                await socket.ping()

    within_time(work)


def test_what_the_house_does_not_know_nobody_knows() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            house.answer = lambda request: refused(request, "OUTCOME_UNKNOWN")
            with pytest.raises(OutcomeUnknown) as caught:
                await socket.place(BID)
            assert caught.value.error is not None
            house.answer = lambda request: refused(request, "TICK_SIZE", tick_size="0.01")
            with pytest.raises(ApiError) as refusal:
                await socket.place(BID)
            assert refusal.value.details == {"tick_size": "0.01"}

    within_time(work)


def test_a_book_goes_on_where_it_was() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            book = await socket.book(MARKET)
            await house.tell(**LEVELS, type="snapshot", sequence=5)
            await house.tell(**LEVELS, type="update", first_sequence=6, sequence=9)
            await first(book, lambda message: isinstance(message, BookUpdate))
            await house.hang_up()
            await first(book, lambda message: message == GONE)
            await socket.wait_connected(10)
            assert [request.get("since") for request in house.asked("subscribe")] == [None, 9]
            await house.tell(channel="book", market=MARKET, type="resync")
            await first(book, lambda message: message == Notice(kind="resync"))
            await house.hang_up()
            await first(book, lambda message: message == GONE)
            await socket.wait_connected(10)
            assert "since" not in house.asked("subscribe")[-1], "what it had is worth nothing"

    within_time(work)


def test_many_subscriptions_come_back_as_fast_as_the_house_allows() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            found = [await socket.trades(f"M{number}-USDB") for number in range(3)]
            refusals = iter([True, True])

            def answer(request: Frame) -> Frame:
                if request["op"] == "subscribe" and next(refusals, False):
                    return refused(request, "RATE_LIMITED", retry_after=0)
                return accepted(request)

            house.answer = answer
            await house.hang_up()
            for subscription in found:
                await first(subscription, lambda message: message == GONE)
            await socket.wait_connected(15)
            assert len(house.asked("subscribe")) == 3 + 3 + 2

    within_time(work)


def test_what_is_refused_after_a_break_ends_alone() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            trades, ticker = await socket.trades(MARKET), await socket.ticker(MARKET)

            def answer(request: Frame) -> Frame:
                is_refused = request.get("channel") == "trades"
                return refused(request, "MARKET_NOT_FOUND") if is_refused else accepted(request)

            house.answer = answer
            await house.hang_up()
            with pytest.raises(ApiError, match="MARKET_NOT_FOUND"):
                await first(trades, lambda message: False)
            await socket.wait_connected(10)
            await house.tell(type="market_data", state="stale")
            await first(ticker, lambda message: message == Notice(kind="stale"))

    within_time(work)


def test_a_clock_that_is_wrong_is_corrected() -> None:
    async def work() -> None:
        async with scripted_house() as house:
            server_ms = 10**12

            def answer(request: Frame) -> Frame:
                if request["op"] == "auth" and abs(request["timestamp"] - server_ms) > 5_000:
                    return refused(request, "TIMESTAMP", server_time_ms=server_ms)
                return accepted(request)

            house.answer = answer
            async with Socket(house.url, key="bk_1", secret="s") as socket:
                assert socket.is_connected
            assert len(house.asked("auth")) == 2

    within_time(work)


def test_frames_of_a_later_release_are_passed_over() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            book = await socket.book(MARKET)
            await house.tell(type="something", new=1)
            await house.tell(**LEVELS, type="another")
            await house.tell(**LEVELS, type="snapshot", sequence=5, new=[1])
            assert (await first(book, lambda message: True)).sequence == 5

    within_time(work)


def test_a_message_that_cannot_be_read_ends_its_subscription_alone() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            book = await socket.book(MARKET)
            await house.tell(**{**LEVELS, "bids": 7}, type="snapshot", sequence=5)
            with pytest.raises(UnreadableAnswer, match="book"):
                await first(book, lambda message: False)
            assert await socket.ping() == 7
            assert len(house.wires) == 1

    within_time(work)


def test_closing_ends_every_subscription_and_request() -> None:
    async def work() -> None:
        async with scene() as (house, socket):
            house.answer = unanswered("order.place")
            book = await socket.book(MARKET)
            waiting = asyncio.create_task(socket.place(BID))
            while not house.asked("order.place"):
                await asyncio.sleep(0.01)
            await socket.close()
            assert [message async for message in book] == []
            with pytest.raises(OutcomeUnknown):
                await waiting
            with pytest.raises(ConnectionFailed):
                await socket.ping()

    within_time(work)
