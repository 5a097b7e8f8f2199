"""Whatever happens, a listener is told all of it once: events add up to what queries and the ledger say."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest

from exchange.models import AccountMessage
from tests.api.house import House
from tests.binance.api_socket import ApiSocket, Frame, listening, unwrapped
from tests.binance.house import SYMBOL, Trader
from tests.support.taken_away import engine_killed, redis_gone, redis_silent
from tests.support.waiting import until

pytestmark = pytest.mark.long

ROUNDS = 60


class Story:
    """What one listener was told, held against what can be asked."""

    def __init__(self, socket: ApiSocket, who: Trader) -> None:
        self.socket = socket
        self.who = who

    def hear_out(self) -> None:
        """Until the account's last message was told, which nobody adds to meanwhile."""
        last = AccountMessage.objects.filter(account_id=self.who.person.user_id).latest("timestamp_ns")
        last_ms = last.timestamp_ns // 1_000_000
        self.socket.listen_until(lambda: any(time_of(event) >= last_ms for event in self.events))
        self.socket.do("ping")

    @property
    def events(self) -> list[Frame]:
        return [unwrapped(frame) for frame in self.socket.events]

    def check(self) -> None:
        self.hear_out()
        self._check_orders()
        self._check_trades()
        self._check_money()
        numbers = [event["I"] for event in self.socket.reports]
        assert numbers == sorted(set(numbers)), "in their order, each once"

    def _check_orders(self) -> None:
        last: dict[int, Frame] = {}
        filled: dict[int, Decimal] = defaultdict(Decimal)
        for report in self.socket.reports:
            filled[report["i"]] += Decimal(report["l"])
            assert Decimal(report["z"]) == filled[report["i"]]
            last[report["i"]] = report
        orders = {row["orderId"]: row for row in self._all_orders()}
        assert orders.keys() == last.keys()
        for number, row in orders.items():
            report = last[number]
            assert [report[name] for name in ("X", "z", "Z", "q", "p", "T", "c")] == [
                row["status"], row["executedQty"], row["cummulativeQuoteQty"], row["origQty"], row["price"],
                row["updateTime"], row["clientOrderId"],
            ]  # fmt: skip

    def _all_orders(self) -> list[Any]:
        found: list[Any] = self.who.get("/api/v3/allOrders", symbol=SYMBOL, limit=1000).json
        return [row for row in found if row["status"] != "REJECTED"]

    def _check_trades(self) -> None:
        told = [report for report in self.socket.reports if report["x"] == "TRADE"]
        rows = self.who.get("/api/v3/myTrades", symbol=SYMBOL, limit=1000).json
        assert sorted((one["t"], one["l"], one["L"], one["n"], one["m"]) for one in told) == sorted(
            (row["id"], row["qty"], row["price"], row["commission"], row["isMaker"]) for row in rows
        )

    def _check_money(self) -> None:
        held: dict[str, tuple[str, str]] = {}
        for event in self.events:
            if event["e"] == "outboundAccountPosition":
                held |= {row["a"]: (row["f"], row["l"]) for row in event["B"]}
        rows = {row["asset"]: row for row in self.who.get("/api/v3/account").json["balances"]}
        for asset, amounts in held.items():
            assert amounts == (rows[asset]["free"], rows[asset]["locked"])


def time_of(event: Frame) -> int:
    return int(event.get("u") or event.get("T") or 0)


@contextmanager
def followed(house: House, people: list[Trader]) -> Iterator[list[Story]]:
    with ExitStack() as stack:
        yield [Story(stack.enter_context(listening(house.url, who)), who) for who in people]


def act(chance: Random, who: Trader) -> None:
    """Anything; what is refused changes nothing."""
    kind = chance.random()
    side, price = chance.choice(["BUY", "SELL"]), f"{chance.randint(96, 104)}.00"
    quantity = f"0.{chance.randint(1, 9)}"
    if kind < 0.5:
        force = chance.choice(["GTC", "GTC", "GTC", "IOC", "FOK"])
        mode = chance.choice(["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"])
        who.try_order(
            side=side, price=price, quantity=quantity, timeInForce=force, selfTradePreventionMode=mode
        )
    elif kind < 0.6:
        who.try_order(side=side, type="MARKET", timeInForce=None, price=None, quantity=quantity)
    elif kind < 0.7:
        who.try_order(side=side, type="STOP_LOSS_LIMIT", stopPrice=price, price=price, quantity=quantity)
    elif kind < 0.75:
        who.person.fund(USDB="3")
    else:
        change_one(chance, who)


def change_one(chance: Random, who: Trader) -> None:
    orders = who.get("/api/v3/openOrders", symbol=SYMBOL).json
    if not orders:
        return
    order = chance.choice(orders)["orderId"]
    if chance.random() < 0.5:
        who.delete("/api/v3/order", symbol=SYMBOL, orderId=order)
    else:
        who.put("/api/v3/order/amend/keepPriority", symbol=SYMBOL, orderId=order, newQty="0.1")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_events_of_any_flow_add_up(house: House, trader: Any, seed: int) -> None:
    people = [trader(name, BTC="20", USDB="20000") for name in ("alice", "bob", "carol")]
    chance = Random(seed)
    with followed(house, people) as stories:
        for _ in range(ROUNDS):
            act(chance, chance.choice(people))
        for story in stories:
            story.check()
    house.check()


def places(who: Trader, side: str) -> bool:
    return who.try_order(side=side, quantity="0.2").status == 200


@pytest.mark.parametrize("outage", [redis_gone, redis_silent, engine_killed])
def test_nothing_is_lost_while_something_is_away(house: House, trader: Any, outage: Any) -> None:
    people = [trader(name, BTC="20", USDB="20000") for name in ("alice", "bob")]
    with followed(house, people) as stories:
        for who, side in zip(people, ("BUY", "SELL"), strict=True):
            who.order(side=side, quantity="0.3")
        with outage(house):
            people[0].try_order(price="98.00")
        for who, side in zip(people, ("SELL", "BUY"), strict=True):
            until(partial(places, who, side))
        for story in stories:
            story.check()
