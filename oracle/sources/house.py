"""The house's own book: the quote that the exchange handed in last. For display; it never moves the price."""

import asyncio

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from oracle.rules.names import SourceName
from oracle.rules.parsing import MAX_PRICE_E8
from oracle.rules.quotes import Absent, Quote
from oracle.sources.handed import decode_handed, handed_key
from oracle.sources.shapes import malformed, time_of
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings

TIMEOUT_S = 1.0


class House:
    def __init__(self, text: str, name: SourceName, around: Surroundings) -> None:
        self.name = text
        self.base = name.base
        self.currency = name.currency
        self._redis: Redis = Redis.from_url(
            around.redis_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        )

    async def fetch(self) -> Quote:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                data = await self._redis.get(handed_key(self.name))
        except TimeoutError as error:
            raise SourceFailure(Absent.TIMED_OUT, "Redis gave no answer in time") from error
        except (RedisError, OSError) as error:
            raise SourceFailure(Absent.UNREACHABLE, type(error).__name__) from error
        if not isinstance(data, bytes):
            raise SourceFailure(Absent.NO_PRICE, "nothing was handed in")
        try:
            handed = decode_handed(data)
        except msgspec.MsgspecError as error:
            raise malformed("not what is handed in") from error
        if not 0 < handed.price_e8 <= MAX_PRICE_E8:
            raise malformed("no price where one should be")
        return Quote(self.name, self.base, self.currency, handed.price_e8, time_of(handed.time_ms))

    async def close(self) -> None:
        await self._redis.aclose()
