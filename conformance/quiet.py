"""The quiet market: anna buys, bert sells, nobody else does, so a life there is the same each time."""

from typing import Any

SYMBOL = "ETH/USDB"
PAIR = "ETHUSDB"
HOUSE_SYMBOL = "ETH-USDB"
PRICE = 3_000.0


def empty(*clients: Any) -> None:
    """Nobody offers anything any more."""
    for client in clients:
        if client.fetch_open_orders(SYMBOL):
            client.cancel_all_orders(SYMBOL)


def last_price(client: Any, other: Any, price: float = PRICE) -> None:
    """A trade at that price, between two clients, so that triggers know where the market stands."""
    other.create_order(SYMBOL, "limit", "sell", 0.01, price)
    client.create_order(SYMBOL, "limit", "buy", 0.01, price)
