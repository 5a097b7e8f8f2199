"""Whether an order may enter: every refusal of a placement, in one fixed order. Changes nothing."""

from exchange.engine.book import Market, Trader
from exchange.engine.commands import PlaceOrder
from exchange.engine.crossing import ANY_KEY
from exchange.engine.fees import buy_hold_atoms, charged_atoms
from exchange.engine.types import BUY, FOK, GTC, INT64_MAX, LIMIT, MARKET, SELL, RejectReason
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


def _shape(order: PlaceOrder) -> RejectReason | None:
    price_ticks, quantity_lots, budget_atoms = order.price_ticks, order.quantity_lots, order.budget_atoms
    if not (0 <= order.side <= 1 and 0 <= order.time_in_force <= 2 and 0 <= order.self_trade_prevention <= 3):
        return RejectReason.INVALID_ORDER
    if price_ticks < 0 or quantity_lots < 0 or budget_atoms < 0:
        return RejectReason.INVALID_ORDER
    if order.order_type == LIMIT:
        could_be_maker = not order.post_only or order.time_in_force == GTC
        good = price_ticks > 0 and quantity_lots > 0 and not budget_atoms and could_be_maker
    else:
        bounded = quantity_lots > 0 or budget_atoms > 0
        good = order.order_type == MARKET and not price_ticks and not order.post_only and bounded
    return None if good else RejectReason.INVALID_ORDER


def _range(market: Market, order: PlaceOrder) -> RejectReason | None:
    notional = order.price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
    with_fee = buy_hold_atoms(notional, 0, market.maker_fee_ppm, market.taker_fee_ppm)
    base_atoms = order.quantity_lots * market.base_atoms_per_lot
    if with_fee > INT64_MAX or base_atoms > INT64_MAX or order.budget_atoms > INT64_MAX:
        return RejectReason.OUT_OF_RANGE
    return None


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
    key = ANY_KEY if order.order_type == MARKET else half.key(order.price_ticks)
    if order.post_only:
        best = half.best()
        if best is not None and best.key >= key:
            return RejectReason.POST_ONLY_WOULD_CROSS
    walked = walk(market, trader, order, key) if _needs_walk(order) else Walk(0, 0, complete=True)
    if order.time_in_force == FOK and not walked.complete:
        return RejectReason.FOK_UNFILLED
    could_rest = order.order_type == LIMIT and order.time_in_force == GTC
    if could_rest and trader.open_orders >= market.max_open_orders:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    balance = trader.quote if order.side == BUY else trader.base
    if balance.free_atoms < _needed_atoms(market, order, walked):
        return RejectReason.INSUFFICIENT_FUNDS
    return None


def _needs_walk(order: PlaceOrder) -> bool:
    if order.time_in_force == FOK:
        return True
    capped = order.budget_atoms if order.side == BUY else order.quantity_lots
    return order.order_type == MARKET and not capped


def _needed_atoms(market: Market, order: PlaceOrder, walked: Walk) -> int:
    """A limit order needs its full hold even where it would trade at a better price. A market order needs
    its budget (buy) or its quantity (sell), and without that exactly what it would trade now."""
    if order.side == SELL:
        return (order.quantity_lots or walked.lots) * market.base_atoms_per_lot
    if order.budget_atoms:
        return order.budget_atoms
    if order.order_type == LIMIT:
        notional = order.price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
        return buy_hold_atoms(notional, 0, market.maker_fee_ppm, market.taker_fee_ppm)
    return walked.notional_atoms + charged_atoms(market.taker_fee_ppm * walked.notional_atoms)
