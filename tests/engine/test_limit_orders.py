"""Limit orders: price-time priority, price improvement, what rests and what does not."""

import json
from decimal import Decimal
from pathlib import Path

from exchange.engine.engine import Engine
from exchange.engine.types import CloseReason, OrderStatus, RejectReason, Side
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    FREE_OF_FEES,
    MARKET,
    an_engine,
    buy,
    closed,
    fills,
    fok,
    fund,
    ioc,
    open_market,
    order_id,
    refused,
    sell,
    trades,
)

CASES = json.loads((Path(__file__).parents[1] / "cases" / "spot_engine.json").read_text())


def atoms(amount: str, decimals: int) -> int:
    return int(Decimal(amount).scaleb(decimals))


def test_a_fill_at_a_better_price_gives_the_difference_back_at_once() -> None:
    """Lots of 1e-8 BTC and ticks of 0.01 make a quote atom of 1e-10."""
    case = CASES["price_improvement"]
    engine = Engine()
    open_market(engine, **FREE_OF_FEES)
    fund(engine, ALICE, BTC=atoms("1", 8))
    fund(engine, BOB, USDB=atoms(case["balance"], 10))
    for quantity, price in case["makers"]:
        sell(engine, ALICE, atoms(quantity, 8), atoms(price, 2))
    buy(engine, BOB, atoms(case["quantity"], 8), atoms(case["limit"], 2))
    cost = atoms(case["balance"], 10) - engine.balance(BOB, "USDB")[0]
    assert cost == atoms(case["cost"], 10)
    assert engine.balance(BOB, "USDB") == (atoms(case["balance_after"], 10), atoms(case["locked_after"], 10))


def test_an_order_needs_its_whole_notional() -> None:
    case = CASES["risk"]
    engine = Engine()
    open_market(engine, quote_atoms_per_tick_lot=case["quote_atoms_per_tick_lot"], **FREE_OF_FEES)
    fund(engine, ALICE, USDB=case["refused_balance_atoms"])
    order = (case["quantity_lots"], case["price_ticks"])
    assert refused(buy(engine, ALICE, *order)) == RejectReason.INSUFFICIENT_FUNDS
    fund(engine, ALICE, USDB=case["needed_atoms"] - case["refused_balance_atoms"])
    buy(engine, ALICE, *order)
    assert engine.balance(ALICE, "USDB") == (0, case["needed_atoms"])


def test_the_best_price_trades_first_and_the_earlier_order_before_the_later() -> None:
    engine = an_engine()
    later_price = order_id(sell(engine, ALICE, 1, 102))
    first = order_id(sell(engine, ALICE, 1, 101))
    second = order_id(sell(engine, CAROL, 1, 101))
    events = buy(engine, BOB, 3, 105)
    assert [trade.maker_order_id for trade in trades(events)] == [first, second, later_price]
    assert fills(events) == [(1, 101), (1, 101), (1, 102)]


def test_the_remainder_of_a_limit_order_rests_at_its_price() -> None:
    engine = an_engine()
    sell(engine, ALICE, 2, 100)
    buy(engine, BOB, 5, 101)
    assert engine.depth(MARKET, 5) == ([(101, 3)], [])
    (rest,) = engine.open_orders(BOB)
    assert (rest.quantity_lots, rest.filled_lots) == (5, 2)


def test_a_partly_filled_maker_keeps_its_place() -> None:
    engine = an_engine()
    first = order_id(sell(engine, ALICE, 5, 100))
    sell(engine, CAROL, 5, 100)
    buy(engine, BOB, 2, 100)
    events = buy(engine, BOB, 4, 100)
    assert [(trade.maker_order_id == first, trade.quantity_lots) for trade in trades(events)] == [
        (True, 3),
        (False, 1),
    ]


def test_a_filled_taker_closes_and_its_filled_maker_is_told_by_the_trade() -> None:
    engine = an_engine()
    sell(engine, ALICE, 2, 100)
    events = buy(engine, BOB, 2, 100)
    assert trades(events)[0].maker_remaining_lots == 0
    assert (closed(events).status, closed(events).reason) == (OrderStatus.FILLED, CloseReason.FILLED)
    assert engine.open_orders() == []


def test_a_closed_order_has_nothing_locked() -> None:
    engine = an_engine()
    buy(engine, ALICE, 3, 100)
    sell(engine, BOB, 3, 90)
    for account in (ALICE, BOB):
        for asset in ("BTC", "USDB"):
            assert engine.balance(account, asset)[1] == 0


def test_an_immediate_order_leaves_nothing_in_the_book() -> None:
    engine = an_engine()
    sell(engine, ALICE, 2, 100)
    end = closed(ioc(engine, BOB, Side.BUY, 5, 100))
    assert (end.status, end.reason) == (OrderStatus.EXPIRED, CloseReason.UNFILLED_REMAINDER)
    assert (end.filled_lots, end.remaining_lots) == (2, 3)
    end = closed(ioc(engine, BOB, Side.BUY, 5, 100))
    assert (end.status, end.reason) == (OrderStatus.EXPIRED, CloseReason.NO_LIQUIDITY)
    assert engine.open_orders() == []
    assert engine.balance(BOB, "USDB")[1] == 0


def test_fill_or_kill_fills_in_full_or_is_refused() -> None:
    engine = an_engine()
    sell(engine, ALICE, 2, 100)
    sell(engine, ALICE, 2, 101)
    assert refused(fok(engine, BOB, Side.BUY, 5, 101)) == RejectReason.FOK_UNFILLED
    assert refused(fok(engine, BOB, Side.BUY, 3, 100)) == RejectReason.FOK_UNFILLED
    assert fills(fok(engine, BOB, Side.BUY, 3, 101)) == [(2, 100), (1, 101)]


def test_post_only_never_takes() -> None:
    engine = an_engine()
    sell(engine, ALICE, 2, 100)
    assert refused(buy(engine, BOB, 1, 100, post_only=True)) == RejectReason.POST_ONLY_WOULD_CROSS
    buy(engine, BOB, 1, 99, post_only=True)
    assert engine.depth(MARKET, 5) == ([(99, 1)], [(100, 2)])


def test_a_level_emptied_by_cancels_does_not_cross() -> None:
    engine = an_engine()
    sell(engine, ALICE, 2, 100)
    sell(engine, ALICE, 2, 105)
    ioc(engine, BOB, Side.BUY, 2, 100)
    assert buy(engine, BOB, 1, 104, post_only=True)
    assert engine.depth(MARKET, 1) == ([(104, 1)], [(105, 2)])


def test_a_seller_pays_his_fee_from_the_proceeds() -> None:
    engine = Engine()
    open_market(engine, maker_fee_ppm=0, taker_fee_ppm=10_000)
    fund(engine, ALICE, USDB=1_000)
    fund(engine, BOB, BTC=10)
    buy(engine, ALICE, 5, 100)
    sell(engine, BOB, 5, 100)
    assert engine.balance(BOB, "USDB") == (495, 0)
    assert engine.balance(ALICE, "BTC") == (5, 0)
