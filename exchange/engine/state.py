"""What an engine owns while it runs: markets, assets, open orders, client order ids and times. No rules."""

from collections import deque

from exchange.engine.book import Asset, Order, Terms, Trader
from exchange.engine.market import Market
from exchange.engine.timers import Timers
from exchange.engine.types import CLIENT_ORDER_ID_RETENTION_NS, GTD, HALTED, SHARD_SLOTS

SwitchKey = tuple[int, str]


class EngineState:
    """`orders` are the orders of each account in the books of all its markets, by id; `waiting` those that
    wait for a trigger. `client_orders` has the ORDER_ACCEPTED event of each client order id (no fees).
    `switches` has when each armed switch is due, by account and market.
    """

    __slots__ = (
        "account_tiers",
        "assets",
        "client_order_queue",
        "client_orders",
        "expiries",
        "halted_markets",
        "market_timers",
        "markets",
        "orders",
        "sequence",
        "shard",
        "switch_timers",
        "switches",
        "timestamp_ns",
        "waiting",
    )

    def __init__(self, shard: int) -> None:
        assert 0 <= shard < SHARD_SLOTS
        self.shard = shard
        self.sequence = 0
        self.timestamp_ns = 0
        self.markets: dict[str, Market] = {}
        self.assets: dict[str, Asset] = {}
        self.orders: dict[int, dict[int, Order]] = {}
        self.waiting: dict[int, dict[int, Order]] = {}
        self.client_orders: dict[tuple[int, str], Terms] = {}
        self.client_order_queue: deque[tuple[int, Terms]] = deque()
        self.account_tiers: dict[int, int] = {}
        self.switches: dict[SwitchKey, int] = {}
        self.halted_markets = 0
        self.expiries = Timers(self._is_open)
        self.switch_timers = Timers(self._is_armed)
        self.market_timers = Timers(self._is_scheduled)

    def trader(self, market: Market, account: int) -> Trader:
        """The account's place in the market, made at its first order there."""
        trader = market.traders.get(account)
        if trader is None:
            orders = self.orders.setdefault(account, {})
            waiting = self.waiting.setdefault(account, {})
            base, quote = market.base.balance(account), market.quote.balance(account)
            trader = market.traders[account] = Trader(account, base, quote, orders, waiting)
            trader.set_rates(*market.rates(self.account_tiers.get(account, 0)))
        return trader

    def open_order(self, account: int, order_id: int) -> Order | None:
        order = self.orders.get(account, {}).get(order_id)
        return order or self.waiting.get(account, {}).get(order_id)

    def open_orders(self, account: int) -> list[Order]:
        """In the order of their ids."""
        orders = {**self.orders.get(account, {}), **self.waiting.get(account, {})}
        return [order for _, order in sorted(orders.items())]

    def market_of(self, order: Order) -> Market:
        return self.markets[order.terms[3]]

    def set_status(self, market: Market, status: int, resume_ns: int) -> None:
        self.halted_markets += (status == HALTED) - (market.status == HALTED)
        market.status = status
        market.resume_ns = resume_ns
        self.schedule(market)

    def schedule(self, market: Market) -> None:
        """Tell the timers after a change of status, or of the breaker's window or price."""
        due_ns = market.due_ns()
        if due_ns:
            self.market_timers.add(due_ns, market.name)

    def schedule_expiry(self, accepted: Terms) -> None:
        if accepted[7] == GTD:
            self.expiries.add(accepted[16], (accepted[1], accepted[2]))

    def arm(self, account: int, market: str, due_ns: int) -> None:
        self.switches[account, market] = due_ns
        self.switch_timers.add(due_ns, (account, market))

    def next_due_ns(self) -> int:
        """0: nothing is ever due."""
        timers = (self.expiries, self.switch_timers, self.market_timers)
        return min((due_ns for due_ns in (each.next_ns() for each in timers) if due_ns), default=0)

    def _is_open(self, _: int, key: tuple[int, int]) -> bool:
        order_id, account = key
        return self.open_order(account, order_id) is not None

    def _is_armed(self, due_ns: int, key: SwitchKey) -> bool:
        return self.switches.get(key) == due_ns

    def _is_scheduled(self, due_ns: int, name: str) -> bool:
        return self.markets[name].due_ns() == due_ns

    def remember_client_order(self, accepted_ns: int, accepted: Terms) -> None:
        """Take the client order id of an accepted order."""
        self.client_orders[(accepted[2], accepted[4])] = accepted
        self.client_order_queue.append((accepted_ns, accepted))

    def forget_client_orders(self) -> None:
        """Drop the client order ids whose retention has passed. Times never decrease along the queue."""
        queue, oldest_kept_ns = self.client_order_queue, self.timestamp_ns - CLIENT_ORDER_ID_RETENTION_NS
        while queue and queue[0][0] <= oldest_kept_ns:
            _, forgotten = queue.popleft()
            del self.client_orders[(forgotten[2], forgotten[4])]
