"""The stream of a symbol's average price: looked at each second while somebody listens."""

import asyncio
import logging

from access.threads import in_thread
from exchange.compat.binance.spot.streams import frames
from exchange.compat.binance.spot.streams.topic import StreamTopic
from exchange.compat.binance.spot.tickers import average_of
from exchange.compat.binance.symbols import symbol_of
from exchange.models import Market

logger = logging.getLogger(__name__)


class AverageStream:
    def __init__(self, market: Market) -> None:
        self.topic = StreamTopic(f"{symbol_of(market).lower()}@avgPrice", conflates=True)
        self._market = market
        self._shown: frames.Content | None = None
        self._task: asyncio.Task[None] | None = None

    def tick(self) -> None:
        """Each second."""
        if not self.topic:
            self._shown = None
            self.topic.forget()
        elif self._task is None:
            self._task = asyncio.create_task(self._run(), name="average price")

    async def _run(self) -> None:
        try:
            found = await in_thread(average_of, self._market)
        except Exception as error:  # noqa: BLE001 (it is looked at again)
            logger.warning("%s cannot be read: %s", self.topic.name, error)
        else:
            shown = {"i": f"{found['mins']}m", "w": found["price"], "T": found["closeTime"]}
            if shown != self._shown:
                self._shown = shown
                self.topic.publish({**frames.event("avgPrice", self._market), **shown})
        finally:
            self._task = None
