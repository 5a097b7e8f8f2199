"""What everybody may see of the markets."""

import time
from collections.abc import Sequence
from typing import Any

from access.errors import ServiceUnavailable
from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, operation
from access.pagination import PageQuery, page_of
from access.threads import in_thread
from exchange.api.market_documents import (
    BookDocument,
    CandlesDocument,
    MarketsDocument,
    OneMarketDocument,
    OneTickerDocument,
    TickersDocument,
    TradesDocument,
)
from exchange.api.paths import check_symbol
from exchange.api.queries import CandlesQuery, DepthQuery
from exchange.api.session import read_books
from exchange.models import Market
from exchange.rendering import (
    NS_PER_MS,
    render_candle,
    render_levels,
    render_market,
    render_public_trade,
)
from exchange.selectors import find_market, fresh_markets, market_of, trades_of_market
from exchange.selectors_candles import candles_of
from exchange.tickers import NO_TRADE, day_statistics, render_ticker

TAGS = ["markets"]
TICKERS_COST = 2


class MarketsEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="List the markets", answers={200: MarketsDocument}, tags=TAGS)
    def get(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer({"markets": [render_market(market) for market in fresh_markets().values()]})


class MarketEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="See one market", answers={200: OneMarketDocument}, tags=TAGS)
    def get(self, request: ApiRequest, market: str) -> ApiAnswer:
        check_symbol(market)
        return ApiAnswer({"market": render_market(find_market(market))})


class BookEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="See a market's order book",
        query=DepthQuery,
        answers={200: BookDocument},
        tags=TAGS,
    )
    async def get(self, request: ApiRequest, market: str) -> ApiAnswer:
        check_symbol(market)
        found = await market_of(market)
        (book,) = await read_books([market])
        if book is None:  # a market has one from its beginning: Redis was emptied
            raise ServiceUnavailable("market data")
        depth = request.query["depth"]
        return ApiAnswer(
            {
                "market": market,
                "sequence": book.sequence,
                "time_ms": book.timestamp_ns // NS_PER_MS,
                "bids": render_levels(book.bids[:depth], found),
                "asks": render_levels(book.asks[:depth], found),
            }
        )


class TradesEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="List a market's trades, latest first",
        query=PageQuery,
        answers={200: TradesDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest, market: str) -> ApiAnswer:
        check_symbol(market)
        found = find_market(market)
        page = page_of(trades_of_market(market_id=found.id), request.query)
        shown = [render_public_trade(row, found) for row in page.rows]
        return ApiAnswer({"trades": shown, "next_cursor": page.next_cursor})


class CandlesEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="List a market's candles, oldest first",
        query=CandlesQuery,
        answers={200: CandlesDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest, market: str) -> ApiAnswer:
        """Those that begin in [start, end): with a start the first ones, without one the last ones. One
        without a trade has the close before it as its prices; before the first trade there is none."""
        check_symbol(market)
        found, query = find_market(market), request.query
        bars = candles_of(
            market=found,
            interval=query["interval"],
            start_ms=query["start"],
            end_ms=query["end"],
            limit=query["limit"],
            now_ms=_now_ms(),
        )
        shown = [render_candle(bar, found) for bar in bars]
        return ApiAnswer({"market": market, "interval": query["interval"], "candles": shown})


class TickersEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="See every market's last 24 hours",
        answers={200: TickersDocument},
        cost=TICKERS_COST,
        tags=TAGS,
    )
    async def get(self, request: ApiRequest) -> ApiAnswer:
        markets = await in_thread(lambda: list(fresh_markets().values()))
        return ApiAnswer({"tickers": await _tickers(markets)})


class TickerEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="See a market's last 24 hours",
        answers={200: OneTickerDocument},
        tags=TAGS,
    )
    async def get(self, request: ApiRequest, market: str) -> ApiAnswer:
        check_symbol(market)
        (ticker,) = await _tickers([await market_of(market)])
        return ApiAnswer({"ticker": ticker})


async def _tickers(markets: Sequence[Market]) -> list[dict[str, Any]]:
    days = await in_thread(day_statistics)
    books = await read_books([market.symbol for market in markets])
    now_ms = _now_ms()
    return [
        render_ticker(market, days.get(market.id, NO_TRADE), book, now_ms)
        for market, book in zip(markets, books, strict=True)
    ]


def _now_ms() -> int:
    return time.time_ns() // NS_PER_MS
