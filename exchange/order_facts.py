"""An order and its fills in the engine's units, wherever they were read from: a row, or a command's events.

There is one picture of an order: what its placement answers is what its row says afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from exchange.engine.events import NamedEvent, OrderAccepted, OrderClosed, OrderReduced
from exchange.engine.events import Trade as TradeEvent
from exchange.engine.types import CloseReason, OrderStatus
from exchange.models import Order, Trade


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
    trigger_price_ticks: int
    expires_ns: int
    triggered_ns: int
    original_price_ticks: int | None
    original_quantity_lots: int | None
    original_trigger_price_ticks: int | None
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
    """The order as the command that placed it left it: its own trades, and what orders that those triggered
    did to it. `events` begin with its `OrderAccepted`."""
    accepted = events[0]
    assert isinstance(accepted, OrderAccepted)
    order_id = accepted.order_id
    fills = fills_of_events(events, order_id, timestamp_ns)
    reductions = [e for e in events if isinstance(e, OrderReduced) and e.order_id == order_id]
    closed = next((e for e in events if isinstance(e, OrderClosed) and e.order_id == order_id), None)
    prevented_lots = sum(reduction.prevented_lots for reduction in reductions)
    if closed and accepted.quantity_lots:  # the last of it is no reduction, because it ended the order
        prevented_lots = accepted.quantity_lots - closed.filled_lots - closed.remaining_lots
    status, reason = _status_of_placement(accepted, events, closed, bool(fills))
    return replace(
        facts_of_acceptance(accepted, timestamp_ns),
        status=status,
        close_reason=reason,
        filled_lots=sum(fill.quantity_lots for fill in fills),
        prevented_lots=prevented_lots,
        filled_quote_atoms=sum(fill.notional_atoms for fill in fills),
        fee_atoms=sum(fill.fee_atoms for fill in fills),
    )


def facts_of_acceptance(accepted: OrderAccepted, timestamp_ns: int) -> OrderFacts:
    """The order before anything has happened to it."""
    waits = accepted.trigger_price_ticks != 0
    return OrderFacts(
        order_id=accepted.order_id,
        client_order_id=accepted.client_order_id,
        side=accepted.side,
        order_type=accepted.order_type,
        time_in_force=accepted.time_in_force,
        post_only=accepted.post_only,
        price_ticks=accepted.price_ticks,
        quantity_lots=accepted.quantity_lots,
        budget_atoms=accepted.budget_atoms,
        self_trade_prevention=accepted.self_trade_prevention,
        status=OrderStatus.UNTRIGGERED if waits else OrderStatus.NEW,
        close_reason=CloseReason.NONE,
        reject_reason=0,
        filled_lots=0,
        prevented_lots=0,
        filled_quote_atoms=0,
        fee_atoms=0,
        trigger_price_ticks=accepted.trigger_price_ticks,
        expires_ns=accepted.expires_ns,
        triggered_ns=0,
        original_price_ticks=None,
        original_quantity_lots=None,
        original_trigger_price_ticks=None,
        created_ns=timestamp_ns,
        updated_ns=timestamp_ns,
    )


def _status_of_placement(
    accepted: OrderAccepted, events: Sequence[NamedEvent], closed: OrderClosed | None, traded: bool
) -> tuple[int, int]:
    if closed is not None:
        return closed.status, closed.reason
    order_id = accepted.order_id
    # A maker that is filled has no event but its trade.
    made = [e for e in events if isinstance(e, TradeEvent) and e.maker_order_id == order_id]
    if any(trade.maker_remaining_lots == 0 for trade in made):
        return OrderStatus.FILLED, CloseReason.FILLED
    if traded:
        return OrderStatus.PARTIALLY_FILLED, CloseReason.NONE
    waits = accepted.trigger_price_ticks != 0
    return (OrderStatus.UNTRIGGERED if waits else OrderStatus.NEW), CloseReason.NONE


def fills_of_events(events: Iterable[NamedEvent], order_id: int, timestamp_ns: int) -> list[FillFacts]:
    """The order's fills among these events, whichever side it was."""
    return [
        _fill(event, is_maker=event.maker_order_id == order_id, timestamp_ns=timestamp_ns)
        for event in events
        if isinstance(event, TradeEvent) and order_id in (event.taker_order_id, event.maker_order_id)
    ]


def fills_of_trade(trade: Trade, account: int) -> list[FillFacts]:
    """The account's side or sides of a trade."""
    return fills_of_match(trade, account, trade.timestamp_ns)


def fills_of_match(trade: Trade | TradeEvent, account: int, timestamp_ns: int) -> list[FillFacts]:
    """As `fills_of_trade`, of an event too, which does not know its time. The taker's side is first."""
    owners = ((False, trade.taker_account), (True, trade.maker_account))
    return [
        _fill(trade, is_maker=is_maker, timestamp_ns=timestamp_ns)
        for is_maker, owner in owners
        if owner == account
    ]


def _fill(trade: Trade | TradeEvent, *, is_maker: bool, timestamp_ns: int) -> FillFacts:
    return FillFacts(
        trade_id=trade.trade_id,
        order_id=trade.maker_order_id if is_maker else trade.taker_order_id,
        side=1 - trade.taker_side if is_maker else trade.taker_side,
        is_maker=is_maker,
        price_ticks=trade.price_ticks,
        quantity_lots=trade.quantity_lots,
        notional_atoms=trade.notional_atoms,
        fee_atoms=trade.maker_fee_atoms if is_maker else trade.taker_fee_atoms,
        timestamp_ns=timestamp_ns,
    )
