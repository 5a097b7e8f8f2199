"""What an engine owns while it runs: markets, assets, open orders and client order ids. No rules."""

from collections import deque

from exchange.engine.book import Asset, Market, Order, Terms, Trader
from exchange.engine.snapshot import ClientOrderState
from exchange.engine.types import CLIENT_ORDER_ID_RETENTION_NS, SHARD_SLOTS


class EngineState:
    """`orders` are the open orders of each account, of all its markets, in the order of their ids."""

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
        self.client_orders: dict[tuple[int, str], ClientOrderState] = {}
        self.client_order_queue: deque[ClientOrderState] = deque()

    def trader(self, market: Market, account: int) -> Trader:
        """The account's place in the market, made at its first order there."""
        trader = market.traders.get(account)
        if trader is None:
            orders = self.orders.setdefault(account, {})
            base, quote = market.base.balance(account), market.quote.balance(account)
            trader = market.traders[account] = Trader(account, base, quote, orders)
        return trader

    def remember_client_order(self, accepted: Terms) -> None:
        """Take the client order id of an order just accepted; `accepted` is its ORDER_ACCEPTED event."""
        _, order_id, account, market, client_order_id, *content = accepted[:13]
        self.keep_client_order(
            ClientOrderState(
                account,
                client_order_id,
                order_id,
                order_id // SHARD_SLOTS,
                self.timestamp_ns,
                market,
                *content,
            )
        )

    def keep_client_order(self, client_order: ClientOrderState) -> None:
        self.client_orders[(client_order.account, client_order.client_order_id)] = client_order
        self.client_order_queue.append(client_order)

    def forget_client_orders(self) -> None:
        """Drop the client order ids whose retention has passed. Times never decrease along the queue."""
        queue, oldest_kept_ns = self.client_order_queue, self.timestamp_ns - CLIENT_ORDER_ID_RETENTION_NS
        while queue and queue[0].accepted_ns <= oldest_kept_ns:
            forgotten = queue.popleft()
            del self.client_orders[(forgotten.account, forgotten.client_order_id)]
