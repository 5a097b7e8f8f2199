"""Market orders: by quantity, by a budget that includes the fee, or by both."""

import pytest

from exchange.engine.engine import Engine
from exchange.engine.types import CloseReason, OrderStatus, RejectReason, TimeInForce
from tests.engine.support import (
    ALICE,
    BOB,
    FREE_OF_FEES,
    an_engine,
    buy,
    closed,
    fills,
    fund,
    open_market,
    refused,
    sell,
    trades,
)


def a_poor_bob(usdb: int = 0, btc: int = 0, **terms: int) -> Engine:
    """Alice sells 5 at 100 and 5 at 110, and bids for 5 at 90 and 5 at 80; Bob has little."""
    engine = Engine()
    open_market(engine, **{**FREE_OF_FEES, **terms})
    fund(engine, ALICE, BTC=10**6, USDB=10**6)
    fund(engine, BOB, BTC=btc, USDB=usdb)
    for price in (100, 110):
        sell(engine, ALICE, 5, price)
    for price in (90, 80):
        buy(engine, ALICE, 5, price)
    return engine


def test_it_buys_a_quantity_at_any_price() -> None:
    engine = a_poor_bob(usdb=720)
    events = buy(engine, BOB, 7)
    assert fills(events) == [(5, 100), (2, 110)]
    assert closed(events).reason == CloseReason.FILLED
    assert engine.balance(BOB, "USDB") == (0, 0)


def test_a_buyer_by_quantity_needs_exactly_what_it_would_cost_now() -> None:
    engine = a_poor_bob(usdb=719)
    assert refused(buy(engine, BOB, 7)) == RejectReason.INSUFFICIENT_FUNDS
    assert fills(buy(engine, BOB, 6)) == [(5, 100), (1, 110)]


def test_the_cost_of_a_quantity_includes_the_fee() -> None:
    engine = a_poor_bob(usdb=504, taker_fee_ppm=10_000)
    assert refused(buy(engine, BOB, 5)) == RejectReason.INSUFFICIENT_FUNDS
    fund(engine, BOB, USDB=1)
    assert trades(buy(engine, BOB, 5))[0].taker_fee_atoms == 5


def test_what_the_book_cannot_fill_expires() -> None:
    engine = a_poor_bob(usdb=10_000)
    end = closed(buy(engine, BOB, 12))
    assert (end.status, end.reason) == (OrderStatus.EXPIRED, CloseReason.UNFILLED_REMAINDER)
    assert (end.filled_lots, end.remaining_lots) == (10, 2)
    assert closed(buy(engine, BOB, 1)).reason == CloseReason.NO_LIQUIDITY


def test_a_budget_buys_all_it_can_with_its_fee() -> None:
    """505 pay for five at 100 with their 1 %; 111 more do not pay for a sixth at 110, which costs 111.1."""
    engine = a_poor_bob(usdb=2_000, taker_fee_ppm=10_000)
    end = closed(buy(engine, BOB, budget_atoms=505 + 111))
    assert (end.status, end.reason) == (OrderStatus.FILLED, CloseReason.BUDGET_SPENT)
    assert (end.filled_lots, end.remaining_lots) == (5, 0)
    assert engine.balance(BOB, "USDB") == (2_000 - 505, 0)


def test_one_atom_more_in_the_budget_buys_the_next_lot() -> None:
    engine = a_poor_bob(usdb=2_000, taker_fee_ppm=10_000)
    assert fills(buy(engine, BOB, budget_atoms=505 + 112)) == [(5, 100), (1, 110)]


def test_a_budget_must_be_there_in_full() -> None:
    engine = a_poor_bob(usdb=499)
    assert refused(buy(engine, BOB, budget_atoms=500)) == RejectReason.INSUFFICIENT_FUNDS
    assert fills(buy(engine, BOB, budget_atoms=499)) == [(4, 100)]


def test_a_budget_that_buys_nothing_found_no_liquidity() -> None:
    engine = a_poor_bob(usdb=1_000)
    end = closed(buy(engine, BOB, budget_atoms=99))
    assert (end.status, end.reason) == (OrderStatus.EXPIRED, CloseReason.NO_LIQUIDITY)


def test_a_budget_larger_than_the_book_expires_with_its_rest() -> None:
    engine = a_poor_bob(usdb=10_000)
    end = closed(buy(engine, BOB, budget_atoms=10_000))
    assert (end.status, end.reason) == (OrderStatus.EXPIRED, CloseReason.UNFILLED_REMAINDER)
    assert end.filled_lots == 10


def test_a_budget_that_ends_with_the_last_order_of_the_book_is_spent() -> None:
    engine = a_poor_bob(usdb=10_000)
    assert closed(buy(engine, BOB, budget_atoms=1_050)).reason == CloseReason.BUDGET_SPENT


def test_a_seller_by_budget_sells_while_his_gross_proceeds_fit() -> None:
    engine = a_poor_bob(btc=100, taker_fee_ppm=10_000)
    events = sell(engine, BOB, budget_atoms=450 + 159)
    assert fills(events) == [(5, 90), (1, 80)]
    assert closed(events).reason == CloseReason.BUDGET_SPENT


def test_a_seller_by_budget_needs_only_what_he_would_sell_now() -> None:
    engine = a_poor_bob(btc=5)
    assert refused(sell(engine, BOB, budget_atoms=530)) == RejectReason.INSUFFICIENT_FUNDS
    assert fills(sell(engine, BOB, budget_atoms=529)) == [(5, 90)]


def test_a_seller_by_quantity_needs_the_quantity() -> None:
    engine = a_poor_bob(btc=6)
    assert refused(sell(engine, BOB, 7)) == RejectReason.INSUFFICIENT_FUNDS
    assert fills(sell(engine, BOB, 6)) == [(5, 90), (1, 80)]


@pytest.mark.parametrize(
    ("lots", "budget", "filled", "reason"),
    [
        (4, 10_000, [(4, 100)], CloseReason.FILLED),
        (9, 500, [(5, 100)], CloseReason.BUDGET_SPENT),
        (5, 500, [(5, 100)], CloseReason.FILLED),
        (12, 10_000, [(5, 100), (5, 110)], CloseReason.UNFILLED_REMAINDER),
    ],
)
def test_an_order_with_both_bounds_stops_at_the_first(
    lots: int, budget: int, filled: list[tuple[int, int]], reason: CloseReason
) -> None:
    engine = a_poor_bob(usdb=10_000)
    events = buy(engine, BOB, lots, budget_atoms=budget)
    assert fills(events) == filled
    assert closed(events).reason == reason
    assert closed(events).remaining_lots == lots - sum(lots for lots, _ in filled)


def test_a_budget_buys_multiples_of_the_quantity_step() -> None:
    engine = an_engine(quantity_step_lots=3, **FREE_OF_FEES)
    sell(engine, ALICE, 9, 100)
    assert fills(buy(engine, BOB, budget_atoms=899)) == [(6, 100)]


def test_fill_or_kill_holds_for_market_orders_too() -> None:
    engine = a_poor_bob(usdb=10_000)
    assert refused(buy(engine, BOB, 11, time_in_force=TimeInForce.FOK)) == RejectReason.FOK_UNFILLED
    too_much = {"budget_atoms": 1_160, "time_in_force": TimeInForce.FOK}
    assert refused(buy(engine, BOB, **too_much)) == RejectReason.FOK_UNFILLED
    assert fills(buy(engine, BOB, 10, time_in_force=TimeInForce.FOK)) == [(5, 100), (5, 110)]
