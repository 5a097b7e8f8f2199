"""Market data that no engine has sent: as much of it as a test needs, and then the truth again."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from exchange.live_wire import MarketMessage, PublicTrade, encode_market
from exchange.queue import market_channel
from tests.api.house import FREE_MARKET, House
from tests.websocket.stored import stored_sequence

FORGED = FREE_MARKET  # nothing else happens there


class Forger:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.sequence = stored_sequence()
        self.trade_id = 0

    def levels(self, number: int) -> None:
        """One message that changes so many bids."""
        bids = [(10**9 + price, 10**9 + self.sequence) for price in range(number)]
        self._send(bids, [])

    def trades(self, number: int) -> None:
        """One message with so many trades."""
        made = [
            PublicTrade(self.trade_id + at, 10**9, 10**9, 10**10, 0, 1, 64) for at in range(1, number + 1)
        ]
        self.trade_id += number
        self._send([], made)

    def _send(self, bids: list[tuple[int, int]], made: list[PublicTrade]) -> None:
        self.sequence += 1
        message = MarketMessage(self.sequence, self.sequence, 1, bids, [], made)
        self._redis.publish(market_channel(FORGED), encode_market(message))

    def end(self) -> None:
        """A gap: what was forged is loaded anew."""
        ahead = self.sequence + 1_000_000
        message = MarketMessage(ahead, ahead, 1, [], [], [])
        self._redis.publish(market_channel(FORGED), encode_market(message))


@contextmanager
def forging(house: House) -> Iterator[Forger]:
    with Redis.from_url(house.servers.redis_url) as redis:
        forger = Forger(redis)
        yield forger
        forger.end()
