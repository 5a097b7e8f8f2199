"""What a client keeps of what it hears, by the rules of docs/websocket.md and nothing else."""

from decimal import Decimal
from typing import Any

from tests.websocket.client import Frame

Side = dict[Decimal, Decimal]


class BookKeeper:
    """One market's book. Raises AssertionError where a message is missing that nobody announced."""

    def __init__(self) -> None:
        self.sequence: int | None = None
        self.bids: Side = {}
        self.asks: Side = {}
        self.snapshots = 0
        self.resyncs = 0
        self.updates = 0

    def hear(self, frame: Frame) -> None:
        if frame.get("channel") != "book":
            return
        if frame["type"] == "resync":
            self.resyncs += 1
            self.sequence = None
        elif frame["type"] == "snapshot":
            self.snapshots += 1
            self.bids, self.asks = _side(frame["bids"]), _side(frame["asks"])
            self.sequence = frame["sequence"]
        elif self.sequence is not None and frame["sequence"] > self.sequence:
            assert frame["first_sequence"] <= self.sequence + 1, (frame, self.sequence)
            self.updates += 1
            _apply(self.bids, frame["bids"])
            _apply(self.asks, frame["asks"])
            self.sequence = frame["sequence"]

    @property
    def book(self) -> tuple[Side, Side]:
        return self.bids, self.asks


def _side(levels: list[list[str]]) -> Side:
    return {Decimal(price): Decimal(quantity) for price, quantity in levels}


def _apply(side: Side, levels: list[list[str]]) -> None:
    for price, quantity in levels:
        if Decimal(quantity):
            side[Decimal(price)] = Decimal(quantity)
        else:
            side.pop(Decimal(price), None)


class AccountKeeper:
    """One's own orders, fills and balances."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.orders: dict[str, Frame] = {}
        self.balances: dict[str, tuple[str, str]] = {}
        self.fills: list[tuple[str, str, str]] = []
        self.resyncs = 0
        self.updates = 0

    def hear(self, frame: Frame) -> None:
        if frame.get("channel") != "account":
            return
        if frame["type"] == "resync":
            self.resyncs += 1
        elif frame["type"] == "snapshot":
            self.numbers = dict(frame["sequences"])
            self.orders = {order["order_id"]: order for order in frame["orders"]}
            self.balances = {row["asset"]: (row["free"], row["locked"]) for row in frame["balances"]}
        else:
            self._update(frame)

    def _update(self, frame: Frame) -> None:
        shard = str(frame["shard"])
        assert frame["sequence"] == self.numbers.get(shard, 0) + 1, (frame["sequence"], self.numbers)
        self.updates += 1
        self.numbers[shard] = frame["sequence"]
        self.orders |= {order["order_id"]: order for order in frame["orders"]}
        self.balances |= {row["asset"]: (row["free"], row["locked"]) for row in frame["balances"]}
        self.fills += [(fill["trade_id"], fill["order_id"], fill["role"]) for fill in frame["fills"]]

    @property
    def open(self) -> dict[str, Any]:
        return {
            order_id: order
            for order_id, order in self.orders.items()
            if order["status"] in ("NEW", "PARTIALLY_FILLED", "UNTRIGGERED")
        }
