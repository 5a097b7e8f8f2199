"""ccxt.pro over streams and over the websocket API, compared with what REST says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import ccxt
import pytest

from conformance import quiet
from conformance.clients import ccxt_pro_of
from conformance.house import House
from conformance.quiet import PRICE, SYMBOL

LIVING = "BTC/USDB"
SECONDS = 30


def watching(house: House, person: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """What `work` gives with that person's client."""

    async def run() -> Any:
        client = ccxt_pro_of(house.url, house.people[person])
        try:
            async with asyncio.timeout(SECONDS):
                await client.load_markets()
                return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


def test_a_book_that_is_followed_is_the_book_that_is_asked_for(house: House) -> None:
    async def follow(client: Any) -> None:
        for _ in range(30):
            book = await client.watch_order_book(LIVING)
            assert book["bids"][0][0] < book["asks"][0][0]
        await same_book(client, LIVING)

    watching(house, "rita", follow)


async def same_book(client: Any, symbol: str) -> None:
    """Compare at the same number: REST's snapshot with the followed book as it was then."""
    followed: dict[int, tuple[Any, Any]] = {}

    async def keep() -> None:
        while True:
            book = await client.watch_order_book(symbol)
            followed[book["nonce"]] = (
                [list(one) for one in book["bids"]],
                [list(one) for one in book["asks"]],
            )

    keeping = asyncio.create_task(keep())
    try:
        for _ in range(200):
            asked = await client.fetch_order_book(symbol, 100)
            await asyncio.sleep(0.15)
            if asked["nonce"] in followed:
                bids, asks = followed[asked["nonce"]]
                assert bids[:50] == [one[:2] for one in asked["bids"]][:50]
                assert asks[:50] == [one[:2] for one in asked["asks"]][:50]
                return
        pytest.fail(f"no snapshot was at the end of a diff: {asked['nonce']} in {sorted(followed)[-5:]}")
    finally:
        keeping.cancel()


def test_trades_arrive_once_each_and_in_their_order(house: House) -> None:
    async def follow(client: Any) -> None:
        seen: list[int] = []
        while len(seen) < 10:
            seen += [int(one["id"]) for one in await client.watch_trades(LIVING)]
        assert seen == sorted(set(seen))
        asked = {int(one["id"]) for one in await client.publicGetTrades({"symbol": "BTCUSDB", "limit": 500})}
        assert set(seen) <= asked

    watching(house, "rita", follow)


def test_tickers_and_bests_are_told(house: House) -> None:
    async def follow(client: Any) -> None:
        ticker = await client.watch_ticker(LIVING)
        assert ticker["low"] <= ticker["last"] <= ticker["high"]
        assert LIVING in await client.watch_tickers([LIVING])
        full = await client.watch_ticker(LIVING, {"name": "ticker"})
        assert full["last"] > 0
        best = (await client.watch_bids_asks([LIVING]))[LIVING]
        assert best["bid"] < best["ask"]

    watching(house, "rita", follow)


def test_candles_are_told_as_they_grow(house: House) -> None:
    async def follow(client: Any) -> None:
        first = (await client.watch_ohlcv(LIVING, "1m"))[-1]
        for _ in range(5):
            last = (await client.watch_ohlcv(LIVING, "1m"))[-1]
        assert last[0] >= first[0]
        asked = {one[0]: one for one in await client.fetch_ohlcv(LIVING, "1m", limit=3)}
        assert last[0] in asked
        assert last[1] == asked[last[0]][1]

    watching(house, "rita", follow)


def test_ones_orders_trades_and_balance_are_told(house: House, anna: Any, bert: Any) -> None:
    quiet.empty(anna, bert)

    async def live(client: Any) -> None:
        told = asyncio.create_task(until_closed(client))
        trades = asyncio.create_task(client.watch_my_trades(SYMBOL))
        balance = asyncio.create_task(balance_with(client, "ETH"))
        await asyncio.sleep(1.5)
        await asyncio.to_thread(bert.create_order, SYMBOL, "limit", "sell", 0.2, PRICE)
        placed = await client.create_order(SYMBOL, "limit", "buy", 0.2, PRICE)
        order = await told
        assert (order["id"], order["status"], order["filled"]) == (placed["id"], "closed", 0.2)
        fill = (await trades)[-1]
        assert (fill["order"], fill["amount"], fill["price"]) == (placed["id"], 0.2, PRICE)
        assert fill["fee"]["currency"] == "USDB"
        asked = await client.fetch_balance()
        assert (await balance)["ETH"]["free"] == asked["ETH"]["free"]

    watching(house, "anna", live)


async def until_closed(client: Any) -> Any:
    while True:
        order = (await client.watch_orders(SYMBOL))[-1]
        if order["status"] == "closed":
            return order


async def balance_with(client: Any, asset: str) -> Any:
    while True:
        balance = await client.watch_balance()
        if asset in balance:
            return balance


def test_a_cancel_and_a_stop_are_told(house: House, anna: Any, bert: Any) -> None:
    quiet.empty(anna, bert)

    async def live(client: Any) -> None:
        await asyncio.sleep(0)
        watching_orders = asyncio.create_task(statuses(client, 2))
        await asyncio.sleep(1.5)
        placed = await client.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 200)
        await client.cancel_order(placed["id"], SYMBOL)
        assert await watching_orders == [(placed["id"], "open"), (placed["id"], "canceled")]

    watching(house, "anna", live)


async def statuses(client: Any, number: int) -> list[tuple[str, str]]:
    client.newUpdates = True
    seen: list[tuple[str, str]] = []
    while len(seen) < number:
        for order in await client.watch_orders(SYMBOL):
            if not seen or seen[-1] != (order["id"], order["status"]):
                seen.append((order["id"], order["status"]))
    return seen


def test_orders_are_placed_edited_and_canceled_over_the_websocket_api(
    house: House, anna: Any, bert: Any
) -> None:
    quiet.empty(anna, bert)

    async def live(client: Any) -> None:
        placed = await client.create_order_ws(SYMBOL, "limit", "buy", 0.1, PRICE - 200)
        assert placed["status"] == "open"
        edited = await client.edit_order_ws(placed["id"], SYMBOL, "limit", "buy", 0.2, PRICE - 190)
        assert (edited["amount"], edited["price"]) == (0.2, PRICE - 190)
        fetched = await client.fetch_order_ws(edited["id"], SYMBOL)
        assert fetched["status"] == "open"
        assert [one["id"] for one in await client.fetch_open_orders_ws(SYMBOL)] == [edited["id"]]
        assert (await client.cancel_order_ws(edited["id"], SYMBOL))["status"] == "canceled"
        await client.create_order_ws(SYMBOL, "limit", "buy", 0.1, PRICE - 200)
        assert len(await client.cancel_all_orders_ws(SYMBOL)) == 1
        account = (await client.fetch_balance_ws())["info"]  # ccxt reads nothing more of a spot account here
        assert {one["asset"] for one in account["balances"]} >= {"ETH", "USDB"}
        assert await client.fetch_my_trades_ws(SYMBOL)
        assert await client.fetch_ohlcv_ws(LIVING, "1m", limit=2)

    watching(house, "anna", live)


@pytest.mark.kills
def test_it_goes_on_after_web_and_engine_were_killed(house: House, anna: Any, bert: Any) -> None:
    quiet.empty(anna, bert)

    async def live(client: Any) -> None:
        before = (await client.watch_order_book(LIVING))["nonce"]
        house.kill("engine")
        await book_after(client, before)
        house.kill("web")
        await asyncio.to_thread(house.await_answers)
        nonce = await book_after(client, before)
        await same_book_soon(client, nonce)
        placed = await client.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 200)
        assert (await client.cancel_order(placed["id"], SYMBOL))["status"] == "canceled"

    watching(house, "anna", live)


async def book_after(client: Any, nonce: int) -> int:
    """A book with a later number. A lost connection may be told once; a gap (ChecksumError) never."""
    while True:
        try:
            book = await client.watch_order_book(LIVING)
        except ccxt.InvalidNonce:
            raise
        except ccxt.NetworkError:
            await asyncio.sleep(0.1)
            continue
        if book["nonce"] > nonce:
            return int(book["nonce"])


async def same_book_soon(client: Any, nonce: int) -> None:
    await book_after(client, nonce)
    await same_book(client, LIVING)
