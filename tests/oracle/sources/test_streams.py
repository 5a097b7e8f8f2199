"""The real ccxt.pro classes give each best bid and ask that an exchange sends, and say when they are lost."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from aiohttp import web

from oracle.rules.names import read_name
from oracle.rules.quotes import Absent, Quote
from oracle.sources.ccxt_stream import CcxtStream, NoStream
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.feeds import FEEDS, Talk, feeding, saying
from tests.oracle.sources.servers import page, run, serving

every_feed = pytest.mark.parametrize("name", FEEDS)


def stream(name: str, address: str, silent_s: float = 5.0) -> CcxtStream:
    read = read_name(name)
    return CcxtStream(name, read, Surroundings({read.kind: address}, timeout_s=2.0), silent_s=silent_s)


async def hear(name: str, talk: Talk, count: int = 1, silent_s: float = 5.0) -> list[Quote]:
    heard: list[Quote] = []
    async with feeding(talk) as address:
        source = stream(name, address, silent_s)
        async with aclosing(source.quotes()) as quotes, asyncio.timeout(8):
            async for quote in quotes:
                heard.append(quote)
                if len(heard) == count:
                    break
        await source.close()
    return heard


@every_feed
def test_it_gives_the_middle_of_what_was_sent(name: str) -> None:
    quote = run(hear(name, saying(*FEEDS[name]("60000.1", "60000.3"))))[0]
    assert (quote.source, quote.price_e8) == (name, 6_000_020_000_000)
    assert f"{quote.base}/{quote.currency}" == name.split(":")[1]


@every_feed
def test_it_gives_one_quote_after_the_other(name: str) -> None:
    first, *later = FEEDS[name]("60000", "60000")
    update = FEEDS[name]("60002", "60002")[-1]

    async def talk(socket: web.WebSocketResponse, message: Any) -> None:
        await saying(first, *later)(socket, message)
        await asyncio.sleep(0.05)
        await saying(update)(socket, message)

    heard = run(hear(name, talk, count=2))
    assert [quote.price_e8 // 10**8 for quote in heard] == [60_000, 60_002]


@every_feed
@pytest.mark.parametrize("price", ["0", "-60000", "1e300"])
def test_a_message_that_is_no_price_gives_none(name: str, price: str) -> None:
    with pytest.raises(SourceFailure) as failed:
        run(hear(name, saying(*FEEDS[name](price, price)), silent_s=0.3))
    assert failed.value.reason in {Absent.MALFORMED, Absent.TIMED_OUT, Absent.NO_PRICE}


@every_feed
def test_a_feed_that_falls_silent_is_lost(name: str) -> None:
    with pytest.raises(SourceFailure) as failed:
        run(hear(name, saying(*FEEDS[name]("60000", "60001")), count=2, silent_s=0.3))
    assert failed.value.reason is Absent.TIMED_OUT


@every_feed
def test_a_connection_that_closes_is_lost(name: str) -> None:
    async def talk(socket: web.WebSocketResponse, message: Any) -> None:
        await saying(*FEEDS[name]("60000", "60001"))(socket, message)
        await asyncio.sleep(0.05)
        await socket.close()

    with pytest.raises(SourceFailure) as failed:
        run(hear(name, talk, count=2))
    assert failed.value.reason in {Absent.UNREACHABLE, Absent.REFUSED}


@every_feed
@pytest.mark.parametrize(
    "frame", ["[[[", "{}", "[]", "null", "hello", '{"data": 7}', '{"channel": "ticker"}']
)
def test_a_message_of_another_shape_gives_no_quote(name: str, frame: str) -> None:
    with pytest.raises(SourceFailure):
        run(hear(name, saying(frame), silent_s=0.3))


def test_a_number_that_fills_the_memory_when_it_is_calculated_with_is_malformed() -> None:
    opened, ticker = FEEDS["kraken:BTC/USD"]("60000", "60000")
    wild = ticker.replace('"volume":997.98383185', '"volume":"1e3000000"')
    assert wild != ticker
    with pytest.raises(SourceFailure) as failed:
        run(hear("kraken:BTC/USD", saying(opened, wild), silent_s=2.0))
    assert failed.value.reason is Absent.MALFORMED


@every_feed
def test_nobody_there_is_lost(name: str) -> None:
    async def asked() -> None:
        async with serving(b"") as server:
            gone = server.address
        async with asyncio.timeout(5):
            async for _ in stream(name, gone).quotes():
                pass

    with pytest.raises(SourceFailure) as failed:
        run(asked())
    assert failed.value.reason is Absent.UNREACHABLE


@every_feed
def test_a_redirect_is_not_followed(name: str) -> None:
    async def asked() -> list[str]:
        async with serving(page("")) as other:
            moved = page("", status="302 Found", Location=other.address + "/")
            async with serving(moved) as server:
                with pytest.raises(SourceFailure):
                    async for _ in stream(name, server.address).quotes():
                        pass
            return other.asked

    assert run(asked()) == []


@every_feed
def test_it_begins_anew_after_it_was_lost(name: str) -> None:
    async def heard() -> list[int]:
        prices = []
        async with feeding(saying(*FEEDS[name]("60000", "60000"))) as address:
            source = stream(name, address)
            for _ in range(2):
                async with aclosing(source.quotes()) as quotes:
                    prices.append((await anext(quotes)).price_e8 // 10**8)
            await source.close()
        return prices

    assert run(heard()) == [60_000, 60_000]


@pytest.mark.parametrize("name", ["bitstamp:BTC/USD", "htx:BTC/USDT", "bingx:BTC/USDT"])
def test_an_exchange_that_sends_no_best_prices_or_packs_them_itself_has_no_stream(name: str) -> None:
    with pytest.raises(NoStream):
        stream(name, "http://127.0.0.1:1")
