"""Books made of differences: these follow one another whatever happens, and end as the list is."""

import itertools
import random
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import httpx
import pytest
import redis

from tests.api.house import House
from tests.binance.house import FREE_SYMBOL, SYMBOL, Trader, public
from tests.binance.stream_client import Streams, streams
from tests.support.waiting import until

pytestmark = pytest.mark.long

BTC, DOT = SYMBOL.lower(), FREE_SYMBOL.lower()
Side = dict[str, str]


class Book:
    """As Binance tells its clients to keep one."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.last = int(snapshot["lastUpdateId"])
        self.bids: Side = dict(snapshot["bids"])
        self.asks: Side = dict(snapshot["asks"])
        self._follows = False

    def take(self, diff: dict[str, Any]) -> None:
        if diff["u"] <= self.last:
            return
        if self._follows:
            assert diff["U"] == self.last + 1, diff
        else:
            assert diff["U"] <= self.last + 1 <= diff["u"], (self.last, diff)
            self._follows = True
        for side, levels in ((self.bids, diff["b"]), (self.asks, diff["a"])):
            for price, quantity in levels:
                if Decimal(quantity):
                    side[price] = quantity
                else:
                    side.pop(price, None)
        self.last = diff["u"]


def numbers(levels: list[list[str]]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(price), Decimal(quantity)) for price, quantity in levels]


def rest_book(client: httpx.Client, symbol: str = SYMBOL) -> dict[str, Any]:
    found = public(client, "/api/v3/depth", symbol=symbol, limit=5000).json
    assert "lastUpdateId" in found, found
    return dict(found)


def agrees(book: Book, socket: Streams, client: httpx.Client, symbol: str = SYMBOL) -> bool:
    while True:
        try:
            socket.take(0.3)
        except TimeoutError:
            break
    for diff in socket.heard[:]:
        book.take(diff)
    shown = rest_book(client, symbol)
    return (book.bids, book.asks) == (dict(shown["bids"]), dict(shown["asks"]))


def assert_contiguous(diffs: list[dict[str, Any]]) -> None:
    assert diffs
    for before, after in itertools.pairwise(diffs):
        assert after["U"] == before["u"] + 1, (before, after)
        assert after["u"] >= after["U"]


class Flow(threading.Thread):
    """Random bids and offers that rest, meet and are canceled, until it is stopped. It may be refused."""

    def __init__(self, house: House, alice: Trader, bob: Trader, seed: int) -> None:
        super().__init__()
        self._traders = (alice.person, bob.person)
        self._chance = random.Random(seed)
        self._stopped = threading.Event()
        self.placed = 0

    def run(self) -> None:
        while not self._stopped.is_set():
            side = self._chance.choice((0, 1))
            price = f"{self._chance.randint(95, 105)}.{self._chance.randint(0, 9)}0"
            trader = self._traders[side]
            response = trader.try_order(
                side=("BUY", "SELL")[side], price=price, quantity=f"0.0{self._chance.randint(1, 9)}"
            )
            self.placed += response.status_code == 200
            if self._chance.random() < 0.1:
                trader.send("DELETE", "/api/v1/orders")
            time.sleep(0.01)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def cut_the_wire(house: House, flow: Flow) -> None:
    with redis.Redis.from_url(house.servers.redis_url) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")


def restart_the_engine(house: House, flow: Flow) -> None:
    house.engine.kill()
    house.engine.start()
    placed = flow.placed
    until(lambda: flow.placed > placed + 5)


def restart_redis(house: House, flow: Flow) -> None:
    house.servers.valkey.kill()
    house.servers.valkey.start()
    house.await_engine()
    placed = flow.placed
    until(lambda: flow.placed > placed + 5)


def nothing(house: House, flow: Flow) -> None:
    pass


@pytest.mark.parametrize("outage", [nothing, cut_the_wire, restart_the_engine, restart_redis])
def test_differences_follow_one_another_and_make_the_book(
    house: House,
    client: httpx.Client,
    alice: Trader,
    bob: Trader,
    outage: Callable[[House, Flow], None],
) -> None:
    seed = secrets.randbits(32)
    print("seed", seed)  # noqa: T201 (shown where it fails)
    with streams(house, f"/ws/{BTC}@depth@100ms") as fast, streams(house, f"/ws/{BTC}@depth") as slow:
        flow = Flow(house, alice, bob, seed)
        book, late_book = Book(rest_book(client)), Book(rest_book(client))
        flow.start()
        try:
            fast.listen(1.5)
            outage(house, flow)
            fast.listen(1.5)
        finally:
            flow.stop()
        until(lambda: agrees(book, fast, client))
        until(lambda: agrees(late_book, slow, client))
        assert_contiguous(fast.heard)
        assert_contiguous(slow.heard)
        assert len(fast.heard) > len(slow.heard)


@pytest.mark.parametrize("outage", [cut_the_wire, restart_the_engine])
def test_every_trade_is_told_once_whatever_happens(
    house: House,
    client: httpx.Client,
    alice: Trader,
    bob: Trader,
    outage: Callable[[House, Flow], None],
) -> None:
    with streams(house, f"/ws/{BTC}@trade/{BTC}@aggTrade") as socket:
        flow = Flow(house, alice, bob, secrets.randbits(32))
        flow.start()
        try:
            socket.listen(1.0)
            outage(house, flow)
            socket.listen(1.0)
        finally:
            flow.stop()
        last = public(client, "/api/v3/trades", symbol=SYMBOL, limit=1).json[0]["id"]
        trades: list[int] = []
        while not trades or trades[-1] < last:
            socket.listen(0.2)
            trades = [frame["t"] for frame in socket.heard if frame["e"] == "trade"]
        assert trades == list(range(trades[0], last + 1))
        aggregates = [frame for frame in socket.heard if frame["e"] == "aggTrade"]
        assert (aggregates[0]["f"], aggregates[-1]["l"]) == (trades[0], last)
        assert all(after["f"] == before["l"] + 1 for before, after in itertools.pairwise(aggregates))


def test_who_comes_while_it_flows_can_begin(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    flow = Flow(house, alice, bob, secrets.randbits(32))
    flow.start()
    try:
        for _ in range(6):
            with streams(house, "/ws") as socket:
                assert socket.ask("SUBSCRIBE", [f"{BTC}@depth@100ms"])["result"] is None
                book = Book(rest_book(client))
                socket.listen(0.35)
                for diff in socket.heard:
                    book.take(diff)
                assert_contiguous(socket.heard)
    finally:
        flow.stop()


def test_who_comes_when_other_markets_have_moved_can_begin(
    house: House, client: httpx.Client, alice: Trader
) -> None:
    """The list of a market where nothing has happened is older than what its shard has done since."""
    for number in range(5):
        alice.person.place(price=f"8{number}.00")
    with streams(house, f"/ws/{DOT}@depth@100ms") as socket:
        book = Book(rest_book(client, FREE_SYMBOL))
        alice.person.place(market="DOT-USDB", price="3", quantity="1")
        assert numbers(socket.hear()["b"]) == [(Decimal(3), Decimal(1))]
        until(lambda: agrees(book, socket, client, FREE_SYMBOL))


def test_who_comes_while_there_is_no_live_data_hears_when_it_is_back(house: House, alice: Trader) -> None:
    with ExitStack() as stack:
        house.servers.valkey.kill()
        try:
            path = f"/ws/{BTC}@depth@100ms/{BTC}@bookTicker"
            socket = stack.enter_context(streams(house, path))
            assert socket.ask("SUBSCRIBE", [f"{BTC}@depth5"])["result"] is None
            assert all(frame["e"] == "depthUpdate" for frame in socket.heard)  # the last one, of before
        finally:
            house.servers.valkey.start()
        house.await_engine()
        until(lambda: alice.person.try_order(price="90.50").status_code == 200)
        diffs = (frame for frame in iter(socket.hear, None) if frame.get("e") == "depthUpdate")
        assert any((Decimal("90.5"), Decimal("0.1")) in numbers(diff["b"]) for diff in diffs)
        assert_contiguous([frame for frame in socket.heard if frame.get("e") == "depthUpdate"])


def test_nothing_is_told_where_nothing_happens(house: House) -> None:
    with streams(house, f"/ws/{DOT}@depth@100ms") as socket:
        socket.listen(0.3)
        socket.heard.clear()
        socket.listen(0.6)
        assert socket.heard == []


def test_best_levels_and_the_best_price_are_those_of_the_list(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    with streams(house, f"/stream?streams={BTC}@depth5@100ms/{BTC}@bookTicker") as socket:
        for number in range(7):
            alice.person.place(price=f"7{number}.00")
            bob.person.place(side="SELL", price=f"12{number}.00", quantity="0.1")
        shown: dict[str, Any] = {}

        def is_level() -> bool:
            while True:
                try:
                    socket.take(0.3)
                except TimeoutError:
                    break
            for frame in socket.heard:
                shown[frame["stream"]] = frame["data"]
            full = rest_book(client)
            partial = shown[f"{BTC}@depth5@100ms"]
            best = shown[f"{BTC}@bookTicker"]
            told = [partial["bids"], partial["asks"], [best["b"], best["B"]], [best["a"], best["A"]]]
            return told == [full["bids"][:5], full["asks"][:5], full["bids"][0], full["asks"][0]]

        until(is_level)
        assert len(shown[f"{BTC}@depth5@100ms"]["bids"]) == 5
