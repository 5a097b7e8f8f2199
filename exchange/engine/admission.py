"""Whether an order may enter: every refusal of a placement, in one fixed order. Changes nothing."""

from exchange.engine.book import Half, Market, Trader
from exchange.engine.commands import PlaceOrder
from exchange.engine.fees import buy_hold_atoms, charged_atoms
from exchange.engine.types import (
    INT64_MAX,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.engine.walk import Walk, walk


def refusal(market: Market, trader: Trader, order: PlaceOrder) -> RejectReason | None:
    """The first reason against the order, or None. The order of the checks is part of the API."""
    return (
        _shape(order)
        or _range(market, order)
        or _steps(market, order)
        or _notional(market, order)
        or _place_in_book(market, trader, order)
    )


def limit_key(half: Half, order: PlaceOrder) -> int | None:
    """The worst key of `half` that the order accepts; None for a market order."""
    return None if order.order_type == OrderType.MARKET else half.key(order.price_ticks)


def _shape(order: PlaceOrder) -> RejectReason | None:
    known = (
        order.side in tuple(Side)
        and order.time_in_force in tuple(TimeInForce)
        and order.self_trade_prevention in tuple(SelfTradePrevention)
        and min(order.price_ticks, order.quantity_lots, order.budget_atoms) >= 0
    )
    if order.order_type == OrderType.LIMIT:
        rests = not order.post_only or order.time_in_force == TimeInForce.GTC
        good = order.price_ticks > 0 and order.quantity_lots > 0 and not order.budget_atoms and rests
    elif order.order_type == OrderType.MARKET:
        good = not order.price_ticks and not order.post_only and order.quantity_lots + order.budget_atoms > 0
    else:
        good = False
    return None if known and good else RejectReason.INVALID_ORDER


def _range(market: Market, order: PlaceOrder) -> RejectReason | None:
    notional = order.price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
    with_fee = buy_hold_atoms(notional, 0, market.maker_fee_ppm, market.taker_fee_ppm)
    base_atoms = order.quantity_lots * market.base_atoms_per_lot
    return RejectReason.OUT_OF_RANGE if max(with_fee, base_atoms, order.budget_atoms) > INT64_MAX else None


def _steps(market: Market, order: PlaceOrder) -> RejectReason | None:
    if order.price_ticks % market.price_step_ticks:
        return RejectReason.TICK_SIZE
    return RejectReason.LOT_SIZE if order.quantity_lots % market.quantity_step_lots else None


def _notional(market: Market, order: PlaceOrder) -> RejectReason | None:
    """A market order is judged by its budget, its quantity at the last price, or the smaller of the two;
    by quantity alone it is not judged before the first trade."""
    price_ticks = order.price_ticks or market.last_price_ticks
    notional = price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
    if order.budget_atoms:
        notional = min(notional, order.budget_atoms) if notional else order.budget_atoms
    if not notional:
        return None
    if notional < market.min_notional_atoms:
        return RejectReason.MIN_NOTIONAL
    return RejectReason.MAX_NOTIONAL if notional > market.max_notional_atoms else None


def _place_in_book(market: Market, trader: Trader, order: PlaceOrder) -> RejectReason | None:
    half = market.opposite(order.side)
    key = limit_key(half, order)
    best = half.best()
    if order.post_only and best is not None and key is not None and best.key >= key:
        return RejectReason.POST_ONLY_WOULD_CROSS
    walked = walk(market, trader, order, key) if _needs_walk(order) else Walk(0, 0, complete=True)
    if order.time_in_force == TimeInForce.FOK and not walked.complete:
        return RejectReason.FOK_UNFILLED
    could_rest = order.order_type == OrderType.LIMIT and order.time_in_force == TimeInForce.GTC
    if could_rest and trader.open_orders >= market.max_open_orders:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    balance = trader.quote if order.side == Side.BUY else trader.base
    if balance.free_atoms < _needed_atoms(market, order, walked):
        return RejectReason.INSUFFICIENT_FUNDS
    return None


def _needs_walk(order: PlaceOrder) -> bool:
    if order.time_in_force == TimeInForce.FOK:
        return True
    capped = order.budget_atoms if order.side == Side.BUY else order.quantity_lots
    return order.order_type == OrderType.MARKET and not capped


def _needed_atoms(market: Market, order: PlaceOrder, walked: Walk) -> int:
    """A limit order needs its full hold even where it would trade at a better price. A market order needs
    its budget (buy) or its quantity (sell), and without that exactly what it would trade now."""
    if order.side == Side.SELL:
        return (order.quantity_lots or walked.lots) * market.base_atoms_per_lot
    if order.budget_atoms:
        return order.budget_atoms
    if order.order_type == OrderType.LIMIT:
        notional = order.price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
        return buy_hold_atoms(notional, 0, market.maker_fee_ppm, market.taker_fee_ppm)
    return walked.notional_atoms + charged_atoms(market.taker_fee_ppm * walked.notional_atoms)
