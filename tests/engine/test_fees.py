"""Fees and holds: what is charged for each fill, and what an open order locks."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.engine.fees import accumulated_ppm_atoms, affordable_lots, buy_hold_atoms, charged_atoms
from exchange.engine.types import Side
from tests.engine.support import ALICE, BOB, an_engine, buy, fund, sell, trades

CASES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cases" / "spot_engine.json").read_text())
PPM = st.integers(-1000, 999_999)
ATOMS = st.integers(0, 10**15)


@pytest.mark.parametrize("case", CASES["fees"])
def test_each_fill_pays_the_difference_to_what_was_charged_before(case: dict[str, Any]) -> None:
    accumulated, charged = 0, []
    for notional in case["notionals"]:
        before = charged_atoms(accumulated)
        accumulated += case["rate_ppm"] * notional
        charged.append(charged_atoms(accumulated) - before)
    assert charged == case["charged_atoms"]


def test_a_hold_is_the_notional_the_fee_and_one_atom() -> None:
    case = CASES["hold"]
    notional = case["price_ticks"] * case["quantity_lots"] * case["quote_atoms_per_tick_lot"]
    assert notional == case["notional_atoms"]
    hold = buy_hold_atoms(notional, 0, case["maker_fee_ppm"], case["taker_fee_ppm"])
    assert hold == notional + case["fee_atoms"] + case["spare_atoms"]


def test_a_hold_without_fees_is_the_bare_notional() -> None:
    assert buy_hold_atoms(1000, 0, 0, 0) == 1000
    assert buy_hold_atoms(1000, 0, -200, 0) == 1000


@given(notionals=st.lists(ATOMS, min_size=1, max_size=8), maker_ppm=PPM, taker_ppm=st.integers(0, 999_999))
def test_a_hold_always_covers_the_rest_of_the_order(
    notionals: list[int], maker_ppm: int, taker_ppm: int
) -> None:
    """Whoever takes which part, what is paid for a fill is never more than what its hold shrinks by."""
    left, made, taken, accumulated = sum(notionals), 0, 0, 0
    for index, notional in enumerate(notionals):
        hold = buy_hold_atoms(left, accumulated, maker_ppm, taker_ppm)
        made, taken = (made + notional, taken) if index % 2 else (made, taken + notional)
        after = accumulated_ppm_atoms(made + taken, taken, maker_ppm, taker_ppm)
        fee = charged_atoms(after) - charged_atoms(accumulated)
        left, accumulated = left - notional, after
        rest = buy_hold_atoms(left, accumulated, maker_ppm, taker_ppm) if left else 0
        assert hold >= notional + fee + rest


@pytest.mark.parametrize("case", CASES["affordable"])
def test_a_budget_buys_whole_steps_with_their_fee(case: dict[str, int]) -> None:
    lots = affordable_lots(case["left"], case["lot_notional"], case["taker_fee_ppm"], case["step_lots"])
    assert lots == case["lots"]


@given(left=ATOMS, lot_notional=st.integers(1, 10**9), taker_ppm=st.integers(0, 999_999))
def test_what_a_budget_buys_costs_no_more_than_the_budget(
    left: int, lot_notional: int, taker_ppm: int
) -> None:
    lots = affordable_lots(left, lot_notional, taker_ppm, 1)
    assert lots * lot_notional + charged_atoms(taker_ppm * lots * lot_notional) <= left


def test_the_maker_pays_his_rate_and_the_taker_his() -> None:
    engine = an_engine(maker_fee_ppm=1000, taker_fee_ppm=3000)
    sell(engine, ALICE, 100, 100)
    (trade,) = trades(buy(engine, BOB, 100, 100))
    assert (trade.notional_atoms, trade.maker_fee_atoms, trade.taker_fee_atoms) == (10_000, 10, 30)
    assert engine.balance(ALICE, "USDB") == (10**12 + 10_000 - 10, 0)
    assert engine.balance(BOB, "USDB") == (10**12 - 10_000 - 30, 0)


def test_a_fee_of_many_small_fills_is_that_of_one_large_fill() -> None:
    engine = an_engine(maker_fee_ppm=1000, taker_fee_ppm=3000)
    buy(engine, ALICE, 100, 10)
    fees = [trades(sell(engine, BOB, 1, 10))[0].maker_fee_atoms for _ in range(100)]
    assert fees[0] == 1
    assert sum(fees) == 1
    assert engine.balance(ALICE, "USDB") == (10**12 - 1000 - 1, 0)


def test_a_rebate_is_rounded_against_its_receiver() -> None:
    engine = an_engine(maker_fee_ppm=-500, taker_fee_ppm=1000)
    sell(engine, ALICE, 3, 1000)
    assert [trades(buy(engine, BOB, 1, 1000))[0].maker_fee_atoms for _ in range(3)] == [0, -1, 0]


def test_an_order_keeps_the_rates_of_its_acceptance_in_its_state() -> None:
    engine = an_engine(maker_fee_ppm=10, taker_fee_ppm=20)
    buy(engine, ALICE, 5, 100)
    (order,) = engine.open_orders(ALICE)
    assert (order.side, order.maker_fee_ppm, order.taker_fee_ppm) == (Side.BUY, 10, 20)


def test_a_buyer_who_has_exactly_the_hold_may_order_and_one_atom_less_is_refused() -> None:
    case = CASES["hold"]
    terms = {key: case[key] for key in ("quote_atoms_per_tick_lot", "maker_fee_ppm", "taker_fee_ppm")}
    for missing, events in ((0, "OrderAccepted"), (1, "Rejected")):
        engine = an_engine(**terms)
        fund(engine, 7, USDB=case["notional_atoms"] + case["fee_atoms"] + case["spare_atoms"] - missing)
        (event,) = buy(engine, 7, case["quantity_lots"], case["price_ticks"])
        assert type(event).__name__ == events
