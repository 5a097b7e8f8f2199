"""Twenty thousand commands of a lively market against a book of nothing but price and time."""

from bisect import insort
from random import Random

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import EventKind
from exchange.engine.types import OrderType, Side
from tests.engine.invariants import check_state
from tests.engine.support import MARKET, fund, open_market

SEED, COMMANDS, ACCOUNTS = 20260101, 20_000, 200
Fill = tuple[int, int, int, int, int]  # taker, maker, price, lots, maker's rest


class PriceTimeBook:
    """Two sorted lists of [rank, order id, price, lots], the best first; no accounts, no money."""

    def __init__(self) -> None:
        self.halves: dict[int, list[list[int]]] = {Side.BUY: [], Side.SELL: []}
        self.fills: list[Fill] = []

    def place(self, order_id: int, side: int, price: int, lots: int) -> None:
        """A market order has price 0 and leaves nothing."""
        makers = self.halves[1 - side]
        while lots and makers:
            maker = makers[0]
            if price and (maker[2] > price if side == Side.BUY else maker[2] < price):
                break
            traded = min(lots, maker[3])
            lots -= traded
            maker[3] -= traded
            self.fills.append((order_id, maker[1], maker[2], traded, maker[3]))
            if not maker[3]:
                makers.pop(0)
        if lots and price:
            insort(self.halves[side], [-price if side == Side.BUY else price, order_id, price, lots])

    def cancel(self, order_id: int) -> None:
        for half in self.halves.values():
            half[:] = [order for order in half if order[1] != order_id]

    def resting(self) -> list[int]:
        return [order[1] for half in self.halves.values() for order in half]


def flow(random: Random, book: PriceTimeBook, first_sequence: int) -> list[c.Command]:
    """Half passive orders around a drifting middle, four tenths cancels, the rest takers."""
    commands: list[c.Command] = []
    owners: dict[int, int] = {}
    resting: list[int] = []
    middle = 10_000.0
    for number in range(COMMANDS):
        middle += random.gauss(0, 0.2)
        if number % 7 == 0:
            resting = book.resting()
        order_id = 64 * (first_sequence + number)
        kind = random.random()
        if kind < 0.4 and number > 2_000 and resting:
            victim = resting.pop(random.randrange(len(resting)))
            book.cancel(victim)
            commands.append(c.cancel_order(account=owners[victim], order_id=victim))
            continue
        side = Side(random.getrandbits(1))
        account = owners[order_id] = 2 * random.randint(1, ACCOUNTS) + side
        lots = 1 + int(random.expovariate(1 / 50))
        away = 1 + int(random.expovariate(1 / 20))
        price = int(middle) + (away if side == Side.SELL else -away)
        if kind > 0.95:
            price = 0
        elif kind > 0.9:
            price = int(middle) + (3 if side == Side.BUY else -3)
        book.place(order_id, side, price, lots)
        order_type = OrderType.LIMIT if price else OrderType.MARKET
        commands.append(
            c.place_order(
                account=account,
                market=MARKET,
                side=side,
                quantity_lots=lots,
                price_ticks=price,
                order_type=order_type,
            )
        )
    return commands


def test_it_trades_exactly_as_price_and_time_demand() -> None:
    engine, book = Engine(), PriceTimeBook()
    open_market(engine, max_open_orders=10**6)
    for account in range(2, 2 * ACCOUNTS + 2):
        fund(engine, account, BTC=10**12, USDB=10**12)
    commands = flow(Random(SEED), book, engine.sequence + 1)
    fills: list[Fill] = []
    for start in range(0, COMMANDS, 1_000):
        for events in engine.apply_batch(commands[start : start + 1_000], 1):
            for event in events:
                if event[0] == EventKind.TRADE:
                    fills.append((event[4], event[3], event[8], event[9], event[13]))
        check_state(engine)
    assert len(fills) > 2_000
    assert fills == book.fills
    assert {order.order_id for order in engine.open_orders()} == set(book.resting())
