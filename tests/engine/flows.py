"""Seeded journals for property tests: few prices, few accounts and tight funds, so that orders meet.

Hypothesis chooses the seed and the length, so that a failure shrinks to the shortest journal of a seed.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from exchange.engine import commands as c
from exchange.engine.types import OrderType, SelfTradePrevention, Side, TimeInForce
from tests.engine.support import HOUR_NS, MARKET

OTHER = "ETH-USDB"
ACCOUNTS = range(1, 5)
GTC, IOC, FOK = TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK

Journal = list[tuple[c.Command, int]]


def journal(seed: int, length: int) -> Journal:
    """Two markets, some money, then `length` commands, each with its time."""
    random = Random(seed)
    entries: Journal = [(command, 0) for command in opening(random)]
    now = 0
    for _ in range(length):
        now += random.choice([0, 0, 1, 1, 1, HOUR_NS // 4])
        if random.random() < 0.01:
            now += 13 * HOUR_NS
        again = random.random() < 0.05
        command = random.choice(entries)[0] if again else any_command(random, len(entries))
        entries.append((command, now))
    return entries


def opening(random: Random) -> list[c.Command]:
    first = c.create_market(market=MARKET, base_asset="BTC", quote_asset="USDB", **terms(random))
    second = c.create_market(market=OTHER, base_asset="ETH", quote_asset="USDB", **terms(random))
    funds = random.choice([3_000, 10**6, 10**9, 10**12])
    deposits = [
        c.deposit(account=account, asset=asset, amount_atoms=random.randint(funds // 2, funds), transfer_id=1)
        for account in ACCOUNTS
        for asset in ("BTC", "ETH", "USDB")
    ]
    return [first, second, *deposits]


def terms(random: Random) -> dict[str, int]:
    taker_fee_ppm = random.choice([0, 300, 500, 40_000])
    return {
        "base_atoms_per_lot": random.choice([1, 7]),
        "quote_atoms_per_tick_lot": random.choice([1, 1, 3, 1000]),
        "price_step_ticks": random.choice([1, 1, 2]),
        "quantity_step_lots": random.choice([1, 1, 2]),
        "min_notional_atoms": random.choice([0, 0, 150]),
        "max_notional_atoms": random.choice([10**12] * 8 + [1_000]),
        "max_open_orders": random.choice([3, 200, 200]),
        "maker_fee_ppm": random.choice([0, 200, 5000, -min(300, taker_fee_ppm)]),
        "taker_fee_ppm": taker_fee_ppm,
    }


def any_command(random: Random, sequence: int) -> c.Command:
    """`sequence` is that of the last command before, for cancels of orders that may exist."""
    makers: list[Callable[[Random], c.Command]] = [limit, market, money, nonsense]
    makers.append(lambda random: cancel(random, sequence))
    return random.choices(makers, [60, 12, 5, 4, 14])[0](random)


def limit(random: Random) -> c.Command:
    side = random.choice(list(Side))
    middle = 98 if side == Side.BUY else 102
    time_in_force = random.choice([GTC, GTC, GTC, GTC, IOC, FOK])
    return c.place_order(
        **common(random),
        side=side,
        quantity_lots=random.randint(1, 6) * 2 - (random.random() < 0.1),
        price_ticks=middle + random.randint(-3, 3) * 2 - (random.random() < 0.1),
        time_in_force=time_in_force,
        post_only=time_in_force == GTC and random.random() < 0.2,
    )


def market(random: Random) -> c.Command:
    bounds: dict[str, Any] = {}
    if random.random() < 0.6:
        bounds["quantity_lots"] = random.randint(1, 10) * 2
    if random.random() < 0.5 or not bounds:
        bounds["budget_atoms"] = random.choice([90, 500, 1_000, 2_000, 10**6])
    return c.place_order(
        **common(random),
        side=random.choice(list(Side)),
        order_type=OrderType.MARKET,
        time_in_force=random.choice([GTC, IOC, IOC, FOK]),
        **bounds,
    )


def common(random: Random) -> dict[str, Any]:
    return {
        "account": random.choice(ACCOUNTS),
        "market": random.choice([MARKET, MARKET, MARKET, OTHER]),
        "self_trade_prevention": random.choice(list(SelfTradePrevention)),
        "client_order_id": random.choice([""] * 20 + ["a", "b", "c", "d"]),
        "deadline_ns": deadline_ns(random),
    }


def deadline_ns(random: Random) -> int:
    """None, one that nobody meets any more but at the very beginning, or one that everybody meets."""
    return random.choice([0] * 12 + [2**62] * 8 + [5])


def cancel(random: Random, sequence: int) -> c.Command:
    account = random.choice(ACCOUNTS)
    kind = random.random()
    if kind < 0.1:
        return c.cancel_all(account=account, market=random.choice(["", MARKET, OTHER, "NONE"]))
    if kind < 0.3:
        return c.cancel_order(account=account, client_order_id=random.choice(["", "a", "b", "c", "d"]))
    order_id = 64 * max(1, sequence - random.randint(0, 15))
    return c.cancel_order(account=account, order_id=order_id, deadline_ns=deadline_ns(random))


def money(random: Random) -> c.Command:
    movement: dict[str, Any] = {
        "account": random.choice(ACCOUNTS),
        "asset": random.choice(["BTC", "ETH", "USDB", "NONE"]),
        "amount_atoms": random.choice([-1, 0, 1, 50, 3_000, 2**63 - 10**9]),
        "transfer_id": 9,
    }
    return c.deposit(**movement) if random.random() < 0.5 else c.withdraw(**movement)


def nonsense(random: Random) -> c.Command:
    if random.random() < 0.1:
        return c.Malformed(0)
    sizes: list[Any] = [-1, 0, 1, 7, 100, 2**62, 2**63]
    return c.PlaceOrder(
        int(c.CommandKind.PLACE_ORDER),
        0,
        random.choice(ACCOUNTS),
        random.choice([MARKET, MARKET, "", "NONE"]),
        random.randint(-1, 2),
        random.randint(-1, 2),
        random.randint(-1, 3),
        random.random() < 0.2,
        random.choice(sizes),
        random.choice(sizes),
        random.choice([0, 0, *sizes]),
        random.randint(-1, 4),
        random.choice(["", "a"]),
    )
