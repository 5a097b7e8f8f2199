"""What an engine owns while it runs: markets, assets, open orders and client order ids. No rules."""

from collections import deque

from exchange.engine.book import Asset, Market, Order, Terms, Trader
from exchange.engine.types import CLIENT_ORDER_ID_RETENTION_NS, SHARD_SLOTS


class EngineState:
    """`orders` are the open orders of each account, of all its markets, in the order of their ids.

    `client_orders` has the ORDER_ACCEPTED event of each client order id, without its fees.
    """

    __slots__ = (
        "assets",
        "client_order_queue",
        "client_orders",
        "markets",
        "orders",
        "sequence",
        "shard",
        "timestamp_ns",
    )

    def __init__(self, shard: int) -> None:
        assert 0 <= shard < SHARD_SLOTS
        self.shard = shard
        self.sequence = 0
        self.timestamp_ns = 0
        self.markets: dict[str, Market] = {}
        self.assets: dict[str, Asset] = {}
        self.orders: dict[int, dict[int, Order]] = {}
        self.client_orders: dict[tuple[int, str], Terms] = {}
        self.client_order_queue: deque[tuple[int, Terms]] = deque()

    def trader(self, market: Market, account: int) -> Trader:
        """The account's place in the market, made at its first order there."""
        trader = market.traders.get(account)
        if trader is None:
            orders = self.orders.setdefault(account, {})
            base, quote = market.base.balance(account), market.quote.balance(account)
            trader = market.traders[account] = Trader(account, base, quote, orders)
        return trader

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
