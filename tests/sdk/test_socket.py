"""The socket against the running house: what is listened to, what is asked for, and what is refused."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from ballast_sdk import ApiError, Client, ConnectionFailed, LocalBook, OutcomeUnknown, Socket, SocketOptions
from ballast_sdk.messages import AccountSnapshot, AccountUpdate, Notice, TradesMessage
from ballast_sdk.models import CancelForm, OrderForm
from ballast_sdk.subscriptions import Subscription
from tests.api.house import MARKET, House
from tests.api.people import Trader
from tests.support.waiting import until

T = TypeVar("T")
WAIT_SECONDS = 20.0
BID = OrderForm(market=MARKET, side="BUY", type="LIMIT", price="90.00", quantity="0.1")


@asynccontextmanager
async def speaking_for(house: House, person: Trader, **options: Any) -> AsyncIterator[Socket]:
    chosen = SocketOptions(**options)
    async with asyncio.timeout(2 * WAIT_SECONDS):
        async with Socket(house.url, key=person.key, secret=person.secret, options=chosen) as socket:
            yield socket


async def first(subscription: Subscription[Any], wanted: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(WAIT_SECONDS):
        async for message in subscription:
            if wanted(message):
                return message
    raise AssertionError("it ended")


def test_a_book_is_kept_as_the_house_has_it(house: House, alice: Trader, client: Client) -> None:
    async def scene() -> None:
        async with speaking_for(house, alice) as socket:
            book, local = await socket.book(MARKET), LocalBook()
            for price in ("90.00", "91.00", "89.00"):
                await socket.place(OrderForm(**{**_members(BID), "price": price}))
            await socket.cancel_all()
            placed = await socket.place(BID)
            await first(book, lambda message: local.apply(message) and local.best_bid == ("90.00", "0.10000"))
            amended = await socket.amend(order_id=placed.order.order_id, quantity="0.05")
            assert amended.order.quantity == "0.05000"
            await first(book, lambda message: local.apply(message) and local.best_bid == ("90.00", "0.05000"))
            assert local.is_current

    asyncio.run(scene())
    until(lambda: client.markets.book(MARKET).bids == [("90.00", "0.05000")])


def test_orders_are_asked_for_in_every_way(house: House, alice: Trader) -> None:
    async def scene() -> None:
        async with speaking_for(house, alice) as socket:
            assert await socket.ping() > 10**12
            placed = await socket.place(BID)
            assert placed.order.client_order_id
            canceled = await socket.cancel(client_order_id=placed.order.client_order_id)
            assert canceled.status == "CANCELED"
            one, other = await socket.place_batch([BID, BID])
            assert one.order is not None
            assert other.order is not None
            results = await socket.cancel_batch([CancelForm(order_id=one.order.order_id)])
            assert [result.ok for result in results] == [True]
            assert await socket.cancel_all(market=MARKET) == [other.order.order_id]
            assert [one.market for one in await socket.set_switch(timeout_ms=60_000)] == [None]

    asyncio.run(scene())


def test_answers_find_their_requests_whatever_order_they_come_in(house: House, alice: Trader) -> None:
    async def scene() -> None:
        async with speaking_for(house, alice) as socket:
            forms = [OrderForm(**{**_members(BID), "price": f"{70 + number}.00"}) for number in range(20)]
            placed = await asyncio.gather(*(socket.place(form) for form in forms))
            assert [one.order.price for one in placed] == [form.price for form in forms]

    asyncio.run(scene())


def test_an_account_hears_its_own_orders(house: House, alice: Trader, bob: Trader) -> None:
    async def scene() -> None:
        async with speaking_for(house, alice) as socket:
            account, trades = await socket.account(), await socket.trades(MARKET)
            snapshot = await first(account, lambda message: isinstance(message, AccountSnapshot))
            assert {one.asset for one in snapshot.balances} == {"USDB"}
            bob.place(side="SELL", price="95.00", quantity="0.1")
            placed = await socket.place(OrderForm(**{**_members(BID), "price": "95.00"}))
            update = await first(
                account, lambda message: isinstance(message, AccountUpdate) and bool(message.fills)
            )
            assert [fill.trade_id for fill in update.fills] == [fill.trade_id for fill in placed.fills]
            ours = placed.fills[0].trade_id
            message = await first(trades, lambda message: _has(message, ours))
            assert isinstance(message, TradesMessage)

    asyncio.run(scene())


def test_everybody_hears_public_channels(house: House) -> None:
    async def scene() -> None:
        async with Socket(house.url) as socket:
            ticker = await first(await socket.ticker(MARKET), lambda message: True)
            assert ticker.market == MARKET
            assert ticker.ticker.trades >= 0
            candles = await first(await socket.candles(MARKET, "1m"), lambda message: True)
            assert candles.interval == "1m"
            price = await first(await socket.prices(sources=True), lambda message: True)
            assert price.state in ("FRESH", "DEGRADED", "STALE", "HALTED")

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda socket: socket.book("NO-MARKET"), "MARKET_NOT_FOUND"),
        (lambda socket: socket.place(OrderForm(market=MARKET, side="BUY", type="LIMIT")), "INVALID_ORDER"),
        (lambda socket: socket.cancel(order_id="999999936"), "ORDER_NOT_FOUND"),
        (lambda socket: socket.candles(MARKET, "7m"), "INVALID_CHOICE"),
    ],
)
def test_a_refusal_is_raised(
    house: House, alice: Trader, ask: Callable[[Socket], Awaitable[Any]], code: str
) -> None:
    async def scene() -> None:
        async with speaking_for(house, alice) as socket:
            with pytest.raises(ApiError) as caught:
                await ask(socket)
            assert caught.value.code == code
            assert caught.value.status == 0
            assert await socket.ping()

    asyncio.run(scene())


def test_who_is_nobody_may_not_trade(house: House) -> None:
    async def scene() -> None:
        async with Socket(house.url) as socket:
            with pytest.raises(ApiError, match="AUTH_REQUIRED"):
                await socket.place(BID)

    asyncio.run(scene())


def test_a_wrong_secret_ends_it_for_good(house: House, alice: Trader) -> None:
    async def scene() -> None:
        with pytest.raises(ApiError, match="INVALID_SIGNATURE"):
            async with Socket(house.url, key=alice.key, secret="wrong"):
                pass

    asyncio.run(scene())


def test_a_house_that_is_not_there_is_not_reached() -> None:
    async def scene() -> None:
        with pytest.raises(ConnectionFailed):
            async with Socket("http://127.0.0.1:9", options=SocketOptions(timeout_seconds=0.5)):
                pass

    asyncio.run(scene())


BEST = ("67.00", "0.10000")


def test_who_does_not_read_gets_a_snapshot_in_the_place_of_what_waited(house: House, alice: Trader) -> None:
    async def scene() -> None:
        async with (
            speaking_for(house, alice, most_waiting=1) as slow,
            speaking_for(house, alice) as quick,
        ):
            book, local = await slow.book(MARKET), LocalBook()
            seen, quick_book = await quick.book(MARKET), LocalBook()
            await first(book, local.apply)
            for number in range(8):
                await quick.place(OrderForm(**{**_members(BID), "price": f"{60 + number}.00"}))
            await first(seen, lambda one: quick_book.apply(one) and quick_book.best_bid == BEST)
            await slow.ping()  # answered after what was sent before it
            heard: list[Any] = []

            def is_last(message: Any) -> bool:
                heard.append(message)
                return local.apply(message) and local.best_bid == BEST

            await first(book, is_last)
            assert Notice(kind="resync") in heard

    asyncio.run(scene())


def test_an_order_whose_answer_does_not_come_may_have_been_placed(house: House, alice: Trader) -> None:
    async def scene() -> None:
        async with speaking_for(house, alice, timeout_seconds=1.0) as socket:
            with house.engine_held(), pytest.raises(OutcomeUnknown) as caught:
                await socket.place(BID)
            assert caught.value.repeat_id
            async with Socket(house.url, key=alice.key, secret=alice.secret) as patient:
                again = OrderForm(**{**_members(BID), "client_order_id": caught.value.repeat_id})
                placed = await patient.place(again)
            assert placed.order.client_order_id == caught.value.repeat_id

    asyncio.run(scene())
    assert len(alice.get("/api/v1/orders?status=open")["orders"]) == 1


def test_a_subscription_that_is_closed_ends(house: House) -> None:
    async def scene() -> None:
        async with Socket(house.url) as socket:
            book = await socket.book(MARKET)
            with pytest.raises(ApiError, match="ALREADY_SUBSCRIBED"):
                await socket.book(MARKET)
            await book.close()
            assert [message async for message in book if isinstance(message, Notice)] == []
            again = await socket.book(MARKET)
            await first(again, lambda message: True)

    asyncio.run(scene())


def _members(form: OrderForm) -> dict[str, Any]:
    return {name: getattr(form, name) for name in form.__struct_fields__}


def _has(message: Any, trade_id: str) -> bool:
    return isinstance(message, TradesMessage) and any(trade.trade_id == trade_id for trade in message.trades)
