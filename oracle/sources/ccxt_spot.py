"""The spot price of any exchange that ccxt knows: the middle of its best bid and ask."""

from collections.abc import Mapping
from typing import Any

from oracle.rules.names import SourceName
from oracle.rules.quotes import PPM, Absent, Quote
from oracle.sources.ccxt_client import CcxtClient
from oracle.sources.ccxt_markets import SAY_WHEN, names_another
from oracle.sources.shapes import malformed, now_ms, price_of, time_of
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings

MAX_SPREAD_PPM = 10_000  # of the middle: a book that is thinner than that has no price in its middle


class CcxtSpot:
    def __init__(self, text: str, name: SourceName, around: Surroundings) -> None:
        self.name = text
        self.base = name.base
        self.currency = name.currency
        self._kind, self._symbol = name.kind, name.label
        self._says_when = name.kind in SAY_WHEN
        self._client = CcxtClient(name, around)

    async def fetch(self) -> Quote:
        try:
            await self._client.load()
            ticker = await self._client.exchange.fetch_ticker(self._symbol)
            if names_another(self._kind, self._symbol, ticker.get("info")):
                raise malformed("of another pair")
            return quote_of(self, ticker, self._symbol, says_when=self._says_when)
        except Exception as error:
            raise self._client.failure(error) from error

    async def close(self) -> None:
        await self._client.close()


def quote_of(source: Any, ticker: Mapping[str, Any], symbol: str, *, says_when: bool = False) -> Quote:
    """Raises SourceFailure. A ticker without a time is from when it came, unless the source `says_when`."""
    if ticker.get("symbol") not in (symbol, None):
        raise malformed("of another pair")
    stamp = ticker.get("timestamp")
    if stamp is None and says_when:
        raise malformed("no time where one should be")
    return Quote(
        source=source.name,
        base=source.base,
        currency=source.currency,
        price_e8=_price(ticker),
        time_ms=now_ms() if stamp is None else time_of(stamp),
    )


def _price(ticker: Mapping[str, Any]) -> int:
    """The middle of bid and ask, rounded down; the last trade's where one is missing, they cross or gape."""
    bid, ask = _optional(ticker.get("bid")), _optional(ticker.get("ask"))
    if bid is not None and ask is not None and bid <= ask:
        middle = (bid + ask) // 2
        if (ask - bid) * PPM <= middle * MAX_SPREAD_PPM:
            return middle
    return price_of(ticker.get("last"))


def _optional(value: object) -> int | None:
    """None where it says that there is none. Raises SourceFailure for what is no number at all."""
    try:
        return price_of(value)
    except SourceFailure as failure:
        if failure.reason is Absent.NO_PRICE:
            return None
        raise
