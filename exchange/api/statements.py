"""Statements to read page by page, or whole as one CSV file; in the memory of a page either way."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from access.http import ApiAnswer, ApiRequest, Scope, StrictAPIView, admitted, operation
from exchange.api.queries import StatementQuery, TradeStatementQuery, pair_cursor
from exchange.api.statement_documents import LedgerStatementDocument, TradeStatementDocument
from exchange.selectors import find_market
from exchange.statements import ledger, trades
from exchange.statements.cells import csv_line, csv_lines
from exchange.statements.ledger import LedgerStatement
from exchange.statements.trades import START, TradeStatement

TAGS = ["wallet"]
COST = 10  # a statement may go through all that an account ever did
CSV = "text/csv"


class StatementView(StrictAPIView):
    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """DRF knows one media type only: which one is wanted is read from the admitted request."""
        renderer = self.renderer_classes[0]()
        return renderer, renderer.media_type


class LedgerStatementEndpoint(StatementView):
    @operation(
        scope=Scope.READ,
        summary="Everything that moved through my wallets, latest first",
        query=StatementQuery,
        answers={200: LedgerStatementDocument, (200, CSV): OpenApiTypes.STR},
        cost=COST,
        tags=TAGS,
    )
    def get(self, request: Request) -> Any:
        """Each posting of the ledger in [start, end), with its wallet's balance after it. A transfer between
        two wallets of one's own is two postings. TRADE is the net of all trades of one batch of the engine,
        whose shard and last command its reference begins with; the single trades are in their own statement.
        With format=csv or Accept: text/csv it is whole, without limit and cursor."""
        asked = admitted(request)
        query = asked.query
        statement = LedgerStatement(asked.caller.user_id, start_ms=query["start"], end_ms=query["end"])
        if _wants_csv(asked):
            return _download("ledger", _ledger_csv(statement))
        rows, following = statement.page(query["cursor"], query["limit"])
        return ApiAnswer({"postings": rows, "next_cursor": pair_cursor(*following) if following else None})


class TradeStatementEndpoint(StatementView):
    @operation(
        scope=Scope.READ,
        summary="My trades with profit and loss, oldest first",
        query=TradeStatementQuery,
        answers={200: TradeStatementDocument, (200, CSV): OpenApiTypes.STR},
        cost=COST,
        tags=TAGS,
    )
    def get(self, request: Request) -> Any:
        """Each fill in [start, end), and for a sale its cost and profit by average cost, fees included, in
        the market's quote asset. A position is what was bought in a market and not sold there since: moving
        money between wallets changes no position, and what is sold beyond it is uncovered: it has proceeds
        and no profit, because its cost is not known here. Cost of sales is rounded down to the atom; the
        rest stays in the position. With format=csv or Accept: text/csv it is whole, without limit and cursor.
        """
        asked = admitted(request)
        query = asked.query
        statement = TradeStatement(
            asked.caller.user_id,
            market=find_market(query["market"]) if query["market"] else None,
            start_ms=query["start"],
            end_ms=query["end"],
        )
        if _wants_csv(asked):
            return _download("trades", _trades_csv(statement))
        page = _trade_page(statement, query["cursor"] or START, query["limit"])
        return StreamingHttpResponse(page, content_type="application/json")


def _wants_csv(asked: ApiRequest) -> bool:
    """`format` before the Accept header."""
    chosen = asked.query["format"]
    if chosen is not None:
        return bool(chosen == "csv")
    return asked.headers.get("accept", "").partition(";")[0].strip() == CSV


def _download(name: str, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=f"{CSV}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _ledger_csv(statement: LedgerStatement) -> Iterator[bytes]:
    yield csv_line(ledger.COLUMNS)
    for rows in statement.chunks():
        yield csv_lines(ledger.COLUMNS, rows)
        yield b""


def _trades_csv(statement: TradeStatement) -> Iterator[bytes]:
    yield csv_line(trades.COLUMNS)
    for found in statement.rows():
        yield b"" if found is None else csv_lines(trades.COLUMNS, [found[1]])


def _trade_page(statement: TradeStatement, after: trades.Place, limit: int) -> Iterator[bytes]:
    """Empty pieces while what is before is gone through, so that nobody else waits for it."""
    rows: list[trades.Row] = []
    place, following = after, None
    for found in statement.rows(after):
        if found is None:
            yield b""
            continue
        if len(rows) == limit:
            following = pair_cursor(*place)
            break
        place, row = found
        rows.append(row)
        if len(rows) == limit:
            statement.remember()
    yield msgspec.json.encode({"trades": rows, "next_cursor": following})
