"""The made-up market as a source: in steps of less than a second, around a price that is heard or read."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from exchange.bots.inbox import Inbox
from exchange.bots.sources.made_up import MadeUpMarket
from exchange.bots.sources.source import SourceLost

STEP_S = 0.7
PATIENCE_S = 30.0  # for the first price, and for the next one after it was lost


class Prices(Protocol):
    async def run(self) -> None:
        """Keeps the price, until it breaks or is canceled."""

    def price_e8(self, time_ms: int) -> int | None:
        """None while there is none that is new enough."""


class MadeUpSource:
    def __init__(
        self,
        name: str,
        seed: str,
        prices: Prices,
        *,
        step_s: float = STEP_S,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.name = name
        self._market = MadeUpMarket(seed)
        self._prices = prices
        self._step_s = step_s
        self._clock_ms = clock_ms

    async def run(self, inbox: Inbox) -> None:
        keeping = asyncio.create_task(self._prices.run())
        try:
            await self._step_on(inbox, keeping)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _step_on(self, inbox: Inbox, keeping: "asyncio.Task[None]") -> None:
        missed_s = 0.0
        while missed_s < PATIENCE_S:
            if keeping.done():
                raise SourceLost(f"its price ended: {keeping.exception()!r}")
            missed_s = 0.0 if self._step(inbox) else missed_s + self._step_s
            await asyncio.sleep(self._step_s)
        raise SourceLost("it has no price")

    def _step(self, inbox: Inbox) -> bool:
        time_ms = self._clock_ms()
        price_e8 = self._prices.price_e8(time_ms)
        if price_e8 is None:
            return False
        book, trades = self._market.at(price_e8, time_ms)
        inbox.put_book(book)
        for trade in trades:
            inbox.put_trade(trade)
        return True
