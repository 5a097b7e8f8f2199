"""What an engine counts after a batch: orders and trades of each market, at next to no cost."""

import time
from collections.abc import Sequence
from uuid import UUID

from prometheus_client import REGISTRY

from exchange.batch_rows import Applied
from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.types import OrderType, Side
from exchange.meters import note_batch
from tests.engine.support import ALICE, BOB, CAROL, MARKET, an_engine

NOBODY = UUID(int=0)
BATCH = 200
MOST_US = 3.0  # 0.6 to 0.9 where nobody else works


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"ballast_{name}_total", labels) or 0


def order(account: int, side: Side, lots: int, price: int) -> c.Command:
    kind = OrderType.LIMIT if price else OrderType.MARKET
    return c.place_order(
        account=account, market=MARKET, side=side, order_type=kind, quantity_lots=lots, price_ticks=price
    )


def batch(engine: Engine, commands: Sequence[c.Command]) -> list[Applied]:
    outcomes = engine.apply_batch(commands, 1)
    return [
        Applied(number, NOBODY, command, b"", events, b"")
        for number, (command, events) in enumerate(zip(commands, outcomes, strict=True), 1)
    ]


def note(applied: Sequence[Applied]) -> None:
    note_batch(shard=63, sequence=len(applied), applied=applied, apply_s=0.001, commit_s=0.002)


def figures() -> dict[str, float]:
    return {
        "limits": count("orders", market=MARKET, type="LIMIT"),
        "markets": count("orders", market=MARKET, type="MARKET"),
        "trades": count("trades", market=MARKET),
        "notional": count("trades_notional_atoms", market=MARKET),
        "filled": count("orders_closed", market=MARKET, status="FILLED"),
        "expired": count("orders_closed", market=MARKET, status="EXPIRED"),
        "canceled": count("orders_closed", market=MARKET, status="CANCELED"),
        "refused": count("engine_rejects", shard="63", reason="ORDER_NOT_FOUND"),
    }


def test_orders_and_trades_are_counted_by_market() -> None:
    engine = an_engine()
    before = figures()
    applied = batch(
        engine,
        [
            order(ALICE, Side.SELL, 5, 100),
            order(ALICE, Side.SELL, 5, 110),
            order(BOB, Side.BUY, 7, 110),
            order(BOB, Side.BUY, 9, 90),
            order(CAROL, Side.BUY, 4, 0),
        ],
    )
    note(applied)
    note(batch(engine, [c.cancel_all(account=BOB), c.cancel_order(account=BOB, order_id=4711)]))
    found = {name: value - before[name] for name, value in figures().items()}
    assert found == {
        "limits": 4,
        "markets": 1,
        "trades": 3,
        "notional": 5 * 100 + 2 * 110 + 3 * 110,
        "filled": 3,  # both makers, and the taker of both
        "expired": 1,  # what nobody sold of a market order
        "canceled": 1,
        "refused": 1,
    }


def test_an_empty_batch_counts_nothing() -> None:
    before = figures()
    note([])
    assert figures() == before


def test_it_costs_about_a_microsecond_a_command() -> None:
    engine = an_engine()
    commands = [
        order(*((ALICE, Side.SELL) if number % 2 else (BOB, Side.BUY)), 1, 100) for number in range(BATCH)
    ]
    applied = batch(engine, commands)
    assert sum(len(one.events) for one in applied) > BATCH
    assert min(spent_us(applied) for _ in range(50)) < MOST_US


def spent_us(applied: Sequence[Applied]) -> float:
    began = time.perf_counter()
    note(applied)
    return (time.perf_counter() - began) * 1_000_000 / len(applied)
