"""An account's open orders, brought forward event by event from a picture of its rows: pure.

A row may be later than the message that is told; here each order is as it was right after each event.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from exchange.engine.events import (
    Deposited,
    NamedEvent,
    OrderAccepted,
    OrderAmended,
    OrderClosed,
    OrderReduced,
    OrderTriggered,
    Trade,
    Withdrawn,
)
from exchange.engine.order_state import OPEN_STATUSES
from exchange.engine.types import CloseReason, OrderStatus
from exchange.order_changes import after_amendment, after_close, after_fill, after_reduction, after_trigger
from exchange.order_facts import FillFacts, OrderFacts, facts_of_acceptance, fills_of_match

OrderEvent = OrderAccepted | OrderAmended | OrderClosed | OrderReduced | OrderTriggered
_OF_ONE_ORDER = (OrderAccepted, OrderAmended, OrderClosed, OrderReduced, OrderTriggered)


class Prevention(NamedTuple):
    """A match with an order of one's own that did not happen. `lots` were taken off this order (0 where it
    ended as a whole), `price_ticks` is that of the one that rested and `counter_order_id` the other one; 0
    where the events do not tell."""

    lots: int
    price_ticks: int
    counter_order_id: int


class Step(NamedTuple):
    """One thing that happened to one order. A taker's last fill tells its end too."""

    market: str
    facts: OrderFacts  # right after it
    event: OrderEvent | Trade
    fill: FillFacts | None = None
    prevention: Prevention | None = None


class OrderTracker:
    """`orders` are those that are open at the picture. What closes is forgotten."""

    def __init__(self, account: int, orders: Iterable[OrderFacts]) -> None:
        self._account = account
        self.open = {facts.order_id: facts for facts in orders}

    def follow(self, events: Sequence[NamedEvent], timestamp_ns: int) -> list[Step | Deposited | Withdrawn]:
        """The account's next message: what it did to orders and to the wallet, in its order."""
        return _Message(self._account, self.open, timestamp_ns).steps(events)


class _Message:
    def __init__(self, account: int, orders: dict[int, OrderFacts], timestamp_ns: int) -> None:
        self._account = account
        self._orders = orders
        self._now = timestamp_ns
        self._taker_id = 0  # who began to take last: whom another order of the account may meet
        self._met: OrderClosed | OrderReduced | None = None  # the order that it has just met

    def steps(self, events: Sequence[NamedEvent]) -> list[Step | Deposited | Withdrawn]:
        ends = _ends_of_takers(events)
        told = {id(end) for end in ends.values()}
        found: list[Step | Deposited | Withdrawn] = []
        for index, event in enumerate(events):
            if isinstance(event, Trade):
                found += self._traded(event, ends.get(index))
            elif isinstance(event, _OF_ONE_ORDER) and id(event) not in told:
                found.append(self._changed(event))
            elif isinstance(event, Deposited | Withdrawn):
                found.append(event)
            is_end = isinstance(event, OrderClosed | OrderReduced)
            self._met = event if is_end else None  # type: ignore[assignment]  # one of those two
        return found

    def _traded(self, trade: Trade, end: OrderClosed | None) -> Iterator[Step]:
        for fill in fills_of_match(trade, self._account, self._now):
            is_filled = fill.is_maker and not trade.maker_remaining_lots
            facts = after_fill(self._orders[fill.order_id], fill, is_filled=is_filled)
            if end is not None and not fill.is_maker:
                facts = after_close(facts, end, self._now)
            yield Step(trade.market, self._keep(facts), trade, fill=fill)

    def _changed(self, event: OrderEvent) -> Step:
        prevention = None
        match event:
            case OrderAccepted():
                facts = facts_of_acceptance(event, self._now)
                self._taker_id = event.order_id
            case OrderTriggered():
                facts = after_trigger(self._orders[event.order_id], event, self._now)
                self._taker_id = event.order_id
            case OrderAmended():
                facts = after_amendment(self._orders[event.order_id], event, self._now)
                self._taker_id = event.order_id
            case OrderReduced():
                facts = after_reduction(self._orders[event.order_id], event, self._now)
                prevention = self._prevention(event)
            case OrderClosed():
                facts = after_close(self._orders[event.order_id], event, self._now)
                if event.reason == CloseReason.SELF_TRADE:
                    prevention = self._prevention(event)
        return Step(event.market, self._keep(facts), event, prevention=prevention)

    def _prevention(self, event: OrderReduced | OrderClosed) -> Prevention:
        """Called with the order as it is after the event, whose lots before it are still known."""
        before = self._before(event)
        if event.order_id != self._taker_id:
            return Prevention(before, event.price_ticks, self._taker_id)
        if self._met is None:
            return Prevention(before, 0, 0)
        return Prevention(before, self._met.price_ticks, self._met.order_id)

    def _before(self, event: OrderReduced | OrderClosed) -> int:
        if isinstance(event, OrderReduced):
            return event.prevented_lots
        facts = self._orders[event.order_id]
        return after_close(facts, event, self._now).prevented_lots - facts.prevented_lots

    def _keep(self, facts: OrderFacts) -> OrderFacts:
        if facts.status in OPEN_STATUSES:
            self._orders[facts.order_id] = facts
        else:
            self._orders.pop(facts.order_id, None)
        return facts


def _ends_of_takers(events: Sequence[NamedEvent]) -> dict[int, OrderClosed]:
    """By the place of a taker's last trade, the event that says that it is filled."""
    last: dict[int, int] = {}
    ends: dict[int, OrderClosed] = {}
    for index, event in enumerate(events):
        if isinstance(event, Trade):
            last[event.taker_order_id] = index
        elif isinstance(event, OrderClosed) and event.status == OrderStatus.FILLED:
            ends[last[event.order_id]] = event
    return ends
