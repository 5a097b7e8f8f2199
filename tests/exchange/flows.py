"""Random commands of every kind about two markets, the same for the same seed: few prices and tight funds."""

from collections.abc import Callable
from random import Random
from typing import Any

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.types import (
    EVERYBODY,
    MarketStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from tests.exchange.tables import ACCOUNTS, MARKETS

SECOND_NS = 10**9
LIMITS = (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
TYPES = [OrderType.LIMIT] * 8 + list(OrderType) * 2


class Flow:
    def __init__(self, seed: int, engine: Engine) -> None:
        self.chance = Random(seed)
        self.engine = engine
        self.now_ns = 1_700_000_000 * SECOND_NS
        self.number = 0
        self.named: list[c.PlaceOrder] = []

    def step(self) -> list[c.Command]:
        """A batch, after some time has passed."""
        self.now_ns += self.chance.choice([0, 1, SECOND_NS // 7, SECOND_NS, 90 * SECOND_NS])
        if self.chance.random() < 0.03:
            self.now_ns += 3600 * SECOND_NS * self.chance.choice([1, 9, 25])
        return [self.command() for _ in range(self.chance.randint(1, 9))]

    def opening(self) -> list[c.Command]:
        funds = self.chance.choice([60_000, 10**6, 10**9])
        return [
            c.deposit(account=account, asset=asset, amount_atoms=funds, transfer_id=1)
            for account in ACCOUNTS
            for asset in ("BTC", "ETH", "USDB")
        ]

    def command(self) -> c.Command:
        kinds: list[Callable[[], c.Command]] = [
            self.place, self.cancel, self.amend, self.switch, self.status, self.change, self.tiers, self.money
        ]  # fmt: skip
        return self.chance.choices(kinds, [60, 12, 16, 4, 3, 2, 2, 1])[0]()

    def place(self) -> c.Command:
        chance = self.chance
        if self.named and chance.random() < 0.1:
            return chance.choice(self.named)
        order_type, side = chance.choice(TYPES), chance.choice(list(Side))
        tif = chance.choice(list(TimeInForce) if order_type in LIMITS else [TimeInForce.IOC, TimeInForce.FOK])
        by_budget = order_type not in LIMITS and chance.random() < 0.4
        self.number += 1
        placed = c.place_order(
            account=chance.choice(ACCOUNTS),
            market=chance.choice(MARKETS),
            side=side,
            order_type=order_type,
            time_in_force=tif,
            post_only=tif in (TimeInForce.GTC, TimeInForce.GTD) and chance.random() < 0.3,
            price_ticks=self.price() if order_type in LIMITS else 0,
            quantity_lots=0 if by_budget else chance.randint(1, 30),
            budget_atoms=chance.randint(500, 40_000) if by_budget else 0,
            self_trade_prevention=chance.choice([SelfTradePrevention.DECREMENT, *SelfTradePrevention]),
            client_order_id=f"n{chance.randint(self.number - 6, self.number)}"
            if chance.random() < 0.4
            else "",
            trigger_price_ticks=0 if order_type <= OrderType.MARKET else self.price(),
            expires_ns=self.now_ns + chance.randint(1, 200 * SECOND_NS) if tif == TimeInForce.GTD else 0,
        )
        if placed.client_order_id:
            self.named = [*self.named[-9:], placed]
        return placed

    def price(self) -> int:
        return 100 + self.chance.randint(-6, 6)

    def _target(self) -> dict[str, Any]:
        """Mostly an order that is open."""
        orders = self.engine.open_orders()
        if not orders or self.chance.random() < 0.05:
            return {"account": self.chance.choice(ACCOUNTS), "order_id": 64 * self.chance.randint(1, 99)}
        order = self.chance.choice(orders)
        if order.client_order_id and self.chance.random() < 0.3:
            return {"account": order.account, "client_order_id": order.client_order_id}
        return {"account": order.account, "order_id": order.order_id}

    def cancel(self) -> c.Command:
        if self.chance.random() < 0.15:
            account = self.chance.choice([EVERYBODY, *ACCOUNTS])
            return c.cancel_all(account=account, market=self.chance.choice(["", *MARKETS]))
        return c.cancel_order(**self._target())

    def amend(self) -> c.Command:
        changes: dict[str, Any] = {
            "price_ticks": self.price(),
            "quantity_lots": self.chance.randint(1, 30),
            "trigger_price_ticks": self.price(),
        }
        chosen = {name: value for name, value in changes.items() if self.chance.random() < 0.4}
        return c.amend_order(**self._target(), **chosen, keep_priority=self.chance.random() < 0.1)

    def switch(self) -> c.Command:
        timeout_ns = self.chance.choice([0, SECOND_NS, 5 * SECOND_NS, 100 * SECOND_NS])
        account, market = self.chance.choice(ACCOUNTS), self.chance.choice(["", *MARKETS])
        return c.set_switch(account=account, market=market, timeout_ns=timeout_ns)

    def status(self) -> c.Command:
        statuses = [MarketStatus.OPEN] * 12 + list(MarketStatus)
        if self.chance.random() < 0.3:
            return c.set_reference_price(market=self.chance.choice(MARKETS), price_ticks=self.price())
        return c.set_market_status(market=self.chance.choice(MARKETS), status=self.chance.choice(statuses))

    def change(self) -> c.Command:
        taker_fee_ppm = self.chance.choice([300, 500, 2_000])
        return c.change_market(
            market=self.chance.choice(MARKETS),
            price_step_ticks=1,
            quantity_step_lots=1,
            min_notional_atoms=0,
            max_notional_atoms=2**62,
            max_open_orders=self.chance.choice([30, 200]),
            maker_fee_ppm=self.chance.choice([0, 200, -300]),
            taker_fee_ppm=taker_fee_ppm,
            band_ppm=self.chance.choice([0, 50_000]),
            breaker_ppm=self.chance.choice([40_000, 90_000]),
            breaker_window_ns=60 * SECOND_NS,
            breaker_halt_ns=self.chance.choice([0, 30 * SECOND_NS]),
        )

    def tiers(self) -> c.Command:
        if self.chance.random() < 0.5:
            return c.set_account_tier(account=self.chance.choice(ACCOUNTS), tier=self.chance.randint(0, 3))
        rates = {"maker_fee_ppm": self.chance.choice([0, 100]), "taker_fee_ppm": 400}
        return c.set_fee_tier(market=self.chance.choice(MARKETS), tier=self.chance.randint(1, 3), **rates)

    def money(self) -> c.Command:
        account, asset = self.chance.choice(ACCOUNTS), self.chance.choice(["BTC", "ETH", "USDB"])
        amount_atoms = self.chance.randint(1, 10**6)
        if self.chance.random() < 0.5:
            return c.deposit(account=account, asset=asset, amount_atoms=amount_atoms, transfer_id=1)
        return c.withdraw(account=account, asset=asset, amount_atoms=amount_atoms, transfer_id=1)
