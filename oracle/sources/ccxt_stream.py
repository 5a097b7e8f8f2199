"""The spot price as an exchange tells it by itself: the best bid and ask of its websocket, through ccxt.

ccxt gives what a websocket says as binary fractions; their shortest decimals are what was sent.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from oracle.rules.names import SourceName
from oracle.rules.quotes import Absent, Quote
from oracle.sources.ccxt_client import CcxtClient
from oracle.sources.ccxt_spot import quote_of
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings

SILENT_S = 20.0  # a book of bitcoin that says nothing for so long has lost its connection


class NoStream(Exception):
    """The exchange has none of a best bid and ask, nor of a ticker, or none that is safe to hear."""


class CcxtStream:
    def __init__(
        self, text: str, name: SourceName, around: Surroundings, *, silent_s: float = SILENT_S
    ) -> None:
        self.name = text
        self.base = name.base
        self.currency = name.currency
        self._symbol = name.label
        self._silent_s = silent_s
        self._client = CcxtClient(name, around, streaming=True)
        has = self._client.exchange.has
        self._of_many = bool(has.get("watchBidsAsks"))
        if self._client.packs_messages or not (self._of_many or has.get("watchTicker")):
            raise NoStream(text)

    async def quotes(self) -> AsyncGenerator[Quote, None]:
        try:
            await self._client.load()
            while True:
                quote = self._quote(await asyncio.wait_for(self._next(), self._silent_s))
                if quote is not None:
                    yield quote
        except TimeoutError as error:
            raise SourceFailure(Absent.TIMED_OUT, "its stream went silent") from error
        except Exception as error:
            raise self._client.failure(error) from error
        finally:
            await self._client.close()  # whoever listens again begins with a new connection

    async def _next(self) -> Any:
        exchange = self._client.exchange
        if self._of_many:
            return (await exchange.watch_bids_asks([self._symbol])).get(self._symbol, {})
        return await exchange.watch_ticker(self._symbol)

    def _quote(self, ticker: Any) -> Quote | None:
        """None where it says that there is no price just now. Raises SourceFailure."""
        try:
            return quote_of(self, ticker, self._symbol)
        except SourceFailure as failure:
            if failure.reason is Absent.NO_PRICE:
                return None
            raise

    async def close(self) -> None:
        await self._client.close()
