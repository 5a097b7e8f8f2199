"""The life of an order: one table (status, event) -> status. A pair that is not in it is a bug."""

from enum import IntEnum

from exchange.engine.types import OrderStatus


class OrderEvent(IntEnum):
    FILL_PART = 0
    FILL_REST = 1
    SPEND_BUDGET = 2
    REDUCE = 3
    CANCEL = 4
    EXPIRE = 5
    TRIGGER = 6
    AMEND = 7


TRANSITIONS: dict[tuple[OrderStatus, OrderEvent], OrderStatus] = {
    (OrderStatus.NEW, OrderEvent.FILL_PART): OrderStatus.PARTIALLY_FILLED,
    (OrderStatus.NEW, OrderEvent.FILL_REST): OrderStatus.FILLED,
    (OrderStatus.NEW, OrderEvent.REDUCE): OrderStatus.NEW,
    (OrderStatus.NEW, OrderEvent.AMEND): OrderStatus.NEW,
    (OrderStatus.NEW, OrderEvent.CANCEL): OrderStatus.CANCELED,
    (OrderStatus.NEW, OrderEvent.EXPIRE): OrderStatus.EXPIRED,
    (OrderStatus.PARTIALLY_FILLED, OrderEvent.FILL_PART): OrderStatus.PARTIALLY_FILLED,
    (OrderStatus.PARTIALLY_FILLED, OrderEvent.FILL_REST): OrderStatus.FILLED,
    (OrderStatus.PARTIALLY_FILLED, OrderEvent.SPEND_BUDGET): OrderStatus.FILLED,
    (OrderStatus.PARTIALLY_FILLED, OrderEvent.REDUCE): OrderStatus.PARTIALLY_FILLED,
    (OrderStatus.PARTIALLY_FILLED, OrderEvent.AMEND): OrderStatus.PARTIALLY_FILLED,
    (OrderStatus.PARTIALLY_FILLED, OrderEvent.CANCEL): OrderStatus.CANCELED,
    (OrderStatus.PARTIALLY_FILLED, OrderEvent.EXPIRE): OrderStatus.EXPIRED,
    (OrderStatus.UNTRIGGERED, OrderEvent.TRIGGER): OrderStatus.NEW,
    (OrderStatus.UNTRIGGERED, OrderEvent.AMEND): OrderStatus.UNTRIGGERED,
    (OrderStatus.UNTRIGGERED, OrderEvent.CANCEL): OrderStatus.CANCELED,
    (OrderStatus.UNTRIGGERED, OrderEvent.EXPIRE): OrderStatus.EXPIRED,
}
OPEN_STATUSES = frozenset({OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.UNTRIGGERED})


def open_status(filled_lots: int) -> OrderStatus:
    """The status of an order that is in the book."""
    return OrderStatus.PARTIALLY_FILLED if filled_lots else OrderStatus.NEW


def after(status: OrderStatus, event: OrderEvent) -> OrderStatus:
    """The status that follows. Raises KeyError where the event cannot happen in that status."""
    return TRANSITIONS[(status, event)]
