"""The refusals of the naive engine that need no look at the book."""

from collections.abc import Iterable

from exchange.engine import commands as c
from exchange.engine.types import (
    INT64_MAX,
    MAX_BAND_PPM,
    MAX_BREAKER_NS,
    MarketStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    TimeInForce,
)
from tests.engine.naive_orders import (
    LIMITS,
    MILLION,
    RESTING,
    NaiveMarket,
    NaiveOrder,
    Refused,
    ceil_million,
)


def check(good: object, reason: RejectReason) -> None:
    if not good:
        raise Refused(reason)


def check_status(market: NaiveMarket, is_passive: bool) -> None:
    check(market.status != MarketStatus.HALTED, RejectReason.MARKET_HALTED)
    check(market.status != MarketStatus.CANCEL_ONLY, RejectReason.MARKET_CANCEL_ONLY)
    check(market.status == MarketStatus.OPEN or is_passive, RejectReason.MARKET_POST_ONLY)


def check_shape(command: c.PlaceOrder) -> None:
    is_limit = command.order_type in LIMITS
    waits = command.order_type not in (OrderType.LIMIT, OrderType.MARKET)
    is_gtd = command.time_in_force == TimeInForce.GTD
    invalid = [
        command.side not in (0, 1),
        command.order_type not in list(OrderType),
        command.time_in_force not in list(TimeInForce),
        command.self_trade_prevention not in list(SelfTradePrevention),
        min(command.price_ticks, command.quantity_lots, command.budget_atoms) < 0,
        min(command.trigger_price_ticks, command.expires_ns) < 0,
        is_limit and not (command.price_ticks and command.quantity_lots),
        is_limit and command.budget_atoms,
        not is_limit and (command.price_ticks or command.post_only or is_gtd),
        not is_limit and not (command.quantity_lots or command.budget_atoms),
        command.post_only and command.time_in_force not in RESTING,
        waits != bool(command.trigger_price_ticks),
        is_gtd != bool(command.expires_ns),
    ]
    check(not any(invalid), RejectReason.INVALID_ORDER)


def check_terms(order: NaiveOrder, now: int) -> None:
    """Range, steps, notional and expiry."""
    command, terms = order.command, order.market.terms
    notional = order.notional(command.quantity_lots, command.price_ticks or command.trigger_price_ticks)
    worst = max(order.maker_ppm, order.taker_ppm)
    with_fee = notional + ceil_million(worst * notional) + (1 if worst > 0 else 0)
    base = command.quantity_lots * terms.base_atoms_per_lot
    largest = max(with_fee, base, command.budget_atoms, command.trigger_price_ticks, command.expires_ns)
    check(largest <= INT64_MAX, RejectReason.OUT_OF_RANGE)
    check_steps(order, terms)
    check_notional(order, terms)
    check(not command.expires_ns or command.expires_ns > now, RejectReason.EXPIRY_PASSED)


def check_steps(order: NaiveOrder, terms: c.CreateMarket) -> None:
    prices = (order.command.price_ticks, order.command.trigger_price_ticks)
    check(not any(price % terms.price_step_ticks for price in prices), RejectReason.TICK_SIZE)
    check(order.command.quantity_lots % terms.quantity_step_lots == 0, RejectReason.LOT_SIZE)


def check_notional(order: NaiveOrder, terms: c.CreateMarket) -> None:
    command = order.command
    price = command.price_ticks or command.trigger_price_ticks or order.market.last_price
    known = [value for value in (command.budget_atoms, order.notional(command.quantity_lots, price)) if value]
    if known:
        check(min(known) >= terms.min_notional_atoms, RejectReason.MIN_NOTIONAL)
        check(min(known) <= terms.max_notional_atoms, RejectReason.MAX_NOTIONAL)


def check_change(terms: c.CreateMarket, rates: list[tuple[int, int]], orders: list[NaiveOrder]) -> None:
    """Whether a market may be as `terms` say, with these rates of tiers and these open orders."""
    positive = [terms.price_step_ticks, terms.quantity_step_lots]
    positive += [terms.max_notional_atoms, terms.max_open_orders]
    check(all(0 < value <= INT64_MAX for value in positive), RejectReason.INVALID_MARKET)
    check(0 <= terms.min_notional_atoms <= terms.max_notional_atoms, RejectReason.INVALID_MARKET)
    check(0 <= terms.band_ppm <= MAX_BAND_PPM, RejectReason.INVALID_MARKET)
    check(0 <= terms.breaker_ppm <= MAX_BAND_PPM, RejectReason.INVALID_MARKET)
    check(0 <= terms.breaker_window_ns <= MAX_BREAKER_NS, RejectReason.INVALID_MARKET)
    check(0 <= terms.breaker_halt_ns <= MAX_BREAKER_NS, RejectReason.INVALID_MARKET)
    check(terms.breaker_window_ns or not terms.breaker_ppm, RejectReason.INVALID_MARKET)
    check_rates([(terms.maker_fee_ppm, terms.taker_fee_ppm), *rates], orders)
    accounts = [order.command.account for order in orders]
    try:
        for order in orders:
            check(accounts.count(order.command.account) <= terms.max_open_orders, RejectReason.OUT_OF_RANGE)
            check_steps(order, terms)
            gone = order.filled + order.prevented
            check(gone % terms.quantity_step_lots == 0, RejectReason.LOT_SIZE)
            check_notional(order, terms)
    except Refused:
        raise Refused(RejectReason.WOULD_BREAK_ORDERS) from None


def check_rates(rates: Iterable[tuple[int, int]], orders: list[NaiveOrder]) -> None:
    """Nobody's rebate exceeds anybody's taker fee."""
    new = list(rates)
    every = new + [(order.maker_ppm, order.taker_ppm) for order in orders]
    check(all(maker < MILLION and 0 <= taker < MILLION for maker, taker in new), RejectReason.INVALID_MARKET)
    check(all(maker + taker >= 0 for maker, _ in new for _, taker in new), RejectReason.INVALID_MARKET)
    check(
        all(maker + taker >= 0 for maker, _ in every for _, taker in every), RejectReason.WOULD_BREAK_ORDERS
    )
