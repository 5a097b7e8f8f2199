"""Seeded journals for property tests: few prices, few accounts and tight funds, so that orders meet.

Hypothesis chooses the seed and the length, so that a failure shrinks to the shortest journal of a seed.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.types import EVERYBODY, MarketStatus, OrderType, SelfTradePrevention, Side, TimeInForce
from tests.engine.support import HOUR_NS, MARKET

OTHER = "ETH-USDB"
ACCOUNTS = range(1, 5)
GTC, IOC, FOK, GTD = TimeInForce
STOP_LIMITS = (OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
STOP_MARKETS = (OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET)
FOR_EVER = 2**62

Journal = list[tuple[c.Command, int]]
Placed = list[tuple[int, int]]  # account and order id of open orders
Maker = Callable[[Random, Placed, int], c.Command]  # of chance, the open orders, and the time


def journal(seed: int, length: int) -> Journal:
    """Two markets, some money, then `length` commands, each with its time.

    An engine runs along for its open orders only: without them hardly an amend or cancel would find one.
    """
    random, engine = Random(seed), Engine()
    entries: Journal = [(command, 0) for command in opening(random)]
    engine.apply_batch([command for command, _ in entries], 0)
    now = 0
    for _ in range(length):
        now += random.choice([0, 0, 1, 1, 1, HOUR_NS // 4])
        if random.random() < 0.01:
            now += 13 * HOUR_NS
        again = random.random() < 0.05
        command = random.choice(entries)[0] if again else any_command(random, open_orders(engine), now)
        entries.append((command, now))
        engine.apply(command, now)
    return entries


def open_orders(engine: Engine) -> Placed:
    return [(order.account, order.order_id) for order in engine.open_orders()]


def opening(random: Random) -> list[c.Command]:
    first = c.create_market(
        market=MARKET, base_asset="BTC", quote_asset="USDB", **units(random), **terms(random)
    )
    second = c.create_market(
        market=OTHER, base_asset="ETH", quote_asset="USDB", **units(random), **terms(random)
    )
    funds = random.choice([2_000, 2_000, 10**6, 10**9, 10**12])
    deposits = [
        c.deposit(account=account, asset=asset, amount_atoms=random.randint(funds // 2, funds), transfer_id=1)
        for account in ACCOUNTS
        for asset in ("BTC", "ETH", "USDB")
    ]
    return [first, second, *deposits]


def units(random: Random) -> dict[str, int]:
    per_tick_lot = random.choice([1, 1, 3, 1000])
    return {"base_atoms_per_lot": random.choice([1, 7]), "quote_atoms_per_tick_lot": per_tick_lot}


def terms(random: Random) -> dict[str, int]:
    taker_fee_ppm = random.choice([0, 300, 500, 40_000])
    breaker_ppm = random.choice([0, 0, 0, 30_000, 60_000])
    return {
        "price_step_ticks": random.choice([1, 1, 2]),
        "quantity_step_lots": random.choice([1, 1, 2]),
        "min_notional_atoms": random.choice([0, 0, 150]),
        "max_notional_atoms": random.choice([10**12] * 12 + [1_000]),
        "max_open_orders": random.choice([3, 200, 200, 200]),
        "maker_fee_ppm": random.choice([0, 200, 5000, -min(300, taker_fee_ppm)]),
        "taker_fee_ppm": taker_fee_ppm,
        "band_ppm": random.choice([0, 0, 40_000, 80_000]),
        "breaker_ppm": breaker_ppm,
        "breaker_window_ns": HOUR_NS if breaker_ppm else 0,
        "breaker_halt_ns": random.choice([0, 1, 1, HOUR_NS // 4]),
    }


def any_command(random: Random, placed: Placed, now: int) -> c.Command:
    makers: list[Maker] = [limit, market, trigger, amend, cancel, money, time_passes, operator, nonsense]
    return random.choices(makers, [62, 12, 16, 12, 8, 4, 6, 8, 2])[0](random, placed, now)


def limit(random: Random, placed: Placed, now: int) -> c.Command:
    side = random.choice(list(Side))
    middle = 98 if side == Side.BUY else 102
    time_in_force = random.choice([GTC, GTC, GTC, GTC, GTC, IOC, FOK, GTD])
    return c.place_order(
        **common(random),
        side=side,
        quantity_lots=random.randint(1, 6) * 2 - (random.random() < 0.1),
        price_ticks=middle + random.randint(-3, 3) * 2 - (random.random() < 0.1),
        time_in_force=time_in_force,
        post_only=time_in_force in (GTC, GTD) and random.random() < 0.2,
        expires_ns=expires_ns(random, time_in_force, now),
    )


def market(random: Random, placed: Placed, now: int) -> c.Command:
    return c.place_order(
        **common(random),
        side=random.choice(list(Side)),
        order_type=OrderType.MARKET,
        time_in_force=random.choice([GTC, IOC, IOC, FOK]),
        **bounds(random),
    )


def bounds(random: Random) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    if random.random() < 0.6:
        bounds["quantity_lots"] = random.randint(1, 10) * random.choice([2, 2, 8])
    if random.random() < 0.5 or not bounds:
        bounds["budget_atoms"] = random.choice([90, 500, 1_000, 2_000, 10**6])
    return bounds


def trigger(random: Random, placed: Placed, now: int) -> c.Command:
    """Mostly on the side of the middle where it waits."""
    side, order_type = random.choice(list(Side)), random.choice(STOP_LIMITS + STOP_MARKETS)
    above = (side == Side.BUY) == (order_type in (OrderType.STOP_LIMIT, OrderType.STOP_MARKET))
    order: dict[str, Any] = random.choice([bounds(random), {"quantity_lots": random.choice([2, 20, 200])}])
    time_in_force = random.choice([GTC, IOC, FOK])
    if order_type in STOP_LIMITS:
        time_in_force = random.choice([GTC, GTC, IOC, FOK, GTD])
        order = {"quantity_lots": random.randint(1, 6) * 2, "price_ticks": 100 + random.randint(-4, 4) * 2}
        order["post_only"] = time_in_force in (GTC, GTD) and random.random() < 0.5
    return c.place_order(
        **common(random),
        side=side,
        order_type=order_type,
        time_in_force=time_in_force,
        trigger_price_ticks=100 + random.randint(-1, 4) * (2 if above else -2) - (random.random() < 0.05),
        expires_ns=expires_ns(random, time_in_force, now),
        **order,
    )


def expires_ns(random: Random, time_in_force: TimeInForce, now: int) -> int:
    return now + random.choice([0, 2, HOUR_NS, 9 * HOUR_NS, FOR_EVER // 2]) if time_in_force == GTD else 0


def common(random: Random) -> dict[str, Any]:
    return {
        "account": random.choice(ACCOUNTS),
        "market": any_market(random),
        "self_trade_prevention": random.choice(list(SelfTradePrevention)),
        "client_order_id": random.choice([""] * 20 + ["a", "b", "c", "d"]),
        "deadline_ns": deadline_ns(random),
    }


def any_market(random: Random) -> str:
    return random.choice([MARKET, MARKET, MARKET, OTHER])


def deadline_ns(random: Random) -> int:
    """None, one that nobody meets any more but at the very beginning, or one that everybody meets."""
    return random.choice([0] * 12 + [FOR_EVER] * 8 + [5])


def amend(random: Random, placed: Placed, now: int) -> c.Command:
    return c.amend_order(
        **an_order(random, placed),
        price_ticks=random.choice([0, 0, 96, 98, 100, 102, 104, -1, 97]),
        quantity_lots=random.choice([0, 0, 1, 2, 4, 6, 8, 12, 20, 2000]),
        trigger_price_ticks=random.choice([0, 0, 0, 0, 92, 96, 98, 102, 104, 108]),
        keep_priority=random.random() < 0.2,
        deadline_ns=deadline_ns(random),
    )


def an_order(random: Random, placed: Placed) -> dict[str, Any]:
    """By its id, or by a client order id; sometimes somebody else's."""
    account, order_id = random.choice(placed or [(1, 64)])
    if random.random() < 0.15:
        return {"account": account, "client_order_id": random.choice(["", "a", "b", "c", "d"])}
    return {"account": account + (random.random() < 0.1), "order_id": order_id}


def cancel(random: Random, placed: Placed, now: int) -> c.Command:
    kind = random.random()
    if kind < 0.005:
        return c.cancel_all(account=EVERYBODY, market=random.choice(["", MARKET]))
    if kind < 0.06:
        account, market = random.choice(ACCOUNTS), random.choice(["", MARKET, OTHER, "NONE"])
        return c.cancel_all(account=account, market=market)
    return c.cancel_order(**an_order(random, placed), deadline_ns=deadline_ns(random))


def time_passes(random: Random, placed: Placed, now: int) -> c.Command:
    if random.random() < 0.8:
        return c.tick()
    return c.set_switch(
        account=random.choice(ACCOUNTS),
        market=random.choice(["", MARKET, OTHER, "NONE"]),
        timeout_ns=random.choice([-1, 0, 0, 3, HOUR_NS, 9 * HOUR_NS, 24 * HOUR_NS + 1]),
        deadline_ns=deadline_ns(random),
    )


def money(random: Random, placed: Placed, now: int) -> c.Command:
    movement: dict[str, Any] = {
        "account": random.choice(ACCOUNTS),
        "asset": random.choice(["BTC", "ETH", "USDB", "NONE"]),
        "amount_atoms": random.choice([-1, 0, 1, 50, 3_000, 2**63 - 10**9]),
        "transfer_id": 9,
    }
    return c.deposit(**movement) if random.random() < 0.5 else c.withdraw(**movement)


def operator(random: Random, placed: Placed, now: int) -> c.Command:
    """Mostly to open a market again that somebody or something has closed."""
    name = random.choice([MARKET, MARKET, OTHER, "NONE"])
    kind = random.random()
    if kind < 0.7:
        statuses = [MarketStatus.OPEN] * 16 + list(MarketStatus)
        return c.set_market_status(market=name, status=random.choice(statuses))
    if kind < 0.75:
        return c.set_reference_price(market=name, price_ticks=random.choice([0, 99, 101, -1]))
    if kind < 0.87:
        rates = {"maker_fee_ppm": random.choice([-100, 0]), "taker_fee_ppm": random.choice([0, 100, 700])}
        return c.set_fee_tier(market=name, tier=random.choice([0, 1, 2, 5]), **rates)
    if kind < 0.93:
        return c.set_account_tier(account=random.choice(ACCOUNTS), tier=random.choice([-1, 0, 1, 3, 7]))
    return c.change_market(market=name, **terms(random))


def nonsense(random: Random, placed: Placed, now: int) -> c.Command:
    if random.random() < 0.1:
        return c.Malformed(0)
    sizes: list[Any] = [-1, 0, 1, 7, 100, 2**62, 2**63]
    return c.PlaceOrder(
        int(c.CommandKind.PLACE_ORDER),
        0,
        random.choice(ACCOUNTS),
        random.choice([MARKET, MARKET, "", "NONE"]),
        random.randint(-1, 2),
        random.randint(-1, 6),
        random.randint(-1, 4),
        random.random() < 0.2,
        random.choice(sizes),
        random.choice(sizes),
        random.choice([0, 0, *sizes]),
        random.randint(-1, 4),
        random.choice(["", "a"]),
        random.choice([0, 0, 0, *sizes]),
        random.choice([0, 0, 0, *sizes]),
    )
