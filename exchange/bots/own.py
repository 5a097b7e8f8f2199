"""What rests and what is there of one account as the house has said it last, in whatever order it said it."""

from collections import OrderedDict
from collections.abc import Iterable
from decimal import Decimal

from ballast_sdk.models import Order
from exchange.bots.rules.quoting import Resting
from exchange.bots.rules.units import Units
from exchange.engine.types import Side

OPEN = frozenset({"NEW", "PARTIALLY_FILLED"})
_REMEMBERED = 10_000  # closed orders, of which something older may still be heard


class OwnOrders:
    """The open ones of one market whose client order ids begin with the prefix."""

    def __init__(self, market: str, prefix: str) -> None:
        self._market = market
        self._prefix = prefix
        self._open: dict[str, Order] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()

    def hear(self, order: Order) -> None:
        """A closed order stays closed, and of two things said of an open one the later holds."""
        number = order.order_id
        if number is None or order.market != self._market or not self._is_ours(order):
            return
        if order.status not in OPEN:
            self.close(int(number))
        elif number not in self._closed and not self._is_older(order, self._open.get(number)):
            self._open[number] = order

    def close(self, order_id: int) -> None:
        number = str(order_id)
        self._open.pop(number, None)
        self._closed[number] = None
        if len(self._closed) > _REMEMBERED:
            self._closed.popitem(last=False)

    def replace(self, orders: Iterable[Order]) -> None:
        """These are all that are open. Only while nothing is under way."""
        self._open = {}
        for order in orders:
            self.hear(order)

    def _is_ours(self, order: Order) -> bool:
        return (order.client_order_id or "").startswith(self._prefix)

    def _is_older(self, order: Order, known: Order | None) -> bool:
        return known is not None and _age(order) < _age(known)

    def resting(self, units: Units) -> list[Resting]:
        return [
            Resting(
                int(number),
                Side[order.side],
                units.ticks(order.price or "0"),
                units.lots(order.remaining_quantity or "0"),
                units.lots(order.filled_quantity),
            )
            for number, order in self._open.items()
        ]

    def __len__(self) -> int:
        return len(self._open)


def _age(order: Order) -> tuple[int, Decimal]:
    return order.updated_at_ms, Decimal(order.filled_quantity)


class OwnBalances:
    """Free and locked together, of each shard and asset: an account trades a market in one shard only."""

    def __init__(self) -> None:
        self._totals: dict[tuple[int, str], Decimal] = {}

    def hear(self, shard: int, asset: str, free: str, locked: str) -> None:
        self._totals[shard, asset] = Decimal(free) + Decimal(locked)

    def clear(self) -> None:
        self._totals.clear()

    def total(self, asset: str) -> str:
        return str(sum((total for (_, of), total in self._totals.items() if of == asset), Decimal()))
