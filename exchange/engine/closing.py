"""How an order ends without a fill, and the events that say so."""

from exchange.engine.book import Order, unlink
from exchange.engine.events import Event, EventKind
from exchange.engine.market import Market, hold_atoms
from exchange.engine.order_state import OrderEvent, after, open_status
from exchange.engine.types import SELL, CloseReason, OrderStatus

ORDER_REDUCED = int(EventKind.ORDER_REDUCED)
ORDER_CLOSED = int(EventKind.ORDER_CLOSED)
UNBOUNDED_LOTS = 2**63


def filled_lots(order: Order) -> int:
    return (int(order.terms[10]) or UNBOUNDED_LOTS) - order.remaining_lots - order.prevented_lots


def remaining_lots(order: Order) -> int:
    """0 for an order by budget alone, which has no quantity that could remain."""
    return order.remaining_lots if order.terms[10] else 0


def closed_event(order: Order, status: int, reason: int) -> Event:
    terms = order.terms
    quantity_lots, remaining = terms[10], order.remaining_lots
    filled = (quantity_lots or UNBOUNDED_LOTS) - remaining - order.prevented_lots
    if not quantity_lots:
        remaining = 0
    return (
        ORDER_CLOSED,
        terms[3],
        terms[1],
        terms[2],
        terms[4],
        terms[5],
        terms[9],
        status,
        reason,
        filled,
        remaining,
    )


def reduced_event(order: Order, prevented_lots: int) -> Event:
    terms = order.terms
    identity = (ORDER_REDUCED, terms[3], terms[1], terms[2], terms[5], terms[9])
    return (*identity, prevented_lots, remaining_lots(order))


def rehold(market: Market, order: Order) -> None:
    """Make what an open order locks follow its terms and its remaining lots."""
    _release(order, order.hold_atoms - hold_atoms(market, order))


def _release(order: Order, atoms: int) -> None:
    trader = order.trader
    balance = trader.base if order.terms[5] == SELL else trader.quote
    balance.locked_atoms -= atoms
    balance.free_atoms += atoms
    order.hold_atoms -= atoms


def take_out(order: Order) -> None:
    """Take an order out of the book and out of its account, and free all that it holds."""
    unlink(order)
    _release(order, order.hold_atoms)
    trader = order.trader
    del trader.orders[order.terms[1]]
    trader.open_orders -= 1


def stop_waiting(order: Order) -> None:
    """The same for an order that its market's triggers no longer know."""
    _release(order, order.hold_atoms)
    trader = order.trader
    del trader.waiting[order.terms[1]]
    trader.open_orders -= 1


def close_resting(order: Order, event: OrderEvent, reason: CloseReason) -> Event:
    take_out(order)
    status = after(open_status(filled_lots(order)), event)
    return closed_event(order, int(status), int(reason))


def close_open(market: Market, order: Order, event: OrderEvent, reason: CloseReason) -> Event:
    """Close an order in the book, or one that waits for its trigger."""
    if order.level is not None:
        return close_resting(order, event, reason)
    market.triggers.remove(order)
    market.refresh()
    stop_waiting(order)
    return closed_event(order, int(after(OrderStatus.UNTRIGGERED, event)), int(reason))
