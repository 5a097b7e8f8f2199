"""Customers who come over the platform's router: they verify TLS, sign with keys, and watch by a socket."""

import asyncio
import http.client
import secrets
import ssl
from pathlib import Path
from typing import Any

from ballast_sdk import Client, LocalBook, Socket
from ballast_sdk.models import OrderForm
from exchange.demo_keys import DemoKey, keys_file, read_demo_keys
from tests.faults.load import Load, Record
from tests.faults.trader import TIMEOUT_S, Trader, limit_order
from tests.platform.deploy.deployed import Deployed
from tests.support.waiting import wait_for

MARKET = "BTC-USDB"


class RoutedTrader(Trader):
    def __init__(self, name: str, key: DemoKey, port: int, certificate: Path) -> None:
        super().__init__(name, key, port)
        self._context = ssl.create_default_context(cafile=certificate)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPSConnection("localhost", self.port, timeout=TIMEOUT_S, context=self._context)


class Customers:
    """Alice and Bob, with play money: a house without a chain has no other, and only its database knows."""

    def __init__(self, house: Deployed) -> None:
        self.house = house
        self.record = Record()
        folder = house.folder / "demo"  # as if in a one-off container
        house.manage("seed_demo", BALLAST_DEMO="1", BALLAST_STATE_DIR=str(folder))
        self.keys = read_demo_keys(keys_file(folder))

    def trader(self, name: str) -> RoutedTrader:
        return RoutedTrader(name, self.keys[name], self.house.port, self.house.certificate)

    def load(self) -> Load:
        traders: list[Trader] = [self.trader(name) for name in ("alice", "bob", "alice", "bob")]
        return Load(traders, self.record, f"load-{secrets.token_hex(2)}-")

    def await_trading(self) -> None:
        """Until an order of Alice's is taken and canceled."""
        trader = self.trader("alice")

        def is_taken() -> bool:
            placed = trader.try_call(
                "POST", "/api/v1/orders", limit_order(secrets.token_hex(8), "BUY", "30000")
            )
            if placed is None or placed.status != 200:
                return False
            canceled = trader.try_call("DELETE", f"/api/v1/orders/{placed.body['order']['order_id']}")
            return canceled is not None and canceled.status == 200

        wait_for("an order to be taken", is_taken)
        trader.hang_up()

    def get(self, target: str) -> tuple[http.client.HTTPResponse, str]:
        return get(self.house, target)

    def client(self, name: str) -> Client:
        return Client(self.house.url, key=self.keys[name].key, secret=self.keys[name].secret)

    def meet(self) -> tuple[Any, Any]:
        """Bob sells, Alice buys it of him: what each was told."""
        with self.client("bob") as bob, self.client("alice") as alice:
            sold = bob.orders.place(
                market=MARKET, side="SELL", type="LIMIT", price="50000.00", quantity="0.01"
            )
            bought = alice.orders.place(
                market=MARKET, side="BUY", type="LIMIT", price="50000.00", quantity="0.01"
            )
            return bob.orders.get(str(sold.order.order_id)), bought

    def watch_and_place(self) -> str:
        """Over a socket: an order that is seen in the book, and taken back. Gives its id."""
        return asyncio.run(self._watch_and_place())

    async def _watch_and_place(self) -> str:
        key = self.keys["alice"]
        async with asyncio.timeout(30), Socket(self.house.url, key=key.key, secret=key.secret) as socket:
            book, local = await socket.book(MARKET), LocalBook()
            placed = await socket.place(
                OrderForm(market=MARKET, side="BUY", type="LIMIT", price="41000.00", quantity="0.02")
            )
            async for message in book:
                local.apply(message)
                if local.is_current and local.best_bid is not None:
                    break
            await socket.cancel(order_id=placed.order.order_id)
            return str(placed.order.order_id)


def get(house: Deployed, target: str) -> tuple[http.client.HTTPResponse, str]:
    """As a stranger's browser does; the answer with its text."""
    context = ssl.create_default_context(cafile=house.certificate)
    connection = http.client.HTTPSConnection("localhost", house.port, timeout=TIMEOUT_S, context=context)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()
