"""How orders, fills, books and markets look in JSON: decimal strings, names for numbers, milliseconds."""

from collections.abc import Iterable
from typing import Any

from exchange.candles import Bar
from exchange.engine.types import (
    CloseReason,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.live_wire import PublicTrade
from exchange.models import Market, Trade
from exchange.order_facts import FillFacts, OrderFacts
from ledger.money import format_atoms

NS_PER_MS = 1_000_000


def render_price(market: Market, ticks: int) -> str:
    return format_atoms(ticks, market.price_decimals)


def render_quantity(market: Market, lots: int) -> str:
    return format_atoms(lots, market.quantity_decimals)


def render_order(facts: OrderFacts, market: Market) -> dict[str, Any]:
    remaining = max(facts.quantity_lots - facts.prevented_lots - facts.filled_lots, 0)
    budget = format_atoms(facts.budget_atoms, market.quote_decimals)
    trigger = facts.trigger_price_ticks
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
        "trigger_price": render_price(market, trigger) if trigger else None,
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
        "original": _original(facts, market),
        "expires_at_ms": _milliseconds(facts.expires_ns),
        "triggered_at_ms": _milliseconds(facts.triggered_ns),
        "created_at_ms": facts.created_ns // NS_PER_MS,
        "updated_at_ms": facts.updated_ns // NS_PER_MS,
    }


def _original(facts: OrderFacts, market: Market) -> dict[str, str | None] | None:
    """What it was placed with, where it has been amended since."""
    price, lots = facts.original_price_ticks, facts.original_quantity_lots
    trigger = facts.original_trigger_price_ticks
    if price is None and lots is None and trigger is None:
        return None
    return {
        "price": render_price(market, price) if price else None,
        "quantity": render_quantity(market, lots) if lots else None,
        "trigger_price": render_price(market, trigger) if trigger else None,
    }


def _milliseconds(timestamp_ns: int) -> int | None:
    return timestamp_ns // NS_PER_MS if timestamp_ns else None


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


def render_public_trade(trade: Trade | PublicTrade, market: Market) -> dict[str, Any]:
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
        "opens_at_ms": _milliseconds(market.resume_ns),
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
        "reference_price": _price_or_none(market, market.reference_price_ticks),
        "band_ppm": market.band_ppm or None,
        "breaker": _breaker(market),
        "lane_policy": market.lane_policy,
        "shard": market.shard_id,
    }


def _breaker(market: Market) -> dict[str, Any] | None:
    if not market.breaker_ppm:
        return None
    return {
        "move_ppm": market.breaker_ppm,
        "window_ms": market.breaker_window_ns // NS_PER_MS,
        "halt_ms": market.breaker_halt_ns // NS_PER_MS or None,
        "price": _price_or_none(market, market.breaker_price_ticks),
        "since_ms": _milliseconds(market.breaker_since_ns),
    }


def _price_or_none(market: Market, ticks: int) -> str | None:
    return render_price(market, ticks) if ticks else None


def render_candle(bar: Bar, market: Market) -> dict[str, Any]:
    return {
        "start_ms": bar.start_s * 1_000,
        "open": render_price(market, bar.open_ticks),
        "high": render_price(market, bar.high_ticks),
        "low": render_price(market, bar.low_ticks),
        "close": render_price(market, bar.close_ticks),
        "volume": render_quantity(market, bar.volume_lots),
        "quote_volume": format_atoms(bar.volume_quote_atoms, market.quote_decimals),
        "taker_buy_volume": render_quantity(market, bar.taker_buy_lots),
        "taker_buy_quote_volume": format_atoms(bar.taker_buy_quote_atoms, market.quote_decimals),
        "trades": bar.trades,
    }


def render_levels(levels: Iterable[tuple[int, int]], market: Market) -> list[list[str]]:
    """Best first, as [price, quantity] pairs."""
    return [[render_price(market, ticks), render_quantity(market, lots)] for ticks, lots in levels]
