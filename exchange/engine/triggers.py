"""The orders of one market that wait for a price, indexed by it. Knows when one is reached, not what follows.

Both indexes are sorted lists whose first entry is reached first, so that a trade which reaches nothing
costs two comparisons.
"""

from bisect import bisect_left, bisect_right, insort

from exchange.engine.book import Order
from exchange.engine.types import BOUNDLESS_TICKS, BUY, STOP_LIMIT, STOP_MARKET

Entry = tuple[int, int]  # a key that the last price has reached once it is at least as large; order id
LAST_ID = 2**63


def waits_for_rise(side: int, order_type: int) -> bool:
    """A stop to buy and a take-profit to sell trigger at the last price or above it."""
    return (side == BUY) == (order_type in (STOP_LIMIT, STOP_MARKET))


def is_reached(side: int, order_type: int, trigger_price_ticks: int, last_price_ticks: int) -> bool:
    """Never before the first trade."""
    if not last_price_ticks:
        return False
    if waits_for_rise(side, order_type):
        return last_price_ticks >= trigger_price_ticks
    return last_price_ticks <= trigger_price_ticks


class Triggers:
    """`rising` is sorted by the trigger, `falling` by the negated one."""

    __slots__ = ("falling", "orders", "rising")

    def __init__(self) -> None:
        self.orders: dict[int, Order] = {}
        self.rising: list[Entry] = []
        self.falling: list[Entry] = []

    def add(self, order: Order) -> None:
        index, entry = self._place(order)
        insort(index, entry)
        self.orders[entry[1]] = order

    def remove(self, order: Order) -> None:
        index, entry = self._place(order)
        del index[bisect_left(index, entry)]
        del self.orders[entry[1]]

    def _place(self, order: Order) -> tuple[list[Entry], Entry]:
        terms = order.terms
        if waits_for_rise(terms[5], terms[6]):
            return self.rising, (terms[15], terms[1])
        return self.falling, (-terms[15], terms[1])

    def take_reached(self, last_price_ticks: int) -> list[Order]:
        """Remove what the last price has reached, and return it in the order of the ids."""
        reached = _cut(self.rising, last_price_ticks) + _cut(self.falling, -last_price_ticks)
        return [self.orders.pop(order_id) for order_id in sorted(reached)]

    def lowest_rising(self) -> int:
        return self.rising[0][0] if self.rising else BOUNDLESS_TICKS

    def highest_falling(self) -> int:
        return -self.falling[0][0] if self.falling else 0


def _cut(index: list[Entry], last_key: int) -> list[int]:
    count = bisect_right(index, (last_key, LAST_ID))
    reached = [order_id for _, order_id in index[:count]]
    del index[:count]
    return reached
