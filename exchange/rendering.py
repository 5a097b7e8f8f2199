"""How orders, fills, books and balances look in JSON: decimal strings, names for numbers, milliseconds.

An order is rendered from its row or from the events of its placement; both go through `OrderFacts`, so
that there is one picture of an order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.engine.events import NamedEvent, OrderAccepted, OrderClosed, OrderReduced
from exchange.engine.events import Trade as TradeEvent
from exchange.engine.types import (
    CloseReason,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.models import Market, Order, Trade
from ledger.money import format_atoms

NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order in the engine's units, wherever it was read from."""

    order_id: int
    client_order_id: str
    side: int
    order_type: int
    time_in_force: int
    post_only: bool
    price_ticks: int
    quantity_lots: int
    budget_atoms: int
    self_trade_prevention: int
    status: int
    close_reason: int
    reject_reason: int
    filled_lots: int
    prevented_lots: int
    filled_quote_atoms: int
    fee_atoms: int
    created_ns: int
    updated_ns: int


@dataclass(frozen=True, slots=True)
class FillFacts:
    """One trade seen from one order."""

    trade_id: int
    order_id: int
    side: int
    is_maker: bool
    price_ticks: int
    quantity_lots: int
    notional_atoms: int
    fee_atoms: int
    timestamp_ns: int


def facts_of_row(order: Order) -> OrderFacts:
    return OrderFacts(*(getattr(order, _ROW_NAMES.get(name, name)) for name in OrderFacts.__slots__))


_ROW_NAMES = {"order_id": "id"}


def facts_of_placement(events: Sequence[NamedEvent], timestamp_ns: int) -> OrderFacts:
    """The order as its own placement left it. `events` begin with its `OrderAccepted`."""
    accepted = events[0]
    assert isinstance(accepted, OrderAccepted)
    order_id = accepted.order_id
    trades = [e for e in events if isinstance(e, TradeEvent) and e.taker_order_id == order_id]
    reductions = [e for e in events if isinstance(e, OrderReduced) and e.order_id == order_id]
    closed = next((e for e in events if isinstance(e, OrderClosed) and e.order_id == order_id), None)
    resting = OrderStatus.PARTIALLY_FILLED if trades else OrderStatus.NEW
    prevented_lots = sum(reduction.prevented_lots for reduction in reductions)
    if closed and accepted.quantity_lots:  # the last of it is no reduction, because it ended the order
        prevented_lots = accepted.quantity_lots - closed.filled_lots - closed.remaining_lots
    return OrderFacts(
        order_id=order_id,
        client_order_id=accepted.client_order_id,
        side=accepted.side,
        order_type=accepted.order_type,
        time_in_force=accepted.time_in_force,
        post_only=accepted.post_only,
        price_ticks=accepted.price_ticks,
        quantity_lots=accepted.quantity_lots,
        budget_atoms=accepted.budget_atoms,
        self_trade_prevention=accepted.self_trade_prevention,
        status=closed.status if closed else resting,
        close_reason=closed.reason if closed else CloseReason.NONE,
        reject_reason=0,
        filled_lots=sum(trade.quantity_lots for trade in trades),
        prevented_lots=prevented_lots,
        filled_quote_atoms=sum(trade.notional_atoms for trade in trades),
        fee_atoms=sum(trade.taker_fee_atoms for trade in trades),
        created_ns=timestamp_ns,
        updated_ns=timestamp_ns,
    )


def fills_of_placement(events: Iterable[NamedEvent], order_id: int, timestamp_ns: int) -> list[FillFacts]:
    return [
        FillFacts(
            event.trade_id,
            order_id,
            event.taker_side,
            False,
            event.price_ticks,
            event.quantity_lots,
            event.notional_atoms,
            event.taker_fee_atoms,
            timestamp_ns,
        )
        for event in events
        if isinstance(event, TradeEvent) and event.taker_order_id == order_id
    ]


def fills_of_trade(trade: Trade, account: int) -> list[FillFacts]:
    """The account's side or sides of a trade."""
    taker = (False, trade.taker_account, trade.taker_order_id, trade.taker_side, trade.taker_fee_atoms)
    maker = (True, trade.maker_account, trade.maker_order_id, 1 - trade.taker_side, trade.maker_fee_atoms)
    return [
        FillFacts(
            trade_id=trade.trade_id,
            order_id=order_id,
            side=side,
            is_maker=is_maker,
            price_ticks=trade.price_ticks,
            quantity_lots=trade.quantity_lots,
            notional_atoms=trade.notional_atoms,
            fee_atoms=fee,
            timestamp_ns=trade.timestamp_ns,
        )
        for is_maker, owner, order_id, side, fee in (taker, maker)
        if owner == account
    ]


def render_price(market: Market, ticks: int) -> str:
    return format_atoms(ticks, market.price_decimals)


def render_quantity(market: Market, lots: int) -> str:
    return format_atoms(lots, market.quantity_decimals)


def render_order(facts: OrderFacts, market: Market) -> dict[str, Any]:
    remaining = max(facts.quantity_lots - facts.prevented_lots - facts.filled_lots, 0)
    budget = format_atoms(facts.budget_atoms, market.quote_decimals)
    return {
        "order_id": str(facts.order_id) if facts.status != OrderStatus.REJECTED else None,
        "client_order_id": facts.client_order_id or None,
        "market": market.symbol,
        "side": Side(facts.side).name,
        "type": OrderType(facts.order_type).name,
        "time_in_force": TimeInForce(facts.time_in_force).name,
        "post_only": facts.post_only,
        "price": render_price(market, facts.price_ticks) if facts.price_ticks else None,
        "quantity": render_quantity(market, facts.quantity_lots) if facts.quantity_lots else None,
        "quote_budget": budget if facts.budget_atoms else None,
        "self_trade_prevention": SelfTradePrevention(facts.self_trade_prevention).name,
        "status": OrderStatus(facts.status).name,
        "close_reason": CloseReason(facts.close_reason).name if facts.close_reason else None,
        "reject_reason": RejectReason(facts.reject_reason).name if facts.reject_reason else None,
        "filled_quantity": render_quantity(market, facts.filled_lots),
        "remaining_quantity": render_quantity(market, remaining) if facts.quantity_lots else None,
        "prevented_quantity": render_quantity(market, facts.prevented_lots),
        "filled_quote": format_atoms(facts.filled_quote_atoms, market.quote_decimals),
        "fee": format_atoms(facts.fee_atoms, market.quote_decimals),
        "fee_asset": market.quote_asset,
        "created_at_ms": facts.created_ns // NS_PER_MS,
        "updated_at_ms": facts.updated_ns // NS_PER_MS,
    }


def render_fill(facts: FillFacts, market: Market) -> dict[str, Any]:
    return {
        "trade_id": str(facts.trade_id),
        "order_id": str(facts.order_id),
        "market": market.symbol,
        "side": Side(facts.side).name,
        "role": "MAKER" if facts.is_maker else "TAKER",
        "price": render_price(market, facts.price_ticks),
        "quantity": render_quantity(market, facts.quantity_lots),
        "quote_amount": format_atoms(facts.notional_atoms, market.quote_decimals),
        "fee": format_atoms(facts.fee_atoms, market.quote_decimals),
        "fee_asset": market.quote_asset,
        "time_ms": facts.timestamp_ns // NS_PER_MS,
    }


def render_public_trade(trade: Trade, market: Market) -> dict[str, Any]:
    """A trade as everybody may see it: nothing about who."""
    return {
        "trade_id": str(trade.trade_id),
        "price": render_price(market, trade.price_ticks),
        "quantity": render_quantity(market, trade.quantity_lots),
        "quote_amount": format_atoms(trade.notional_atoms, market.quote_decimals),
        "taker_side": Side(trade.taker_side).name,
        "time_ms": trade.timestamp_ns // NS_PER_MS,
    }


def render_market(market: Market) -> dict[str, Any]:
    return {
        "symbol": market.symbol,
        "status": market.status,
        "base_asset": market.base_asset,
        "quote_asset": market.quote_asset,
        "base_decimals": market.base_decimals,
        "quote_decimals": market.quote_decimals,
        "tick_size": render_price(market, market.price_step_ticks),
        "lot_size": render_quantity(market, market.quantity_step_lots),
        "min_notional": format_atoms(market.min_notional_atoms, market.quote_decimals),
        "max_notional": format_atoms(market.max_notional_atoms, market.quote_decimals),
        "max_open_orders": market.max_open_orders,
        "maker_fee_ppm": market.maker_fee_ppm,
        "taker_fee_ppm": market.taker_fee_ppm,
    }


def render_levels(levels: Iterable[tuple[int, int]], market: Market) -> list[list[str]]:
    """Best first, as [price, quantity] pairs."""
    return [[render_price(market, ticks), render_quantity(market, lots)] for ticks, lots in levels]
