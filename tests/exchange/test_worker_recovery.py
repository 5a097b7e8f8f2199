"""The tables always are the engine: loaded at any moment they give the state that it has in memory."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from exchange.connections import engine_connection
from exchange.engine.commands import Command, cancel_all, cancel_order, place_order
from exchange.engine.snapshot import OrderState
from exchange.engine.types import OrderStatus, OrderType, SelfTradePrevention, Side, TimeInForce
from exchange.models import Balance, Order, Trade
from exchange.recovery import load_engine
from exchange.rules import TransferDirection
from exchange.services.transfers import begin_transfer
from ledger.errors import InsufficientFunds
from tests.exchange.scene import Scene
from tests.exchange.support import MARKET, USDB, settle
from tests.support.represented import represented

STEPS = 30
COMMANDS = 8  # of each step
OPEN = (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.UNTRIGGERED)
_NAMED_OTHERWISE = {"order_id", "account", "untriggered"}


class Flow:
    """Random commands of Alice and Bob, the same for the same seed."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene = scene
        self.chance = random.Random(seed)
        self.number = 0

    def step(self) -> None:
        for _ in range(COMMANDS):
            self.scene.put(self._command())
        if self.chance.random() < 0.3:
            self._transfer()

    def _command(self) -> Command:
        kinds: list[Callable[[int], Command]] = [self._place, self._place, self._place, self._cancel]
        if self.chance.random() < 0.03:
            return cancel_all(account=self._somebody())
        return self.chance.choice(kinds)(self._somebody())

    def _somebody(self) -> int:
        return self.chance.choice((self.scene.alice, self.scene.bob))

    def _place(self, account: int) -> Command:
        self.number += 1
        is_limit = self.chance.random() < 0.8
        by_budget = not is_limit and self.chance.random() < 0.5
        post_only = is_limit and self.chance.random() < 0.2
        immediate = TimeInForce(self.chance.choice((TimeInForce.IOC, TimeInForce.FOK)))
        rests = is_limit and (post_only or self.chance.random() < 0.7)
        return place_order(
            account=account,
            market=MARKET,
            side=Side(self.chance.randrange(2)),
            order_type=OrderType.LIMIT if is_limit else OrderType.MARKET,
            time_in_force=TimeInForce.GTC if rests else immediate,
            post_only=post_only,
            price_ticks=5_000_000 + self.chance.randrange(-20, 21) if is_limit else 0,
            quantity_lots=0 if by_budget else self.chance.randrange(1, 5_000),
            budget_atoms=self.chance.randrange(1, 5_000) * USDB if by_budget else 0,
            self_trade_prevention=SelfTradePrevention(self.chance.randrange(4)),
            client_order_id=f"{account}-{self.number}" if self.chance.random() < 0.5 else "",
        )

    def _cancel(self, account: int) -> Command:
        mine = self.scene.worker.engine.open_orders(account)
        return cancel_order(account=account, order_id=self.chance.choice(mine).order_id if mine else 1)

    def _transfer(self) -> None:
        self.number += 1
        with suppress(InsufficientFunds):
            begin_transfer(
                user_id=self._somebody(),
                shard=0,
                direction=self.chance.choice(list(TransferDirection)),
                asset=self.chance.choice(("BTC", "USDB")),
                amount_atoms=self.chance.randrange(1, 10**9),
                key=f"flow-{self.number}",
            )


@pytest.mark.parametrize("seed", represented([1, 2, 3], by=[2]))
def test_after_every_step_of_any_flow_the_tables_are_the_engine(scene: Scene, seed: int) -> None:
    flow = Flow(scene, seed)
    with engine_connection() as connection, connection.cursor() as cursor:
        for step in range(STEPS):
            flow.step()
            settle(scene.worker)
            live = scene.worker.engine
            assert load_engine(cursor, 0).state_digest() == live.state_digest(), f"seed {seed}, step {step}"
            if step % 10 == 9:
                scene.restart()
    _assert_rows_are_the_engine(scene)
    assert Trade.objects.count() > 20
    scene.check()


def _assert_rows_are_the_engine(scene: Scene) -> None:
    engine = scene.worker.engine
    rows = {row.id: row for row in Order.objects.filter(status__in=OPEN)}
    orders = engine.open_orders()
    assert [order.order_id for order in orders] == sorted(rows)
    for order in orders:
        assert _of_row(rows[order.order_id]) == order
    for balance in Balance.objects.all():
        held = engine.balance(balance.account_id, balance.asset)
        assert held == (balance.free_atoms, balance.locked_atoms)


def _of_row(row: Order) -> OrderState:
    return OrderState(
        order_id=row.id,
        account=row.account_id,
        untriggered=row.status == OrderStatus.UNTRIGGERED,
        **{name: getattr(row, name) for name in OrderState._fields if name not in _NAMED_OTHERWISE},
    )
