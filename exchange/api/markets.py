"""What everybody may see of the markets."""

from access.errors import ServiceUnavailable
from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, operation
from access.pagination import PageQuery, page_of
from exchange.api.market_documents import BookDocument, MarketsDocument, OneMarketDocument, TradesDocument
from exchange.api.paths import check_symbol
from exchange.api.queries import DepthQuery
from exchange.api.session import read_books
from exchange.rendering import NS_PER_MS, render_levels, render_market, render_public_trade
from exchange.selectors import find_market, fresh_markets, market_of, trades_of_market

TAGS = ["markets"]


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
