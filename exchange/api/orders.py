"""Placing, canceling and seeing orders. What the engine says is the answer; it is committed by then."""

from typing import Any

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from access.pagination import page_of
from access.threads import in_thread
from exchange.api.documents import (
    CanceledAllDocument,
    CanceledDocument,
    OneOrderDocument,
    OrdersDocument,
    PendingDocument,
    PlacedDocument,
)
from exchange.api.forms import MarketQuery, OrderForm, OrdersQuery
from exchange.api.paths import check_client_order_id, parse_number
from exchange.api.session import command_id_of, deadline_ns_of, gateway, is_pending, market_of
from exchange.engine.commands import CancelOrder, cancel_all, cancel_order
from exchange.engine.events import OrderClosed, OrderRepeated
from exchange.engine.types import SHARD_SLOTS, OrderStatus, RejectReason
from exchange.errors import LIMITS, EngineRefusal, OrderNotFound
from exchange.models import Market, Order
from exchange.outcomes import accepted_events, is_refused
from exchange.rendering import (
    facts_of_placement,
    facts_of_row,
    fills_of_placement,
    fills_of_trade,
    render_fill,
    render_market,
    render_order,
)
from exchange.selectors import (
    fills_of_order,
    find_market,
    market_by_id,
    order_by_client_id,
    order_by_id,
    orders_of,
    reply_at,
    shards,
)
from exchange.services.orders import Placement, placement_command
from exchange.wire import Reply

ORDER_BODY_BYTES = 16 * 1024
TAGS = ["orders"]
EXAMPLE = {
    "market": "BTC-USDB",
    "side": "BUY",
    "type": "LIMIT",
    "price": "42000.50",
    "quantity": "0.01",
    "client_order_id": "my-first-order",
}


class OrdersEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Place an order",
        body=OrderForm,
        answers={200: PlacedDocument},
        max_body_bytes=ORDER_BODY_BYTES,
        tags=TAGS,
        example=EXAMPLE,
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """Answered when committed. With a client_order_id a repeat is safe and gets the first answer."""
        form = dict(request.body)
        placement = Placement(order_type=form.pop("type"), **form)
        market = await market_of(placement.market)
        try:
            reply = await _place(request, placement, market)
        except EngineRefusal as refusal:
            limit = LIMITS.get(refusal.reason)
            if limit is not None:
                refusal.details[limit] = render_market(market)[limit]
            raise
        return ApiAnswer(_placed(reply, market))

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
        status = query["status"]
        rows = orders_of(
            account=request.caller.user_id,
            market_id=market.id if market else None,
            only_open=None if status is None else status == "open",
        )
        page = page_of(rows, query)
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
        symbol = request.query["market"]
        numbers = [(await market_of(symbol)).shard_id] if symbol else await in_thread(shards)
        canceled: list[str] = []
        for number in numbers:
            reply = await gateway().execute(
                shard=number,
                command=cancel_all(
                    account=request.caller.user_id,
                    market=symbol or "",
                    deadline_ns=deadline_ns_of(request),
                ),
                command_id=command_id_of(request, number),
            )
            events = accepted_events(reply)
            canceled += [str(event.order_id) for event in events if isinstance(event, OrderClosed)]
        return ApiAnswer({"canceled_order_ids": canceled})


class OrderEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ, summary="See one order and its fills", answers={200: OneOrderDocument}, tags=TAGS
    )
    def get(self, request: ApiRequest, order_id: str) -> ApiAnswer:
        return ApiAnswer(_one_order(request.caller.user_id, _number(order_id)))

    @operation(scope=Scope.TRADE, summary="Cancel an order", answers={200: CanceledDocument}, tags=TAGS)
    async def delete(self, request: ApiRequest, order_id: str) -> ApiAnswer:
        command = cancel_order(
            account=request.caller.user_id,
            order_id=_number(order_id),
            deadline_ns=deadline_ns_of(request),
        )
        shard = command.order_id % SHARD_SLOTS
        return await _cancel(request, command, [shard] if shard in await in_thread(shards) else [])


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
        summary="Cancel an order by client order id",
        answers={200: CanceledDocument},
        tags=TAGS,
    )
    async def delete(self, request: ApiRequest, client_order_id: str) -> ApiAnswer:
        check_client_order_id(client_order_id)
        command = cancel_order(
            account=request.caller.user_id,
            client_order_id=client_order_id,
            deadline_ns=deadline_ns_of(request),
        )
        return await _cancel(request, command, await in_thread(shards))


async def _place(request: ApiRequest, placement: Placement, market: Market) -> Reply:
    """The outcome of the placement, of the first one where it is a repeat. Raises EngineRefusal."""
    command = placement_command(
        market=market,
        account=request.caller.user_id,
        placement=placement,
        deadline_ns=deadline_ns_of(request),
    )
    reply = await gateway().execute(
        shard=market.shard_id, command=command, command_id=command_id_of(request, market.shard_id)
    )
    events = accepted_events(reply)
    if events and isinstance(events[0], OrderRepeated):
        return await in_thread(reply_at, shard=market.shard_id, sequence=events[0].first_sequence)
    return reply


async def _cancel(request: ApiRequest, command: CancelOrder, numbers: list[int]) -> ApiAnswer:
    """Ask each shard that could have the order; the first that closed it answers."""
    for number in numbers:
        reply = await gateway().execute(
            shard=number, command=command, command_id=command_id_of(request, number)
        )
        if is_refused(reply, RejectReason.ORDER_NOT_FOUND):
            continue
        closed = accepted_events(reply)[0]
        assert isinstance(closed, OrderClosed)
        return ApiAnswer(await in_thread(_canceled, request.caller.user_id, closed.order_id))
    raise OrderNotFound


def _canceled(account: int, order_id: int) -> dict[str, Any]:
    order = order_by_id(account=account, order_id=order_id)
    assert order is not None, "a canceled order has a row"
    return {"order": render_order(facts_of_row(order), market_by_id(order.market_id))}


def _placed(reply: Reply, market: Market) -> dict[str, Any]:
    facts = facts_of_placement(reply.events, reply.timestamp_ns)
    fills = fills_of_placement(reply.events, facts.order_id, reply.timestamp_ns)
    return {
        "order": render_order(facts, market),
        "fills": [render_fill(fill, market) for fill in fills],
    }


def _one_order(account: int, order_id: int) -> dict[str, Any]:
    order = order_by_id(account=account, order_id=order_id)
    if order is None:
        raise OrderNotFound
    return _with_fills(order)


def _by_client_id(account: int, client_order_id: str) -> dict[str, Any] | None:
    order = order_by_client_id(account=account, client_order_id=client_order_id)
    return None if order is None else _with_fills(order)


def _is_accepted(found: dict[str, Any] | None) -> bool:
    return found is not None and found["order"]["status"] != OrderStatus.REJECTED.name


def _with_fills(order: Order) -> dict[str, Any]:
    market = market_by_id(order.market_id)
    fills = [
        fill
        for trade in fills_of_order(order=order)
        for fill in fills_of_trade(trade, order.account_id)
        if fill.order_id == order.id
    ]
    return {
        "order": render_order(facts_of_row(order), market),
        "fills": [render_fill(fill, market) for fill in fills],
    }


def _number(order_id: str) -> int:
    return parse_number(order_id, field="order_id", absent=OrderNotFound)
