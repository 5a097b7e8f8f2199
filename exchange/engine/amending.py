"""New terms for an open order: every refusal, then the change in place or a new beginning as a taker."""

from collections.abc import Sequence
from typing import Any

from exchange.engine import admission
from exchange.engine.book import Order
from exchange.engine.canceling import find_order
from exchange.engine.closing import filled_lots, rehold, remaining_lots, take_out
from exchange.engine.commands import AmendOrder
from exchange.engine.events import Event, EventKind, OrderAccepted
from exchange.engine.market import Market, hold_with
from exchange.engine.rejection import is_late, rejected
from exchange.engine.state import EngineState
from exchange.engine.taking import take
from exchange.engine.triggering import conclude
from exchange.engine.types import BUY, CANCEL_ONLY, HALTED, POST_ONLY, RejectReason

AMENDED = int(EventKind.ORDER_AMENDED)


def amend_order(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """An order of somebody else is not found, just like one that is not there."""
    amend = AmendOrder(*command)
    order, reason = None, RejectReason.DEADLINE_PASSED
    if not is_late(state, amend.deadline_ns):
        order = find_order(state, amend.account, amend.order_id, amend.client_order_id)
        reason = RejectReason.ORDER_NOT_FOUND
    if order is None:
        return rejected(amend.account, "", amend.client_order_id, reason)
    market = state.market_of(order)
    proposed = _proposed(order, amend)
    refused = _refusal(market, order, amend, proposed, state.timestamp_ns)
    if refused is not None:
        return rejected(amend.account, "", amend.client_order_id, refused)
    # From here on the amendment must succeed.
    return _change(state, market, order, proposed)


def _proposed(order: Order, amend: AmendOrder) -> OrderAccepted:
    terms = OrderAccepted._make(order.terms)
    return terms._replace(
        price_ticks=amend.price_ticks or terms.price_ticks,
        quantity_lots=amend.quantity_lots or terms.quantity_lots,
        trigger_price_ticks=amend.trigger_price_ticks or terms.trigger_price_ticks,
    )


def _keeps_priority(order: Order, proposed: OrderAccepted) -> bool:
    terms = order.terms
    return bool(terms[9] == proposed.price_ticks and proposed.quantity_lots <= terms[10])


def _refusal(
    market: Market, order: Order, amend: AmendOrder, proposed: OrderAccepted, now_ns: int
) -> RejectReason | None:
    """The first reason against new terms: status and shape, what they change, then as at a placement."""
    if market.status == HALTED:
        return RejectReason.MARKET_HALTED
    if market.status == CANCEL_ONLY:
        return RejectReason.MARKET_CANCEL_ONLY
    if not _is_well_formed(order, amend):
        return RejectReason.INVALID_ORDER
    if proposed == order.terms:
        return RejectReason.AMEND_UNCHANGED
    if amend.quantity_lots and amend.quantity_lots <= filled_lots(order) + order.prevented_lots:
        return RejectReason.AMEND_BELOW_FILLED
    keeps_priority = _keeps_priority(order, proposed)
    if amend.keep_priority and not keeps_priority:
        return RejectReason.AMEND_LOSES_PRIORITY
    reason = admission.terms_refusal(market, proposed, now_ns)
    if reason is not None:
        return reason
    if order.level is None:
        if admission.would_trigger(market, proposed):
            return RejectReason.WOULD_TRIGGER_IMMEDIATELY
    elif not keeps_priority:
        reason = _obstacle(market, proposed)
    return reason or _funds(market, order, proposed)


def _is_well_formed(order: Order, amend: AmendOrder) -> bool:
    """One amends what the order has: a limit price, a quantity, a trigger that it still waits for."""
    terms = order.terms
    return (
        min(amend.price_ticks, amend.quantity_lots, amend.trigger_price_ticks) >= 0
        and not (amend.price_ticks and not terms[9])
        and not (amend.quantity_lots and not terms[10])
        and not (amend.trigger_price_ticks and order.level is not None)
    )


def _obstacle(market: Market, proposed: OrderAccepted) -> RejectReason | None:
    if admission.is_out_of_band(market, proposed.price_ticks):
        return RejectReason.PRICE_BAND
    if market.status != POST_ONLY and not proposed.post_only:
        return None
    if not admission.crosses(market, proposed):
        return None
    market_wide = market.status == POST_ONLY
    return RejectReason.MARKET_POST_ONLY if market_wide else RejectReason.POST_ONLY_WOULD_CROSS


def _funds(market: Market, order: Order, proposed: OrderAccepted) -> RejectReason | None:
    """The order's own hold counts towards the new one."""
    trader = order.trader
    balance = trader.quote if proposed.side == BUY else trader.base
    remaining_lots = order.remaining_lots + proposed.quantity_lots - order.terms[10]
    if balance.free_atoms + order.hold_atoms < hold_with(market, order, proposed, remaining_lots):
        return RejectReason.INSUFFICIENT_FUNDS
    return None


def _change(state: EngineState, market: Market, order: Order, proposed: OrderAccepted) -> list[Event]:
    """A waiting order has no place in a queue: it changes where it is, whatever changes."""
    previous_price_ticks, keeps_priority = order.terms[9], _keeps_priority(order, proposed)
    level, settled_lots = order.level, filled_lots(order)
    if level is None:
        market.triggers.remove(order)
    elif not keeps_priority:
        take_out(order)
    added_lots = proposed.quantity_lots - order.terms[10]
    order.terms = tuple(proposed)
    order.remaining_lots += added_lots
    events = [_amended(order, previous_price_ticks, keeps_priority)]
    if level is None:
        market.triggers.add(order)
        market.refresh()
        rehold(market, order)
    elif keeps_priority:
        level.lots += added_lots
        rehold(market, order)
    else:
        take(market, order.trader, order, events, order.filled_quote_atoms, settled_lots)
        conclude(state, market, events)
    return events


def _amended(order: Order, previous_price_ticks: int, kept_priority: bool) -> Event:
    terms = order.terms
    identity = (AMENDED, terms[3], terms[1], terms[2], terms[4], terms[5])
    prices = (previous_price_ticks, terms[9], terms[15])
    return (*identity, *prices, terms[10], remaining_lots(order), kept_priority)
