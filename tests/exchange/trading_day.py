"""A market day for stories: a clock that the test sets, orders in words, and what everybody has."""

import time
from dataclasses import replace
from decimal import Decimal

from exchange.engine.commands import PlaceOrder, place_order
from exchange.engine.events import OrderAccepted
from exchange.engine.types import OrderStatus, OrderType, Side
from exchange.models import Balance, Market, Order
from exchange.statements.trades import Row, TradeStatement
from tests.exchange.scene import Scene
from tests.exchange.support import BTC, FAST, MARKET, USDB, make_worker, person, settle, ticks

SECOND = 10**9
MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND
OF_ITS_OWN = replace(FAST, skew_ns=10**18)  # the clock of a story stands still, and leaps


class Day:
    """Alice and Bob begin with 10 BTC and 1,000,000 USDB, Carol with as much. Fees: maker 0.02 %, taker
    0.05 %. A lot is 0.00001 BTC, so 1,000 lots at 50,000 are 500 USDB."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.now_ns = time.time_ns()
        scene.worker.stop()
        scene.worker = make_worker(limits=OF_ITS_OWN, clock_ns=lambda: self.now_ns)
        self.alice, self.bob = scene.alice, scene.bob
        self.carol = person("carol", btc=10 * BTC, usdb=1_000_000 * USDB)
        settle(scene.worker)
        self.later(25 * HOUR - self.now_ns % HOUR)  # tomorrow, at a full hour

    def later(self, nanoseconds: int) -> None:
        """The worker turns when so much time has gone by."""
        self.now_ns += nanoseconds
        settle(self.scene.worker)

    def order(self, account: int, side: Side, price: str, lots: int = 1_000, **rest: object) -> Order:
        return self.send(_order(account, side, lots, price_ticks=ticks(price), **rest))

    def conditional(self, account: int, side: Side, kind: OrderType, trigger: str, lots: int) -> Order:
        return self.send(_order(account, side, lots, order_type=kind, trigger_price_ticks=ticks(trigger)))

    def send(self, command: PlaceOrder) -> Order:
        """The order's row, once the engine has answered."""
        accepted = self.scene.tell(command).events[0]
        assert isinstance(accepted, OrderAccepted), accepted
        return Order.objects.get(id=accepted.order_id)

    def trade(self, price: str, lots: int = 10) -> None:
        """Bob buys from Carol: the last price is what it has to be."""
        self.order(self.bob, Side.BUY, price, lots)
        self.order(self.carol, Side.SELL, price, lots)

    def has(self, account: int) -> dict[str, tuple[Decimal, Decimal]]:
        """By asset: free and locked, in whole units."""
        rows = Balance.objects.filter(account_id=account)
        return {one.asset: (_units(one.free_atoms), _units(one.locked_atoms)) for one in rows}

    def statement(self, account: int) -> list[Row]:
        pages = TradeStatement(account, market=None, start_ms=None, end_ms=None).rows()
        return [place_and_row[1] for place_and_row in pages if place_and_row is not None]

    @property
    def market(self) -> Market:
        return Market.objects.get(symbol=MARKET)


def _order(account: int, side: Side, lots: int, **rest: object) -> PlaceOrder:
    return place_order(account=account, market=MARKET, side=side, quantity_lots=lots, **rest)  # type: ignore[arg-type]


def _units(atoms: int) -> Decimal:
    return Decimal(atoms) / 10**8


def status(order: Order) -> OrderStatus:
    """As it is now."""
    order.refresh_from_db()
    return OrderStatus(order.status)


def money(free: str, locked: str = "0") -> tuple[Decimal, Decimal]:
    return Decimal(free), Decimal(locked)
