"""What an event does to an order: its facts before give its facts after. Pure.

`projection` makes differences for rows of the same events, by the same table of statuses.
"""

from dataclasses import replace

from exchange.engine.events import OrderAmended, OrderClosed, OrderReduced, OrderTriggered
from exchange.engine.order_state import OrderEvent, after
from exchange.engine.types import CloseReason, OrderStatus
from exchange.order_facts import FillFacts, OrderFacts


def after_fill(facts: OrderFacts, fill: FillFacts, *, is_filled: bool) -> OrderFacts:
    """`is_filled`: a maker that has nothing left. A taker's end is told by its OrderClosed."""
    event = OrderEvent.FILL_REST if is_filled else OrderEvent.FILL_PART
    return replace(
        facts,
        status=after(OrderStatus(facts.status), event),
        close_reason=CloseReason.FILLED if is_filled else facts.close_reason,
        filled_lots=facts.filled_lots + fill.quantity_lots,
        filled_quote_atoms=facts.filled_quote_atoms + fill.notional_atoms,
        fee_atoms=facts.fee_atoms + fill.fee_atoms,
        updated_ns=fill.timestamp_ns,
    )


def after_reduction(facts: OrderFacts, event: OrderReduced, timestamp_ns: int) -> OrderFacts:
    return replace(facts, prevented_lots=facts.prevented_lots + event.prevented_lots, updated_ns=timestamp_ns)


def after_close(facts: OrderFacts, event: OrderClosed, timestamp_ns: int) -> OrderFacts:
    """The last lots that were prevented are no reduction, because they ended the order."""
    prevented = facts.prevented_lots
    if facts.quantity_lots:
        prevented = facts.quantity_lots - event.filled_lots - event.remaining_lots
    return replace(
        facts,
        status=event.status,
        close_reason=event.reason,
        prevented_lots=prevented,
        updated_ns=timestamp_ns,
    )


def after_trigger(facts: OrderFacts, event: OrderTriggered, timestamp_ns: int) -> OrderFacts:
    return replace(facts, status=OrderStatus.NEW, triggered_ns=timestamp_ns, updated_ns=timestamp_ns)


def after_amendment(facts: OrderFacts, event: OrderAmended, timestamp_ns: int) -> OrderFacts:
    first = facts.original_price_ticks is None
    return replace(
        facts,
        price_ticks=event.price_ticks,
        quantity_lots=event.quantity_lots,
        trigger_price_ticks=event.trigger_price_ticks,
        original_price_ticks=facts.price_ticks if first else facts.original_price_ticks,
        original_quantity_lots=facts.quantity_lots if first else facts.original_quantity_lots,
        original_trigger_price_ticks=(
            facts.trigger_price_ticks if first else facts.original_trigger_price_ticks
        ),
        updated_ns=timestamp_ns,
    )
