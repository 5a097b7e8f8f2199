"""What every source holds to, whatever it is made of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from django.conf import settings
from redis import Redis

from oracle.rules.names import read_name
from oracle.rules.quotes import Absent, Quote
from oracle.sources.handed import Handed, encode_handed, handed_key
from oracle.sources.registry import make_source
from oracle.sources.shapes import now_ms
from oracle.sources.source import Source, SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.bodies import EXCHANGES, pyth
from tests.oracle.sources.servers import page, run, serving

HOUSE = "house:BTC-USDB"
NAMES = [*EXCHANGES, "pyth:BTC/USD", HOUSE, "recorded:minutes", "simulated:1"]
every_source = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def around(redis: Redis, tmp_path: Path) -> Surroundings:
    redis.set(handed_key(HOUSE), encode_handed(Handed(6_000_000_000_000, now_ms())))
    (tmp_path / "minutes.csv").write_text("time_ms,price\n1000,60000.5\n61000,60001.5\n")
    return Surroundings(redis_url=settings.REDIS_URL, recordings=tmp_path, timeout_s=1.0)


@asynccontextmanager
async def made(name: str, around: Surroundings) -> AsyncIterator[Source]:
    body = EXCHANGES[name]("60000", "60001", "60000") if name in EXCHANGES else pyth("6000000000000")
    async with serving(page(body)) as server:
        there = {read_name(name).kind: server.address}
        source = make_source(name, Surroundings(there, around.redis_url, around.recordings))
        try:
            yield source
        finally:
            await source.close()


@every_source
def test_a_quote_is_of_the_pair_that_the_name_says(name: str, around: Surroundings) -> None:
    async def asked() -> Quote:
        async with made(name, around) as source:
            assert (source.name, source.base, source.currency) == (name, *_pair(name))
            return await source.fetch()

    quote = run(asked())
    assert (quote.source, quote.base, quote.currency) == (name, *_pair(name))


def _pair(name: str) -> tuple[str, str]:
    read = read_name(name)
    return read.base, read.currency


@every_source
def test_a_quote_is_whole_numbers(name: str, around: Surroundings) -> None:
    async def asked() -> Quote:
        async with made(name, around) as source:
            return await source.fetch()

    quote = run(asked())
    assert type(quote.price_e8) is int
    assert 0 < quote.price_e8 < 2**63
    assert type(quote.time_ms) is int
    assert quote.confidence_e8 is None or (type(quote.confidence_e8) is int and quote.confidence_e8 >= 0)
    assert quote.unchanged_ms == 0


@every_source
def test_what_is_made_up_says_so(name: str, around: Surroundings) -> None:
    async def asked() -> Quote:
        async with made(name, around) as source:
            return await source.fetch()

    assert run(asked()).simulated is read_name(name).is_simulated


@every_source
def test_it_may_be_asked_again_and_closed_twice(name: str, around: Surroundings) -> None:
    async def asked() -> None:
        async with made(name, around) as source:
            await source.fetch()
            await source.fetch()
            await source.close()

    run(asked())


@every_source
def test_closing_what_was_never_asked_is_harmless(name: str, around: Surroundings) -> None:
    async def closed() -> None:
        async with made(name, around):
            pass

    run(closed())


@every_source
def test_it_can_be_canceled_and_asked_again(name: str, around: Surroundings) -> None:
    async def asked() -> Quote:
        async with made(name, around) as source:
            first = asyncio.create_task(source.fetch())
            await asyncio.sleep(0)
            first.cancel()
            await asyncio.wait([first])
            return await source.fetch()

    assert run(asked()).price_e8 > 0


@pytest.mark.parametrize("name", [*EXCHANGES, "pyth:BTC/USD", HOUSE])
def test_with_everything_outside_gone_it_fails_as_sources_fail(name: str) -> None:
    async def asked() -> None:
        async with serving(b"") as server:
            gone = server.address
        source = make_source(name, Surroundings({read_name(name).kind: gone}, gone.replace("http", "redis")))
        try:
            await source.fetch()
        finally:
            await source.close()

    with pytest.raises(SourceFailure) as failed:
        run(asked())
    assert failed.value.reason is Absent.UNREACHABLE
    assert failed.value.detail
