"""Several clients who trade at once, and a record of everything that they were told."""

import random
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from tests.faults.trader import Answer, Lost, Trader, limit_order, market_order
from tests.support.waiting import PATIENCE, pause, wait_for

OPEN_ORDERS = 12  # of each client; beyond that it cancels
ACCEPTED = ("NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED")
# Answers after which a client tries again, because they say that nothing was or will be carried out.
TRY_AGAIN = {
    "ENGINE_UNAVAILABLE",
    "QUEUE_UNAVAILABLE",
    "QUEUE_FULL",
    "SERVICE_UNAVAILABLE",
    "DEADLINE_PASSED",
    "TIMESTAMP",
}


@dataclass
class Record:
    """What clients were told. Whatever stands here must be true for ever."""

    placed: dict[str, dict[str, Any]] = field(default_factory=dict)  # client order id -> whole answer
    canceled: dict[str, dict[str, Any]] = field(default_factory=dict)  # order id -> order
    absent: set[str] = field(default_factory=set)  # asked for, told that there is none, and given up
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def acknowledged(self) -> int:
        return len(self.placed) + len(self.canceled)

    def place(self, client_order_id: str, answer: dict[str, Any]) -> None:
        earlier = self.placed.setdefault(client_order_id, answer)
        if earlier != answer:
            self.wrong.append(f"{client_order_id} was answered {earlier} and then {answer}")


class Client(threading.Thread):
    """Places, cancels and repeats until told to stop, then ends what it has begun."""

    def __init__(self, trader: Trader, record: Record, seed: str, stopping: threading.Event) -> None:
        super().__init__(name=f"client {seed}", daemon=True)
        self._trader = trader
        self._record = record
        self._random = random.Random(seed)
        self._seed = seed
        self._stopping = stopping
        self._number = 0
        self._mine: deque[tuple[str, dict[str, Any]]] = deque(maxlen=50)
        self._open: list[str] = []

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._act()
        except Exception as error:  # noqa: BLE001 (a thread's failure is the test's)
            self._record.wrong.append(f"{self.name} failed: {error!r}")
        finally:
            self._trader.hang_up()

    def _act(self) -> None:
        choice = self._random.random()
        if self._mine and choice < 0.05:
            self._place(*self._random.choice(self._mine))
        elif len(self._open) > OPEN_ORDERS or (self._open and choice < 0.2):
            self._cancel(self._open.pop(self._random.randrange(len(self._open))))
        else:
            self._number += 1
            client_order_id = f"{self._seed}-{self._number}"
            self._place(client_order_id, self._new_order(client_order_id))

    def _new_order(self, client_order_id: str) -> dict[str, Any]:
        side = self._random.choice(("BUY", "SELL"))
        quantity = f"0.00{self._random.randrange(10, 90)}"
        if self._random.random() < 0.15:
            return market_order(client_order_id, side, quantity)
        return limit_order(client_order_id, side, str(50_000 + self._random.randrange(-30, 31)), quantity)

    def _place(self, client_order_id: str, order: dict[str, Any]) -> None:
        """Until it is settled; after a lost answer it asks before it sends the same again."""
        told_id = ""
        while True:
            answer = self._try("POST", "/api/v1/orders", order)
            if answer is None or answer.status in (500, 504) or answer.code == "DATABASE_UNAVAILABLE":
                truth = self._trader.truth_about(client_order_id)
                self._record.counts["asked"] += 1
                told_id = self._told(client_order_id, truth)
                if not told_id and self._gives_up():
                    if truth.status == 404:
                        self._record.absent.add(client_order_id)
                    return
            elif answer.status == 200:
                self._placed(client_order_id, order, answer, told_id)
                return
            elif answer.code in TRY_AGAIN:
                if self._stopping.is_set():
                    return
                pause(0.1)
            else:
                self._refused(client_order_id, answer, told_id)
                return

    def _gives_up(self) -> bool:
        return self._stopping.is_set() or self._random.random() < 0.5

    def _told(self, client_order_id: str, truth: Answer) -> str:
        """The id of the order that it has been told to be there."""
        if truth.status == 404 or truth.body["order"]["status"] == "REJECTED":
            return ""
        return str(truth.body["order"]["order_id"])

    def _placed(self, client_order_id: str, order: dict[str, Any], answer: Answer, told_id: str) -> None:
        placed = answer.body["order"]
        if told_id and placed["order_id"] != told_id:
            self._record.wrong.append(f"{client_order_id} is {told_id} and {placed['order_id']}")
        if client_order_id not in self._record.placed and placed["status"] in ("NEW", "PARTIALLY_FILLED"):
            self._open.append(placed["order_id"])
        self._record.place(client_order_id, answer.body)
        self._mine.append((client_order_id, order))

    def _refused(self, client_order_id: str, answer: Answer, told_id: str) -> None:
        self._record.counts[answer.code] += 1
        if told_id or client_order_id in self._record.placed:
            self._record.wrong.append(f"{client_order_id} was accepted, then refused: {answer}")
        if answer.status not in (409, 422):
            self._record.wrong.append(f"{client_order_id} was answered {answer}")

    def _cancel(self, order_id: str) -> None:
        answer = self._try("DELETE", f"/api/v1/orders/{order_id}", None)
        if answer is not None and answer.status == 200:
            self._record.canceled[order_id] = answer.body["order"]
        elif answer is not None and answer.status not in (404, 408, 503, 504):
            self._record.wrong.append(f"cancel of {order_id} was answered {answer}")

    def _try(self, method: str, target: str, fields: dict[str, Any] | None) -> Answer | None:
        try:
            answer = self._trader.call(method, target, fields)
        except Lost:
            self._record.counts["lost"] += 1
            return None
        self._record.counts[str(answer.status)] += 1
        if answer.status == 500:
            self._record.wrong.append(f"{method} {target} was answered {answer}")
        return answer


class Load:
    """Clients at work between `__enter__` and `__exit__`."""

    def __init__(self, traders: list[Trader], record: Record, seed: str) -> None:
        self.record = record
        self._stopping = threading.Event()
        self._clients = [
            Client(trader, record, f"{seed}{number}", self._stopping) for number, trader in enumerate(traders)
        ]

    def __enter__(self) -> "Load":
        for client in self._clients:
            client.start()
        self.await_acknowledged(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for client in self._clients:
            client.join(90 * PATIENCE)
            assert not client.is_alive(), f"{client.name} does not come to an end"

    def await_acknowledged(self, more: int) -> None:
        """Until so many more orders and cancels have been acknowledged."""
        goal = self.record.acknowledged + more
        wait_for(f"{more} more acknowledgements", lambda: self.record.acknowledged >= goal)
