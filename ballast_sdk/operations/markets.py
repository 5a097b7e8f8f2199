"""Operations about markets. Generated: do not edit."""

from collections.abc import Iterator

from ballast_sdk.calls import Call, Repeat, given, segment
from ballast_sdk.models.choices import CandleInterval
from ballast_sdk.models.markets import Book, Candles, Market, PublicTrade, Ticker, Trades
from ballast_sdk.pages import rows_of
from ballast_sdk.sending import Group


class MarketsApi(Group):
    """Markets, their books and trades; for everybody."""

    def all(self) -> list[Market]:
        """List the markets."""
        return self._send(
            Call[list[Market]](
                "GET",
                "/api/v1/markets",
                {200: list[Market]},
                member="markets",
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def get(self, market: str) -> Market:
        """See one market."""
        return self._send(
            Call[Market](
                "GET",
                f"/api/v1/markets/{segment(market)}",
                {200: Market},
                member="market",
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def book(self, market: str, *, depth: int | None = None) -> Book:
        """See a market's order book.

        depth: 50 if left out.
        """
        return self._send(
            Call[Book](
                "GET",
                f"/api/v1/markets/{segment(market)}/book",
                {200: Book},
                query=given(depth=depth),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def candles(
        self,
        market: str,
        *,
        interval: CandleInterval,
        end: int | None = None,
        limit: int | None = None,
        start: int | None = None,
    ) -> Candles:
        """List a market's candles, oldest first.

        Those that begin in [start, end): with a start the first ones, without one the last ones. One
        without a trade has the close before it as its prices; before the first trade there is none.

        limit: 500 if left out.
        """
        return self._send(
            Call[Candles](
                "GET",
                f"/api/v1/markets/{segment(market)}/candles",
                {200: Candles},
                query=given(interval=interval, end=end, limit=limit, start=start),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def ticker(self, market: str) -> Ticker:
        """See a market's last 24 hours."""
        return self._send(
            Call[Ticker](
                "GET",
                f"/api/v1/markets/{segment(market)}/ticker",
                {200: Ticker},
                member="ticker",
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def trades(self, market: str, *, page_size: int | None = None) -> Iterator[PublicTrade]:
        """List a market's trades, latest first.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.trades_page(market, cursor=cursor, limit=page_size), lambda page: page.trades
        )

    def trades_page(self, market: str, *, cursor: str | None = None, limit: int | None = None) -> Trades:
        """List a market's trades, latest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[Trades](
                "GET",
                f"/api/v1/markets/{segment(market)}/trades",
                {200: Trades},
                query=given(cursor=cursor, limit=limit),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def tickers(self) -> list[Ticker]:
        """See every market's last 24 hours."""
        return self._send(
            Call[list[Ticker]](
                "GET",
                "/api/v1/tickers",
                {200: list[Ticker]},
                member="tickers",
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )
