"""The orders of a book and the balances behind them: records linked to one another, no rules.

A half of a book is a sorted list of keys with the best LAST (a bid's key is its price, an ask's the
negated price, so that on both sides "crosses" is key >= limit), and one level for each key: a doubly
linked queue of orders in time order. A level without orders is dead: it stays in place until it comes
to the top, or until the dead outnumber the living, so that a cancel never searches a list.
"""

from bisect import insort
from typing import Any

from exchange.engine.types import BUY, PPM

Terms = tuple[Any, ...]
DEAD_LEVELS_KEPT = 32


class Balance:
    """One account's atoms of one asset."""

    __slots__ = ("free_atoms", "locked_atoms")

    def __init__(self) -> None:
        self.free_atoms = 0
        self.locked_atoms = 0


class Asset:
    """`total_atoms` is the sum of all balances; bounding it to int64 bounds every one of them."""

    __slots__ = ("balances", "name", "total_atoms")

    def __init__(self, name: str) -> None:
        self.name = name
        self.balances: dict[int, Balance] = {}
        self.total_atoms = 0

    def balance(self, account: int) -> Balance:
        balance = self.balances.get(account)
        if balance is None:
            balance = self.balances[account] = Balance()
        return balance


class Trader:
    """An account in one market, with the rates of its next order there. `orders` are the account's orders in
    the books of ALL markets, by id, and `waiting` those that wait for a trigger; `open_orders` counts both,
    of this market."""

    __slots__ = (
        "account",
        "base",
        "hold_ppm",
        "hold_rounding",
        "maker_ppm",
        "open_orders",
        "orders",
        "quote",
        "taker_ppm",
        "waiting",
    )
    # Objects that each event of his shares, and no compiler makes anew (see `matching`).
    account: Any
    maker_ppm: Any
    taker_ppm: Any

    def __init__(
        self,
        account: int,
        base: Balance,
        quote: Balance,
        orders: dict[int, "Order"],
        waiting: dict[int, "Order"],
    ) -> None:
        self.account = account
        self.base = base
        self.quote = quote
        self.orders = orders
        self.waiting = waiting
        self.open_orders = 0
        self.set_rates(0, 0)

    def set_rates(self, maker_ppm: int, taker_ppm: int) -> None:
        """A new buy of a notional holds (hold_ppm * notional + hold_rounding) // PPM, as in `fees`."""
        self.maker_ppm = maker_ppm
        self.taker_ppm = taker_ppm
        worst_ppm = max(maker_ppm, taker_ppm)
        self.hold_ppm = PPM + worst_ppm
        self.hold_rounding = PPM - 1 + (PPM if worst_ppm > 0 else 0)


class Order:
    """`terms` is the order's ORDER_ACCEPTED event, as amended. An open order without a level waits for its
    trigger. `made_quote_atoms` is the part of `filled_quote_atoms` that it traded as a maker.
    """

    __slots__ = (
        "filled_quote_atoms",
        "hold_atoms",
        "level",
        "made_quote_atoms",
        "next",
        "prev",
        "prevented_lots",
        "remaining_lots",
        "terms",
        "trader",
    )
    terms: Terms
    trader: Trader
    level: "Level | None"
    prev: "Order | None"
    next: "Order | None"

    def __init__(
        self,
        terms: Terms,
        trader: Trader,
        remaining_lots: int,
        filled_quote_atoms: int = 0,
        hold_atoms: int = 0,
    ) -> None:
        self.terms = terms
        self.trader = trader
        self.level = self.prev = self.next = None
        self.remaining_lots = remaining_lots
        self.prevented_lots = self.made_quote_atoms = 0
        self.filled_quote_atoms = filled_quote_atoms
        self.hold_atoms = hold_atoms


class Level:
    __slots__ = ("half", "head", "key", "lots", "price_ticks", "tail")
    price_ticks: Any  # one object for all of its orders and trades: less memory to touch

    def __init__(self, half: "Half", key: int, price_ticks: int) -> None:
        self.half = half
        self.key = key
        self.price_ticks = price_ticks
        self.lots = 0
        self.head: Order | None = None
        self.tail: Order | None = None


class Half:
    """The bids or the asks of a market. `dead` counts the levels that have no orders."""

    __slots__ = ("dead", "keys", "levels", "side")

    def __init__(self, side: int) -> None:
        self.side = side
        self.keys: list[int] = []
        self.levels: dict[int, Level] = {}
        self.dead = 0

    def key(self, price_ticks: int) -> int:
        return price_ticks if self.side == BUY else -price_ticks

    def best(self) -> Level | None:
        """The best level that has orders; drops the dead ones above it."""
        keys = self.keys
        while keys:
            level = self.levels[keys[-1]]
            if level.head is not None:
                return level
            del self.levels[keys.pop()]
            self.dead -= 1
        return None

    def append(self, order: Order, price_ticks: int) -> None:
        """Put `order` last in the queue of its price."""
        key = self.key(price_ticks)
        level = self.levels.get(key)
        if level is None:
            level = self.levels[key] = Level(self, key, price_ticks)
            insort(self.keys, key)
            self.dead += 1
        tail = level.tail
        if tail is None:
            level.head = order
            self.dead -= 1
        else:
            tail.next = order
        order.prev = tail
        level.tail = order
        level.lots += order.remaining_lots
        order.level = level

    def prune(self) -> None:
        """Drop the dead levels once they outnumber the living: constant cost for each level made."""
        if self.dead > DEAD_LEVELS_KEPT and 2 * self.dead > len(self.keys):
            levels = self.levels
            for key in [key for key, level in levels.items() if level.head is None]:
                del levels[key]
            self.keys[:] = sorted(levels)
            self.dead = 0


def unlink(order: Order) -> None:
    """Take an order out of its queue, wherever it stands in it."""
    level, before, behind = order.level, order.prev, order.next
    assert level is not None
    if before is None:
        level.head = behind
    else:
        before.next = behind
    if behind is None:
        level.tail = before
    else:
        behind.prev = before
    level.lots -= order.remaining_lots
    order.level = order.prev = order.next = None
    if level.head is None:
        level.half.dead += 1
        level.half.prune()
