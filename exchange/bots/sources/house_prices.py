"""The house's own price, as everybody hears it: what the simulated market is around."""

import time
from collections.abc import Callable

from ballast_sdk.messages import Notice, PriceMessage
from ballast_sdk.socket import Socket
from exchange.bots.rules.units import e8_of

FRESH_S = 5.0
USABLE = frozenset({"FRESH", "DEGRADED"})


class HousePrices:
    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._price_e8: int | None = None
        self._heard_at = float("-inf")

    async def run(self) -> None:
        async with Socket(self._url) as socket:
            async for message in await socket.prices():
                if not isinstance(message, Notice):
                    self._hear(message)
        raise ConnectionError("the price is not heard any more")

    def _hear(self, message: PriceMessage) -> None:
        """A price that nobody may rely on is not heard: the market falls silent."""
        if message.price is None or message.state not in USABLE:
            return
        self._price_e8 = e8_of(message.price)
        self._heard_at = self._clock()

    def price_e8(self, time_ms: int) -> int | None:
        return self._price_e8 if self._clock() - self._heard_at < FRESH_S else None
