"""The price over HTTP: now, its state, and what it was. For everybody."""

import asyncio

from django.db import InterfaceError, OperationalError

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, operation
from access.intervals import Wanted
from access.pagination import page_of
from access.threads import in_thread
from oracle.api.documents import (
    HistoryDocument,
    OracleCandlesDocument,
    OracleStateDocument,
    PriceDocument,
    TwapDocument,
)
from oracle.api.queries import HistoryQuery, OracleCandlesQuery, TwapQuery
from oracle.feed import PATIENCE_SECONDS, now_ms, price_feed
from oracle.models import Round
from oracle.rendering import (
    Shown,
    render_average,
    render_bar,
    render_halt,
    render_incident,
    render_pauses,
    render_round,
    render_sources,
    render_state,
    render_verdicts,
    render_view,
    render_who_may,
)
from oracle.selectors import latest_incidents, open_incidents, rounds_between, verdicts_of
from oracle.selectors_history import candles, twap_of

TAGS = ["oracle"]
HISTORY_COST = 2
CANDLES_COST = 5


class PriceEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="See the price of bitcoin", answers={200: PriceDocument}, tags=TAGS)
    async def get(self, request: ApiRequest) -> ApiAnswer:
        """One price of many sources, with what became of each, and what may be done with it now."""
        view, origin = await price_feed().known()
        now = now_ms()
        return ApiAnswer({**render_view(view, now), "sources": render_sources(view, now), "origin": origin})


class StateEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="See the oracle's state", answers={200: OracleStateDocument}, tags=TAGS)
    async def get(self, request: ApiRequest) -> ApiAnswer:
        """What may be done with the price now, what is paused or halted, and what went wrong lately."""
        view, origin = await price_feed().known()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                incidents = await in_thread(_incidents)
        except (OperationalError, InterfaceError, TimeoutError):  # the state is known all the same
            incidents = {"open_incidents": None, "latest_incidents": None}
        now = now_ms()
        return ApiAnswer(
            {
                **render_state(view, now),
                "pauses": render_pauses(view, now),
                "halt": render_halt(view.halt),
                **incidents,
                "who_may": render_who_may(),
                "origin": origin,
            }
        )


def _incidents() -> Shown:
    return {
        "open_incidents": [render_incident(one) for one in open_incidents()],
        "latest_incidents": [render_incident(one) for one in latest_incidents()],
    }


class HistoryEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="List rounds, latest first",
        query=HistoryQuery,
        answers={200: HistoryDocument},
        cost=HISTORY_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """Accepted or refused, those of [start, end). Rounds are kept for some days, candles for ever."""
        query = request.query
        page = page_of(rounds_between(query["start"], query["end"]), query)
        shown = [_round(row, with_sources=query["sources"]) for row in page.rows]
        return ApiAnswer({"rounds": shown, "next_cursor": page.next_cursor})


def _round(row: Round, *, with_sources: bool) -> Shown:
    shown = render_round(row)
    if with_sources:
        shown["sources"] = render_verdicts(verdicts_of(row))
    return shown


class OracleCandlesEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="List candles of the price, oldest first",
        query=OracleCandlesQuery,
        answers={200: OracleCandlesDocument},
        cost=CANDLES_COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """Those that begin in [start, end): with a start the first ones, without one the last ones. One
        without an accepted price has the close before it; before the first price there is none. At most 347
        days or 49 weeks come at once."""
        query = request.query
        wanted = Wanted(query["start"], query["end"], query["limit"], now_ms())
        bars = candles(interval=query["interval"], wanted=wanted)
        return ApiAnswer({"interval": query["interval"], "candles": [render_bar(bar) for bar in bars]})


class TwapEndpoint(AsyncEndpoint):
    @operation(
        scope=None,
        summary="See the time-weighted average price",
        query=TwapQuery,
        answers={200: TwapDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """Of the last `window` seconds before the latest round."""
        average = twap_of(window_ms=request.query["window"] * 1_000, end_ms=now_ms())
        return ApiAnswer(render_average(average))
