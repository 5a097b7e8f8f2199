"""Placing, canceling, amending and seeing orders. What is answered is committed by then."""

from typing import Any

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.pagination import Page, page_of, page_read
from access.parsing import parse_number
from access.threads import in_thread
from exchange import trading
from exchange.api.examples import AMENDMENT, BATCH, CANCELS, ORDER
from exchange.api.forms import AmendForm, CancelsForm, OrderForm, OrdersForm
from exchange.api.order_documents import (
    CanceledAllDocument,
    CanceledDocument,
    CancelResultsDocument,
    OneOrderDocument,
    OrdersDocument,
    PendingDocument,
    PlacedDocument,
    PlaceResultsDocument,
)
from exchange.api.paths import check_client_order_id
from exchange.api.queries import MarketQuery, OrdersQuery
from exchange.api.session import is_pending, sender_of
from exchange.engine.types import OrderStatus
from exchange.errors import OrderNotFound
from exchange.models import Order
from exchange.order_answers import order_with_fills
from exchange.order_facts import facts_of_row
from exchange.rendering import render_order
from exchange.selectors import find_market, market_by_id, order_by_client_id, order_by_id
from exchange.selectors_orders import open_orders_of, orders_of

ORDER_BODY_BYTES = 16 * 1024
BATCH_COST = 20
CANCEL_BATCH_COST = 10
TAGS = ["orders"]


class OrdersEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Place an order",
        body=OrderForm,
        answers={200: PlacedDocument},
        max_body_bytes=ORDER_BODY_BYTES,
        tags=TAGS,
        example=ORDER,
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """Answered when committed. With a client_order_id a repeat is safe and gets the first answer."""
        return ApiAnswer(await trading.place(sender_of(request), request.body))

    @operation(
        scope=Scope.READ,
        summary="List orders, latest first",
        query=OrdersQuery,
        answers={200: OrdersDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        query = request.query
        market = find_market(query["market"]) if query["market"] else None
        page = _page(request.caller.user_id, market.id if market else None, query)
        shown = [render_order(facts_of_row(row), market_by_id(row.market_id)) for row in page.rows]
        return ApiAnswer({"orders": shown, "next_cursor": page.next_cursor})

    @operation(
        scope=Scope.TRADE,
        summary="Cancel every open order, of one market or of all",
        query=MarketQuery,
        answers={200: CanceledAllDocument},
        tags=TAGS,
    )
    async def delete(self, request: ApiRequest) -> ApiAnswer:
        """Without a market every shard is asked. Where one did it and another did not, PARTLY_DONE (503) says
        so: `canceled_order_ids` as in a success, and in `shards` of each its `markets`, whether it is `done`,
        and the `code` of why not. Ask again for the rest."""
        return ApiAnswer(await trading.cancel_all(sender_of(request), market=request.query["market"]))


class OrderBatchEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Place up to 100 orders",
        body=OrdersForm,
        answers={200: PlaceResultsDocument},
        cost=BATCH_COST,
        tags=TAGS,
        example=BATCH,
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """One result for each, in the order sent. They enter the queue one after the other with nothing
        between; each is accepted or refused for itself. What is malformed refuses them all, by its place."""
        return ApiAnswer({"results": await trading.place_batch(sender_of(request), request.body["orders"])})


class CancelBatchEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Cancel up to 100 orders",
        body=CancelsForm,
        answers={200: CancelResultsDocument},
        cost=CANCEL_BATCH_COST,
        tags=TAGS,
        example=CANCELS,
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """One result for each, in the order sent. A POST, because not every client can send a DELETE with a
        body."""
        targets = [(form["order_id"] or 0, form["client_order_id"] or "") for form in request.body["orders"]]
        return ApiAnswer({"results": await trading.cancel_batch(sender_of(request), targets)})


class OrderEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ, summary="See one order and its fills", answers={200: OneOrderDocument}, tags=TAGS
    )
    def get(self, request: ApiRequest, order_id: str) -> ApiAnswer:
        """Of many fills the latest 1,000: all of them are in GET /fills?order_id=."""
        order = order_by_id(account=request.caller.user_id, order_id=_number(order_id))
        if order is None:
            raise OrderNotFound
        return ApiAnswer(order_with_fills(order))

    @operation(
        scope=Scope.TRADE,
        summary="Amend an order",
        body=AmendForm,
        answers={200: PlacedDocument},
        max_body_bytes=ORDER_BODY_BYTES,
        tags=TAGS,
        example=AMENDMENT,
    )
    async def patch(self, request: ApiRequest, order_id: str) -> ApiAnswer:
        """Less quantity at the same price keeps the place in the queue; anything else gives it up, and may
        trade at once: those fills come with the answer."""
        answer = await trading.amend(sender_of(request), request.body, order_id=_number(order_id))
        return ApiAnswer(answer)

    @operation(scope=Scope.TRADE, summary="Cancel an order", answers={200: CanceledDocument}, tags=TAGS)
    async def delete(self, request: ApiRequest, order_id: str) -> ApiAnswer:
        return ApiAnswer(await trading.cancel(sender_of(request), order_id=_number(order_id)))


class ClientOrderEndpoint(AsyncEndpoint):
    """By the id that the client chose: the way to learn the truth after an unknown outcome."""

    @operation(
        scope=Scope.READ,
        summary="See one order by client order id; PENDING while it is queued",
        answers={200: OneOrderDocument, 202: PendingDocument},
        tags=TAGS,
    )
    async def get(self, request: ApiRequest, client_order_id: str) -> ApiAnswer:
        """The truth after OUTCOME_UNKNOWN: accepted, REJECTED with its reason, PENDING, or not found."""
        check_client_order_id(client_order_id)
        account = request.caller.user_id
        found = await in_thread(_by_client_id, account, client_order_id)
        if _is_accepted(found):
            return ApiAnswer(found)
        if await is_pending(account, client_order_id):  # for the first time, or once more after a refusal
            waiting = {"client_order_id": client_order_id, "status": "PENDING"}
            return ApiAnswer({"order": waiting}, status=202)
        # The engine may have committed between the two looks.
        found = await in_thread(_by_client_id, account, client_order_id)
        if found is None:
            raise OrderNotFound
        return ApiAnswer(found)

    @operation(
        scope=Scope.TRADE,
        summary="Amend an order by client order id",
        body=AmendForm,
        answers={200: PlacedDocument},
        max_body_bytes=ORDER_BODY_BYTES,
        tags=TAGS,
        example=AMENDMENT,
    )
    async def patch(self, request: ApiRequest, client_order_id: str) -> ApiAnswer:
        check_client_order_id(client_order_id)
        answer = await trading.amend(sender_of(request), request.body, client_order_id=client_order_id)
        return ApiAnswer(answer)

    @operation(
        scope=Scope.TRADE,
        summary="Cancel an order by client order id",
        answers={200: CanceledDocument},
        tags=TAGS,
    )
    async def delete(self, request: ApiRequest, client_order_id: str) -> ApiAnswer:
        check_client_order_id(client_order_id)
        return ApiAnswer(await trading.cancel(sender_of(request), client_order_id=client_order_id))


def _page(account: int, market_id: int | None, query: dict[str, Any]) -> Page[Order]:
    if query["status"] == "open":
        return page_of(open_orders_of(account=account, market_id=market_id), query)

    def read(before: int | None, limit: int) -> list[Order]:
        only_closed = query["status"] is not None
        return orders_of(
            account=account, market_id=market_id, before_id=before, limit=limit, only_closed=only_closed
        )

    return page_read(read, query)


def _by_client_id(account: int, client_order_id: str) -> dict[str, Any] | None:
    order = order_by_client_id(account=account, client_order_id=client_order_id)
    return None if order is None else order_with_fills(order)


def _is_accepted(found: dict[str, Any] | None) -> bool:
    return found is not None and found["order"]["status"] != OrderStatus.REJECTED.name


def _number(order_id: str) -> int:
    return parse_number(order_id, field="order_id", absent=OrderNotFound)
