"""Whether an order may enter, trigger or be amended: every refusal, in one fixed order. Changes nothing.

An order is judged as the ORDER_ACCEPTED event that it would have, so its rates are known.
"""

from exchange.engine.book import Trader
from exchange.engine.events import OrderAccepted
from exchange.engine.fees import buy_hold_atoms, charged_atoms
from exchange.engine.market import Market
from exchange.engine.taking import market_key
from exchange.engine.triggers import is_reached
from exchange.engine.types import (
    BUY,
    CANCEL_ONLY,
    FOK,
    GTC,
    GTD,
    HALTED,
    INT64_MAX,
    OPEN,
    SELL,
    OrderType,
    RejectReason,
)
from exchange.engine.walk import Walk, walk

LIMIT_TYPES = frozenset({int(OrderType.LIMIT), int(OrderType.STOP_LIMIT), int(OrderType.TAKE_PROFIT_LIMIT)})
TRIGGER_TYPES = frozenset(int(one) for one in OrderType if one not in (OrderType.LIMIT, OrderType.MARKET))


def refusal(market: Market, trader: Trader, order: OrderAccepted, now_ns: int) -> RejectReason | None:
    """The first reason against a placement, or None. The order of the checks is part of the API."""
    return (
        _status(market, order)
        or _shape(order)
        or terms_refusal(market, order, now_ns)
        or _place(market, trader, order)
    )


def _place(market: Market, trader: Trader, order: OrderAccepted) -> RejectReason | None:
    if order.trigger_price_ticks:
        return _wait(market, trader, order)
    return obstacle(market, trader, order, is_new=True)


def terms_refusal(market: Market, order: OrderAccepted, now_ns: int) -> RejectReason | None:
    """What is wrong with price, quantity and expiry, whatever is in the book."""
    if order.expires_ns > INT64_MAX:
        return RejectReason.OUT_OF_RANGE
    reason = _range(market, order) or _steps(market, order) or notional_refusal(market, order)
    if reason is None and order.expires_ns and order.expires_ns <= now_ns:
        return RejectReason.EXPIRY_PASSED
    return reason


def obstacle(market: Market, trader: Trader, order: OrderAccepted, *, is_new: bool) -> RejectReason | None:
    """What stands against an order that is to be executed now, at its placement or (not `is_new`: it has its
    place among the open orders) when it triggers."""
    if is_out_of_band(market, order.price_ticks):
        return RejectReason.PRICE_BAND
    if order.post_only and crosses(market, order):
        return RejectReason.POST_ONLY_WOULD_CROSS
    walked = _walked(market, trader, order) if _needs_walk(order) else Walk(0, 0, complete=True)
    if order.time_in_force == FOK and not walked.complete:
        return RejectReason.FOK_UNFILLED
    could_rest = order.price_ticks and order.time_in_force in (GTC, GTD)
    if is_new and could_rest and trader.open_orders >= market.max_open_orders:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    return _funds(market, trader, order, walked)


def crosses(market: Market, order: OrderAccepted) -> bool:
    """Whether a limit order would meet another, be it one of its own owner."""
    half = market.opposite(order.side)
    best = half.best()
    return best is not None and best.key >= half.key(order.price_ticks)


def is_out_of_band(market: Market, price_ticks: int) -> bool:
    return price_ticks != 0 and not market.band_low <= price_ticks <= market.band_high


def _status(market: Market, order: OrderAccepted) -> RejectReason | None:
    if market.status == OPEN:
        return None
    if market.status == HALTED:
        return RejectReason.MARKET_HALTED
    if market.status == CANCEL_ONLY:
        return RejectReason.MARKET_CANCEL_ONLY
    return None if order.post_only else RejectReason.MARKET_POST_ONLY


def _shape(order: OrderAccepted) -> RejectReason | None:
    known = 0 <= order.side <= 1 and 0 <= order.time_in_force <= 3 and 0 <= order.order_type <= 5
    amounts = (order.price_ticks, order.quantity_lots, order.budget_atoms)
    if not known or not 0 <= order.self_trade_prevention <= 3 or min(amounts) < 0:
        return RejectReason.INVALID_ORDER
    expires = order.expires_ns > 0 if order.time_in_force == GTD else order.expires_ns == 0
    waits = order.order_type in TRIGGER_TYPES
    triggers = order.trigger_price_ticks > 0 if waits else order.trigger_price_ticks == 0
    if order.order_type in LIMIT_TYPES:
        could_be_maker = not order.post_only or order.time_in_force in (GTC, GTD)
        good = order.price_ticks and order.quantity_lots and not order.budget_atoms and could_be_maker
    else:
        bounded = order.quantity_lots or order.budget_atoms
        good = bounded and not order.price_ticks and not order.post_only and order.time_in_force != GTD
    return None if good and expires and triggers else RejectReason.INVALID_ORDER


def _range(market: Market, order: OrderAccepted) -> RejectReason | None:
    price_ticks = order.price_ticks or order.trigger_price_ticks
    notional = price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
    with_fee = buy_hold_atoms(notional, 0, order.maker_fee_ppm, order.taker_fee_ppm)
    base_atoms = order.quantity_lots * market.base_atoms_per_lot
    if max(with_fee, base_atoms, order.budget_atoms, order.trigger_price_ticks) > INT64_MAX:
        return RejectReason.OUT_OF_RANGE
    return None


def _steps(market: Market, order: OrderAccepted) -> RejectReason | None:
    step_ticks = market.price_step_ticks
    if order.price_ticks % step_ticks or order.trigger_price_ticks % step_ticks:
        return RejectReason.TICK_SIZE
    return RejectReason.LOT_SIZE if order.quantity_lots % market.quantity_step_lots else None


def notional_refusal(market: Market, order: OrderAccepted) -> RejectReason | None:
    """A market order is judged by its budget, its quantity at the trigger or else the last price, or the
    smaller of the two; by quantity alone it is not judged before the first trade."""
    price_ticks = order.price_ticks or order.trigger_price_ticks or market.last_price_ticks
    notional = price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
    if order.budget_atoms:
        notional = min(notional, order.budget_atoms) if notional else order.budget_atoms
    if not notional:
        return None
    if notional < market.min_notional_atoms:
        return RejectReason.MIN_NOTIONAL
    return RejectReason.MAX_NOTIONAL if notional > market.max_notional_atoms else None


def would_trigger(market: Market, order: OrderAccepted) -> bool:
    return is_reached(order.side, order.order_type, order.trigger_price_ticks, market.last_price_ticks)


def _wait(market: Market, trader: Trader, order: OrderAccepted) -> RejectReason | None:
    """What the book would say is asked when the order triggers."""
    if would_trigger(market, order):
        return RejectReason.WOULD_TRIGGER_IMMEDIATELY
    if trader.open_orders >= market.max_open_orders:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    return _funds(market, trader, order, Walk(0, 0, complete=True))


def _needs_walk(order: OrderAccepted) -> bool:
    if order.time_in_force == FOK:
        return True
    capped = order.budget_atoms if order.side == BUY else order.quantity_lots
    return not order.price_ticks and not capped


def _walked(market: Market, trader: Trader, order: OrderAccepted) -> Walk:
    half = market.opposite(order.side)
    limit_key = half.key(order.price_ticks) if order.price_ticks else market_key(market, order.side)
    return walk(market, trader, order, limit_key)


def _funds(market: Market, trader: Trader, order: OrderAccepted, walked: Walk) -> RejectReason | None:
    balance = trader.quote if order.side == BUY else trader.base
    if balance.free_atoms < _needed_atoms(market, order, walked):
        return RejectReason.INSUFFICIENT_FUNDS
    return None


def _needed_atoms(market: Market, order: OrderAccepted, walked: Walk) -> int:
    """A limit order needs its full hold even where it would trade at a better price. A market order needs
    its budget (buy) or its quantity (sell), and without that exactly what it would trade now."""
    if order.side == SELL:
        return (order.quantity_lots or walked.lots) * market.base_atoms_per_lot
    if order.budget_atoms:
        return order.budget_atoms
    if order.price_ticks:
        notional = order.price_ticks * order.quantity_lots * market.quote_atoms_per_tick_lot
        return buy_hold_atoms(notional, 0, order.maker_fee_ppm, order.taker_fee_ppm)
    return walked.notional_atoms + charged_atoms(order.taker_fee_ppm * walked.notional_atoms)
