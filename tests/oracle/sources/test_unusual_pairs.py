"""A pair whose name at the exchange is not known is looked up there, once, in a larger answer."""

import asyncio
import json

import pytest

from oracle.rules.names import read_name
from oracle.rules.quotes import Absent, Quote
from oracle.sources.ccxt_client import CcxtClient
from oracle.sources.ccxt_markets import known_market
from oracle.sources.registry import make_source
from oracle.sources.source import Source, SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.bodies import bitstamp
from tests.oracle.sources.servers import Server, page, run, serving

NAME = "bitstamp:ETH/USD"
TICKER = {**bitstamp("3000", "3001", "3000"), "pair": "ETH/USD"}
MARKET = {
    "name": "ETH/USD",
    "market_symbol": "ethusd",
    "base_currency": "ETH",
    "base_decimals": 8,
    "counter_currency": "USD",
    "counter_decimals": 1,
    "minimum_order_value": "10",
    "trading": "Enabled",
    "instant_order_counter_decimals": 2,
    "instant_and_market_orders": "Enabled",
    "description": "Ether / U.S. dollar",
    "market_type": "SPOT",
}


class Exchange:
    """What it says its markets are may change."""

    def __init__(self, *markets: dict[str, object]) -> None:
        self.markets: object = list(markets)

    async def answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(page(TICKER if "ticker" in path else self.markets))


def source(server: Server) -> Source:
    return make_source(NAME, Surroundings({"bitstamp": server.address}))


async def until_there(asking: Source) -> Quote:
    """ccxt itself keeps this exchange's list for a second."""
    async with asyncio.timeout(5):
        while True:
            try:
                return await asking.fetch()
            except SourceFailure:
                await asyncio.sleep(0.1)


def test_its_market_is_asked_for_once() -> None:
    async def asked() -> tuple[Quote, list[str]]:
        async with serving(Exchange(MARKET).answer) as server:
            asking = source(server)
            await asking.fetch()
            quote = await asking.fetch()
            await asking.close()
            return quote, server.asked

    quote, paths = run(asked())
    assert quote.price_e8 == 300_050_000_000
    assert [path.split("/")[3] for path in paths] == ["markets", "ticker", "ticker"]


def test_an_answer_of_many_markets_may_be_larger_than_a_ticker() -> None:
    others = [
        {**MARKET, "name": f"X{number}/USD", "market_symbol": f"x{number}usd"} for number in range(6_000)
    ]
    assert len(json.dumps(others)) > 2**20

    async def asked() -> Quote:
        async with serving(Exchange(*others, MARKET).answer) as server:
            asking = source(server)
            quote = await asking.fetch()
            await asking.close()
            return quote

    assert run(asked()).price_e8 == 300_050_000_000


def test_a_contract_or_an_index_of_the_same_name_is_not_its_market() -> None:
    async def asked() -> None:
        client = CcxtClient(read_name(NAME), Surroundings())
        market = {**(known_market("bitstamp", "BTC/USD") or {}), "symbol": "ETH/USD", "spot": False}
        client.exchange.set_markets([client.exchange.safe_market_structure(market)])
        try:
            await client.load()
        finally:
            await client.close()

    with pytest.raises(SourceFailure) as failed:
        run(asked())
    assert failed.value.reason is Absent.REFUSED


@pytest.mark.parametrize("markets", [[], {}, None, [None], "<html>", [{}]])
def test_a_market_that_is_missing_is_looked_for_again(markets: object) -> None:
    async def asked() -> tuple[Absent, Quote]:
        exchange = Exchange()
        exchange.markets = markets
        async with serving(exchange.answer) as server:
            asking = source(server)
            with pytest.raises(SourceFailure) as failed:
                await asking.fetch()
            exchange.markets = [MARKET]
            quote = await until_there(asking)
            await asking.close()
            return failed.value.reason, quote

    reason, quote = run(asked())
    assert reason in {Absent.REFUSED, Absent.MALFORMED}
    assert quote.price_e8 == 300_050_000_000
