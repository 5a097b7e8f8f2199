"""The same life in short with ccxt's asynchronous client, which has its own transport."""

import asyncio
from typing import Any

import ccxt
import pytest

from conformance import quiet
from conformance.clients import ccxt_async_of
from conformance.house import House
from conformance.quiet import PRICE, SYMBOL


def test_it_reads_and_trades(house: House, anna: Any, bert: Any) -> None:
    quiet.empty(anna, bert)
    asyncio.run(_live(house))
    quiet.empty(anna, bert)


async def _live(house: House) -> None:
    buyer, seller = (ccxt_async_of(house.url, house.people[name]) for name in ("anna", "bert"))
    try:
        await asyncio.gather(buyer.load_markets(), seller.load_markets())
        book, ticker, candles = await asyncio.gather(
            buyer.fetch_order_book("BTC/USDB", 5),
            buyer.fetch_ticker("BTC/USDB"),
            buyer.fetch_ohlcv("BTC/USDB", "1m", limit=2),
        )
        assert book["bids"][0][0] < book["asks"][0][0]
        assert ticker["last"] > 0
        assert candles[-1][5] > 0
        resting = await seller.create_order(SYMBOL, "limit", "sell", 0.2, PRICE, {"postOnly": True})
        bought = await buyer.create_order(SYMBOL, "limit", "buy", 0.1, PRICE, {"timeInForce": "IOC"})
        assert (bought["status"], bought["filled"]) == ("closed", 0.1)
        assert (await seller.fetch_order(resting["id"], SYMBOL))["filled"] == 0.1
        edited = await seller.edit_order(resting["id"], SYMBOL, "limit", "sell", 0.1, PRICE + 10)
        assert edited["id"] in {one["id"] for one in await seller.fetch_open_orders(SYMBOL)}
        await seller.cancel_order(edited["id"], SYMBOL)
        with pytest.raises(ccxt.OrderNotFound):
            await seller.cancel_order(edited["id"], SYMBOL)
        trades = await buyer.fetch_my_trades(SYMBOL)
        assert bought["id"] in {trade["order"] for trade in trades}
        assert (await buyer.fetch_balance())["ETH"]["free"] > 0
    finally:
        await asyncio.gather(buyer.close(), seller.close())


def test_a_hundred_orders_at_once_are_all_there(house: House, anna: Any, bert: Any) -> None:
    quiet.empty(anna, bert)
    ids = asyncio.run(_many(house, 100))
    assert len(set(ids)) == 100
    assert set(ids) == {one["id"] for one in anna.fetch_open_orders(SYMBOL)}
    quiet.empty(anna, bert)


async def _many(house: House, number: int) -> list[str]:
    client = ccxt_async_of(house.url, house.people["anna"])
    try:
        await client.load_markets()
        placing = [
            client.create_order(SYMBOL, "limit", "buy", 0.01, PRICE - 500 - away) for away in range(number)
        ]
        return [one["id"] for one in await asyncio.gather(*placing)]
    finally:
        await client.close()
