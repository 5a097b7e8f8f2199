"""The house's own book comes out of Redis as it was handed in."""

import msgspec
import pytest
from django.conf import settings
from redis import Redis

from oracle.rules.quotes import Absent, Quote
from oracle.sources.handed import Handed, encode_handed, handed_key
from oracle.sources.registry import make_source
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.servers import run

NAME = "house:BTC-USDB"
TIME_MS = 1_795_000_000_123


async def ask() -> Quote:
    source = make_source(NAME, Surroundings(redis_url=settings.REDIS_URL))
    try:
        return await source.fetch()
    finally:
        await source.close()


def test_it_is_what_was_handed_in_with_its_time(redis: Redis) -> None:
    redis.set(handed_key(NAME), encode_handed(Handed(6_000_012_345_678, TIME_MS)))
    assert run(ask()) == Quote(NAME, "BTC", "USDB", 6_000_012_345_678, TIME_MS)


def test_without_anything_handed_in_there_is_no_price(redis: Redis) -> None:
    with pytest.raises(SourceFailure) as failed:
        run(ask())
    assert failed.value.reason is Absent.NO_PRICE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"{}",
        msgspec.msgpack.encode({"price_e8": "6", "time_ms": TIME_MS}),
        msgspec.msgpack.encode({"price_e8": 6}),
        msgspec.msgpack.encode({"price_e8": 0, "time_ms": TIME_MS}),
        msgspec.msgpack.encode({"price_e8": -6, "time_ms": TIME_MS}),
        msgspec.msgpack.encode({"price_e8": 2**63, "time_ms": TIME_MS}),
        msgspec.msgpack.encode({"price_e8": 6, "time_ms": 0}),
    ],
)
def test_what_is_not_handed_in_so_is_malformed(redis: Redis, data: bytes) -> None:
    redis.set(handed_key(NAME), data)
    with pytest.raises(SourceFailure) as failed:
        run(ask())
    assert failed.value.reason is Absent.MALFORMED
