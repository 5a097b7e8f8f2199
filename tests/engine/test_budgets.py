"""Market orders by budget, worked by hand; and the dry walk always says what the matching then does."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.engine.crossing import ANY_KEY
from exchange.engine.engine import Engine
from exchange.engine.events import NamedEvent, OrderAccepted, OrderClosed
from exchange.engine.types import CloseReason, OrderType, SelfTradePrevention, Side
from exchange.engine.walk import walk
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    MARKET,
    an_engine,
    closed,
    fills,
    fok,
    only,
    order_id,
    place,
    refused,
    trades,
)

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "spot_budgets.json").read_text()
)
RICH = 10**12
S = SelfTradePrevention


def _spend(case: dict[str, Any], **rest: Any) -> tuple[Engine, list[NamedEvent]]:
    engine = an_engine(
        maker_fee_ppm=0, taker_fee_ppm=case["taker_fee_ppm"], quantity_step_lots=1, min_notional_atoms=0
    )
    side = Side[case["side"]]
    for lots, price in case["makers"]:
        place(engine, BOB, Side(1 - side), lots, price)
    return engine, place(engine, ALICE, side, 0, 0, budget_atoms=case["budget"], **rest)


@pytest.mark.parametrize("case", [one for one in CASES if one["step"] == 1], ids=lambda case: case["name"])
def test_a_budget_is_spent_as_worked_by_hand(case: dict[str, Any]) -> None:
    engine, events = _spend(case)
    assert fills(events) == [tuple(fill) for fill in case["fills"]]
    assert [trade.taker_fee_atoms for trade in trades(events)] == case["fees"]
    assert CloseReason(closed(events).reason).name == case["reason"]
    given_away, got = ("USDB", "BTC") if case["side"] == "BUY" else ("BTC", "USDB")
    assert engine.balance(ALICE, given_away) == (RICH - case["spent"], 0)
    assert engine.balance(ALICE, got) == (RICH + case["received"], 0)


def test_only_whole_steps_are_bought() -> None:
    (case,) = (one for one in CASES if one["step"] > 1)
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=0, quantity_step_lots=case["step"])
    place(engine, BOB, Side.SELL, *case["makers"][0])
    events = place(engine, ALICE, Side.BUY, 0, 0, budget_atoms=case["budget"])
    assert fills(events) == [tuple(fill) for fill in case["fills"]]
    assert engine.balance(ALICE, "USDB") == (RICH - case["spent"], 0)


def test_a_quantity_and_a_budget_bound_each_other() -> None:
    case = {**CASES[0], "taker_fee_ppm": 0}
    engine, _ = _spend({**case, "budget": 1})
    few = place(engine, ALICE, Side.BUY, 4, 0, budget_atoms=1000)
    assert (fills(few), closed(few).reason) == ([(4, 100)], CloseReason.FILLED)
    dear = place(engine, ALICE, Side.BUY, 12, 0, budget_atoms=1000)
    assert (fills(dear), closed(dear).reason) == ([(10, 100)], CloseReason.BUDGET_SPENT)


def test_what_is_prevented_is_taken_off_the_budget_at_its_price() -> None:
    """Alice's own 4 at 100 use up 400 of her 1,000; the other 600 buy 6 of Bob's at the same price."""
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=0)
    place(engine, ALICE, Side.SELL, 4, 100)
    place(engine, BOB, Side.SELL, 20, 100)
    events = place(
        engine, ALICE, Side.BUY, 0, 0, budget_atoms=1000, self_trade_prevention=SelfTradePrevention.DECREMENT
    )
    assert (fills(events), closed(events).reason) == ([(6, 100)], CloseReason.BUDGET_SPENT)


# The dry walk against the book of a story: Bob asks for 3 at 100, Alice for 2 at 101, Carol for 5 at 102.


def _a_book() -> Engine:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=0)
    for account, lots, price in ((BOB, 3, 100), (ALICE, 2, 101), (CAROL, 5, 102)):
        place(engine, account, Side.SELL, lots, price)
    return engine


@pytest.mark.parametrize(
    ("mode", "lots", "price", "complete"),
    [
        (S.EXPIRE_TAKER, 3, 102, True),
        (S.EXPIRE_TAKER, 4, 102, False),  # it would end at its own order
        (S.EXPIRE_BOTH, 3, 102, True),
        (S.EXPIRE_BOTH, 4, 102, False),
        (S.EXPIRE_MAKER, 8, 102, True),  # its own two fall away and are not counted
        (S.EXPIRE_MAKER, 9, 102, False),
        (S.EXPIRE_MAKER, 4, 101, False),
        (S.DECREMENT, 3, 102, True),
        (S.DECREMENT, 8, 102, False),  # two of the eight would be prevented
        (S.EXPIRE_MAKER, 3, 99, False),
    ],
)
def test_a_fill_or_kill_order_counts_what_it_would_really_get(
    mode: SelfTradePrevention, lots: int, price: int, complete: bool
) -> None:
    engine = _a_book()
    events = fok(engine, ALICE, Side.BUY, lots, price, self_trade_prevention=mode)
    if complete:
        assert sum(trade.quantity_lots for trade in trades(events)) == lots
        assert closed(events).reason == CloseReason.FILLED
    else:
        assert refused(events).name == "FOK_UNFILLED"


ASKS = st.lists(st.tuples(st.sampled_from((ALICE, BOB)), st.integers(1, 9), st.integers(95, 105)), max_size=8)


@settings(max_examples=60, deadline=None)
@given(ASKS, st.integers(0, 30), st.integers(0, 3000), st.sampled_from(list(S)), st.sampled_from((0, 9999)))
def test_the_walk_says_what_the_matching_then_does(
    asks: list[tuple[int, int, int]], lots: int, budget: int, mode: SelfTradePrevention, fee_ppm: int
) -> None:
    if not lots and not budget:
        return
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=fee_ppm, breaker_ppm=40_000, breaker_window_ns=10**9)
    for account, quantity, price in asks:
        place(engine, account, Side.SELL, quantity, price)
    terms: dict[str, Any] = {"budget_atoms": budget, "self_trade_prevention": mode}
    market = engine._state.markets[MARKET]
    walked = walk(market, engine._state.trader(market, ALICE), _accepted(lots, fee_ppm, **terms), ANY_KEY)
    events = place(engine, ALICE, Side.BUY, lots, 0, **terms)
    got = trades(events)
    assert walked[:2] == (sum(t.quantity_lots for t in got), sum(t.notional_atoms for t in got))
    (end,) = (one for one in only(events, OrderClosed) if one.order_id == order_id(events))
    prevented = lots > 0 and lots != end.filled_lots + end.remaining_lots
    finished = end.reason in (CloseReason.FILLED, CloseReason.BUDGET_SPENT)
    if walked.complete:
        assert finished
        assert not prevented
    elif not budget:
        assert prevented or not finished


def _accepted(lots: int, fee_ppm: int, *, budget_atoms: int, self_trade_prevention: int) -> OrderAccepted:
    mode = self_trade_prevention
    order_type = OrderType.MARKET
    return OrderAccepted(
        1,
        64,
        ALICE,
        MARKET,
        "",
        Side.BUY,
        order_type,
        1,
        False,
        0,
        lots,
        budget_atoms,
        mode,
        0,
        fee_ppm,
        0,
        0,
    )
