"""A seeded order flow, and an obvious matching engine that says what must come of it.

40 % cancels, 10 % orders that take (half market, half limit), the rest passive limit orders at an exponential
distance from a drifting middle; feedback keeps about 10,000 orders resting, or as many as asked for. Only the
standard library: the peer's process, which has another Python, reads the same file.
"""

import bisect
import random
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SEED = 20260101
LIMIT, CANCEL, MARKET = 1, 2, 3
BUY, SELL = 0, 1
HIGHEST, LOWEST = 199_999, 1
TARGET = 10_000
FEWEST = 2_000
ACCOUNTS = 1_000
DISTANCE = 40.0


class FlowCommand(NamedTuple):
    """`order_id` is new, or that of a resting order to cancel."""

    operation: int
    order_id: int
    side: int
    price: int
    quantity: int
    account: int


class FlowTrade(NamedTuple):
    maker: int
    taker: int
    price: int
    quantity: int


class Totals(NamedTuple):
    """After a command: trades so far, lots traded so far, orders resting."""

    trades: int
    volume: int
    resting: int


class Oracle:
    """Price-time priority written to be read: sorted prices, and a list of order ids at each."""

    def __init__(self) -> None:
        self.queues: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
        self.prices: tuple[list[int], list[int]] = ([], [])
        self.orders: dict[int, list[int]] = {}  # side, price, remaining
        self.trades: list[FlowTrade] = []
        self.volume = 0

    def best(self, side: int) -> int | None:
        prices = self.prices[side]
        if not prices:
            return None
        return prices[-1] if side == BUY else prices[0]

    def totals(self) -> Totals:
        return Totals(len(self.trades), self.volume, len(self.orders))

    def place(self, order_id: int, side: int, price: int, quantity: int) -> list[int]:
        """Match, then rest with what remains. Returns the makers that were filled."""
        filled = []
        while quantity:
            best = self.best(1 - side)
            if best is None or (best > price if side == BUY else best < price):
                self._rest(order_id, side, price, quantity)
                break
            maker = self.queues[1 - side][best][0]
            traded = min(quantity, self.orders[maker][2])
            quantity -= traded
            self.volume += traded
            self.trades.append(FlowTrade(maker, order_id, best, traded))
            self.orders[maker][2] -= traded
            if not self.orders[maker][2]:
                self.cancel(maker)
                filled.append(maker)
        return filled

    def cancel(self, order_id: int) -> None:
        side, price, _ = self.orders.pop(order_id)
        queue = self.queues[side][price]
        queue.remove(order_id)
        if not queue:
            del self.queues[side][price]
            del self.prices[side][bisect.bisect_left(self.prices[side], price)]

    def _rest(self, order_id: int, side: int, price: int, quantity: int) -> None:
        self.orders[order_id] = [side, price, quantity]
        if price not in self.queues[side]:
            self.queues[side][price] = []
            bisect.insort(self.prices[side], price)
        self.queues[side][price].append(order_id)


class _Flow:
    """Draws the commands. Knows the resting orders in a list too, to pick one of them at random."""

    def __init__(self, seed: int, target: int, distance: float) -> None:
        self.random = random.Random(seed)
        self.oracle = Oracle()
        self.resting: list[int] = []
        self.places: dict[int, int] = {}
        self.middle = 100_000.0
        self.order_id = 0
        self.target, self.distance = target, distance

    def draw(self, index: int) -> FlowCommand:
        self.middle += self.random.gauss(0, 0.05)
        live, chance = len(self.oracle.orders), self.random.random()
        cancels = 0.40 + 0.10 * (live - self.target) / self.target
        filling = live < FEWEST or (live < self.target and index < 2 * self.target)
        if not filling and live > FEWEST and chance < cancels:
            return self._cancel()
        taking = not filling and live > FEWEST and chance < cancels + 0.10
        self.order_id += 1
        side, account = self.random.getrandbits(1), 1 + self.random.randrange(ACCOUNTS)
        return self._taking(side, account) if taking else self._passive(side, account)

    def _cancel(self) -> FlowCommand:
        """Half of the cancels mean a recent order, half any."""
        if self.random.random() < 0.5:
            last = len(self.resting) - 1
            place = last - min(int(self.random.expovariate(1 / 300)), last)
        else:
            place = self.random.randrange(len(self.resting))
        order_id = self.resting[place]
        self.oracle.cancel(order_id)
        self._forget(order_id)
        return FlowCommand(CANCEL, order_id, 0, 0, 0, 0)

    def _taking(self, side: int, account: int) -> FlowCommand:
        quantity = 1 + int(self.random.expovariate(1 / 70.0))
        if self.random.random() < 0.5:
            price = HIGHEST if side == BUY else LOWEST
            return self._placed(FlowCommand(MARKET, self.order_id, side, price, quantity, account))
        best = self.oracle.best(1 - side)
        assert best is not None
        through = self.random.randrange(4)
        price = best + through if side == BUY else best - through
        return self._placed(FlowCommand(LIMIT, self.order_id, side, price, quantity, account))

    def _passive(self, side: int, account: int) -> FlowCommand:
        quantity = 1 + int(self.random.expovariate(1 / 50.0))
        distance = 1 + int(self.random.expovariate(1 / self.distance))
        price = int(self.middle) - distance if side == BUY else int(self.middle) + distance
        return self._placed(FlowCommand(LIMIT, self.order_id, side, price, quantity, account))

    def _placed(self, command: FlowCommand) -> FlowCommand:
        filled = self.oracle.place(command.order_id, command.side, command.price, command.quantity)
        if command.order_id in self.oracle.orders:
            assert command.operation == LIMIT, "a market order found too few orders"
            self.places[command.order_id] = len(self.resting)
            self.resting.append(command.order_id)
        for maker in filled:
            self._forget(maker)
        return command

    def _forget(self, order_id: int) -> None:
        place, last = self.places.pop(order_id), self.resting.pop()
        if last != order_id:
            self.resting[place] = last
            self.places[last] = place


def generate(
    count: int, seed: int = SEED, *, target: int = TARGET, distance: float = DISTANCE
) -> tuple[list[FlowCommand], list[Totals], list[FlowTrade]]:
    """The commands, the totals after each, all trades. A shorter flow is a longer one's beginning.

    `target`: about how many orders rest, from the `2 * target`-th command on; `distance`: how far from the
    middle they do on average, in ticks.
    """
    flow = _Flow(seed, target, distance)
    commands, totals = [], []
    for index in range(count):
        commands.append(flow.draw(index))
        totals.append(flow.oracle.totals())
    return commands, totals, flow.oracle.trades


def save(path: Path, commands: Iterable[FlowCommand]) -> None:
    with path.open("wb") as file:
        array("q", [number for command in commands for number in command]).tofile(file)


def load(path: Path) -> Iterator[FlowCommand]:
    numbers = array("q", path.read_bytes())
    width = len(FlowCommand._fields)
    for start in range(0, len(numbers), width):
        yield FlowCommand(*numbers[start : start + width])


def trader(command: FlowCommand) -> int:
    """An account buys as 2a and sells as 2a + 1, so that nobody meets an order of his own."""
    return 2 * command.account + command.side
