"""What is answered of orders: made from the engine's replies and, where those do not say all, from rows."""

from collections.abc import Sequence
from typing import Any

from access.errors import DomainError
from access.threads import in_thread
from exchange.engine.events import OrderClosed, OrderRepeated
from exchange.errors import LIMITS, EngineRefusal, OrderNotFound
from exchange.models import Market, Order
from exchange.order_facts import FillFacts, facts_of_placement, facts_of_row, fills_of_events, fills_of_trade
from exchange.rendering import NS_PER_MS, render_fill, render_market, render_order
from exchange.selectors import (
    fills_of_order,
    find_market,
    market_by_id,
    order_by_client_id,
    order_by_id,
    orders_by_ids,
    replies_at,
    switches_of,
)
from exchange.wire import Reply

MAX_FILLS = 1_000  # of one answer; all of them are in the list of fills

Answer = dict[str, Any]


def placed(reply: Reply, market: Market) -> Answer:
    """The order as the command that placed it left it."""
    facts = facts_of_placement(reply.events, reply.timestamp_ns)
    fills = fills_of_events(reply.events, facts.order_id, reply.timestamp_ns)
    return {"order": render_order(facts, market), **_render_fills(fills, market)}


async def first_replies(replies: Sequence[tuple[int, Reply]]) -> list[Reply]:
    """Of (shard, reply) to placements: the reply, or where it is a repeat that of the first placement."""
    places = {
        (shard, reply.events[0].first_sequence)
        for shard, reply in replies
        if reply.events and isinstance(reply.events[0], OrderRepeated)
    }
    if not places:
        return [reply for _, reply in replies]
    firsts = await in_thread(replies_at, sorted(places))
    return [
        firsts[shard, reply.events[0].first_sequence]
        if reply.events and isinstance(reply.events[0], OrderRepeated)
        else reply
        for shard, reply in replies
    ]


def explained(refusal: EngineRefusal, symbol: str) -> EngineRefusal:
    """With the value of the market's limit that was broken. May block on the database."""
    limit = LIMITS.get(refusal.reason)
    if limit is not None:
        refusal.details[limit] = render_market(find_market(symbol))[limit]
    return refusal


def refused_item(error: DomainError) -> Answer:
    """One refusal among the results of a batch."""
    members = {**error.details, "code": error.code, "message": error.message, "field": error.field}
    return {"ok": False, "error": members}


def order_with_fills(order: Order) -> Answer:
    market = market_by_id(order.market_id)
    fills = [
        fill
        for trade in fills_of_order(order=order, limit=MAX_FILLS + 1)
        for fill in fills_of_trade(trade, order.account_id)
        if fill.order_id == order.id
    ]
    return {"order": render_order(facts_of_row(order), market), **_render_fills(fills, market)}


def canceled_orders(account: int, replies: Sequence[Reply]) -> list[Answer]:
    """The order that each of these replies to a cancel closed."""
    return [_answer(order) for order in closed_orders(account, replies)]


def closed_orders(account: int, replies: Sequence[Reply]) -> list[Order]:
    """As `canceled_orders`, unrendered."""
    closed = [next(event for event in reply.events if isinstance(event, OrderClosed)) for reply in replies]
    orders = orders_by_ids(account=account, order_ids=[event.order_id for event in closed])
    return [orders[event.order_id] for event in closed]


def order_to_amend(account: int, order_id: int, client_order_id: str) -> tuple[int, Market]:
    """By one of the two: the order's id and market. Raises OrderNotFound."""
    if order_id:
        order = order_by_id(account=account, order_id=order_id)
    else:
        order = order_by_client_id(account=account, client_order_id=client_order_id)
    if order is None:
        raise OrderNotFound
    return order.id, market_by_id(order.market_id)


def amended_order(account: int, order_id: int, reply: Reply) -> Answer:
    order = order_by_id(account=account, order_id=order_id)
    assert order is not None, "an amended order has a row"
    fills = fills_of_events(reply.events, order_id, reply.timestamp_ns)
    return {**_answer(order), **_render_fills(fills, market_by_id(order.market_id))}


def switches_of_account(account: int) -> Answer:
    """Of one that is armed in several shards: when the first of them is due."""
    due: dict[str, int] = {}
    for switch in switches_of(account=account):
        due[switch.market] = min(switch.due_ns, due.get(switch.market, switch.due_ns))
    return {
        "switches": [
            {"market": market or None, "due_at_ms": due_ns // NS_PER_MS}
            for market, due_ns in sorted(due.items())
        ]
    }


def _answer(order: Order) -> Answer:
    return {"order": render_order(facts_of_row(order), market_by_id(order.market_id))}


def _render_fills(fills: Sequence[FillFacts], market: Market) -> Answer:
    """Of many the latest MAX_FILLS."""
    return {
        "fills": [render_fill(fill, market) for fill in fills[-MAX_FILLS:]],
        "fills_truncated": len(fills) > MAX_FILLS,
    }
