"""Trades for tests that look at market data: a sweep through two prices, and what it left."""

from typing import Any, NamedTuple

import httpx

from tests.api.house import FREE_MARKET
from tests.binance.house import FREE_SYMBOL, Trader, public

LOW, HIGH = "500.00000000", "501.00000000"


class Sweep(NamedTuple):
    """Three trades of one taker: two at LOW, one at HIGH. `ids` are theirs, `time_ms` is when."""

    ids: list[int]
    time_ms: int


def sweep(buyer: Trader, seller: Trader) -> Sweep:
    """The buyer takes 1 and 2 at LOW and 2 of 3 at HIGH; the rest is taken back."""
    for price, quantity in ((LOW, "1"), (LOW, "2"), (HIGH, "3")):
        place(seller, "SELL", price, quantity)
    place(buyer, "BUY", HIGH, "5")
    seller.person.delete("/api/v1/orders")
    latest = public(buyer.client, "/api/v3/trades", symbol=FREE_SYMBOL, limit=3).json
    assert [one["qty"] for one in latest] == ["1.00000000", "2.00000000", "2.00000000"]
    return Sweep([one["id"] for one in latest], latest[0]["time"])


def place(trader: Trader, side: str, price: str, quantity: str, **more: Any) -> Any:
    return trader.person.place(market=FREE_MARKET, side=side, price=price, quantity=quantity, **more)


def seen(client: httpx.Client, path: str, **params: Any) -> Any:
    """What everybody may ask, of the market that is traded here."""
    answer = public(client, path, **{"symbol": FREE_SYMBOL, **params})
    assert answer.status == 200, answer
    return answer.json
