"""The book of a market and the balances behind it: records linked to one another, no rules.

A half of a book is a sorted list of keys with the best LAST (a bid's key is its price, an ask's the
negated price, so that on both sides "crosses" is key >= limit), and one level for each key: a doubly
linked queue of orders in time order. A level without orders is dead: it stays in place until it comes
to the top, or until the dead outnumber the living, so that a cancel never searches a list.
"""

from bisect import insort
from typing import Any

from exchange.engine.fees import accumulated_ppm_atoms, buy_hold_atoms
from exchange.engine.types import BUY, SELL

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
    """An account in one market. `orders` are the account's open orders of ALL markets, by id."""

    __slots__ = ("account", "base", "open_orders", "orders", "quote")

    def __init__(self, account: int, base: Balance, quote: Balance, orders: dict[int, "Order"]) -> None:
        self.account = account
        self.base = base
        self.quote = quote
        self.orders = orders
        self.open_orders = 0


class Order:
    """`terms` is the order's ORDER_ACCEPTED event: all of it that never changes.

    The hot loop makes orders attribute by attribute, which is faster than a call of `__init__`.
    """

    __slots__ = (
        "filled_quote_atoms",
        "hold_atoms",
        "level",
        "next",
        "prev",
        "prevented_lots",
        "remaining_lots",
        "taker_quote_atoms",
        "terms",
        "trader",
    )
    terms: Terms
    trader: Trader
    level: "Level | None"
    prev: "Order | None"
    next: "Order | None"

    def __init__(self, terms: Terms, trader: Trader, remaining_lots: int) -> None:
        self.terms = terms
        self.trader = trader
        self.level = self.prev = self.next = None
        self.remaining_lots = remaining_lots
        self.prevented_lots = 0
        self.hold_atoms = 0
        self.filled_quote_atoms = 0
        self.taker_quote_atoms = 0


class Level:
    __slots__ = ("half", "head", "key", "lots", "price_ticks", "tail")

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


class Market:
    """`terms` are the parameters as in `commands.CreateMarket`, without its kind."""

    __slots__ = (
        "asks",
        "base",
        "base_atoms_per_lot",
        "bids",
        "last_price_ticks",
        "last_trade_id",
        "maker_fee_ppm",
        "max_notional_atoms",
        "max_open_orders",
        "min_notional_atoms",
        "name",
        "price_step_ticks",
        "quantity_step_lots",
        "quote",
        "quote_atoms_per_tick_lot",
        "taker_fee_ppm",
        "terms",
        "traders",
    )

    def __init__(self, terms: Terms, base: Asset, quote: Asset) -> None:
        self.terms = terms
        self.base = base
        self.quote = quote
        self.name: str = terms[0]
        self.base_atoms_per_lot: int = terms[3]
        self.quote_atoms_per_tick_lot: int = terms[4]
        self.price_step_ticks: int = terms[5]
        self.quantity_step_lots: int = terms[6]
        self.min_notional_atoms: int = terms[7]
        self.max_notional_atoms: int = terms[8]
        self.max_open_orders: int = terms[9]
        self.maker_fee_ppm: int = terms[10]
        self.taker_fee_ppm: int = terms[11]
        self.bids = Half(BUY)
        self.asks = Half(SELL)
        self.traders: dict[int, Trader] = {}
        self.last_trade_id = 0
        self.last_price_ticks = 0

    def half(self, side: int) -> Half:
        return self.bids if side == BUY else self.asks

    def opposite(self, side: int) -> Half:
        return self.asks if side == BUY else self.bids


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


def hold_atoms(market: Market, order: Order) -> int:
    """What a resting order locks: quote atoms of a buy, base atoms of a sell."""
    terms, remaining_lots = order.terms, order.remaining_lots
    if terms[5] == SELL:
        return remaining_lots * market.base_atoms_per_lot
    maker_ppm, taker_ppm = terms[13], terms[14]
    accumulated = accumulated_ppm_atoms(
        order.filled_quote_atoms, order.taker_quote_atoms, maker_ppm, taker_ppm
    )
    notional = remaining_lots * terms[9] * market.quote_atoms_per_tick_lot
    return buy_hold_atoms(notional, accumulated, maker_ppm, taker_ppm)
