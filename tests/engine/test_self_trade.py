"""An order never trades with its own owner's. The taker's mode decides what happens instead."""

import json
from pathlib import Path

import pytest

from exchange.engine.engine import Engine
from exchange.engine.events import NamedEvent, OrderClosed, OrderReduced
from exchange.engine.types import CloseReason, OrderStatus, RejectReason, SelfTradePrevention, Side
from tests.engine.support import (
    ALICE,
    BOB,
    MARKET,
    an_engine,
    buy,
    closed,
    fills,
    fok,
    order_id,
    refused,
    sell,
    trades,
)

CASES = json.loads((Path(__file__).parents[1] / "cases" / "spot_engine.json").read_text())
EXPIRE_TAKER, EXPIRE_MAKER, EXPIRE_BOTH, DECREMENT = SelfTradePrevention


def expired(events: list[NamedEvent]) -> list[int]:
    closes = [event for event in events if isinstance(event, OrderClosed)]
    return [
        e.order_id for e in closes if (e.status, e.reason) == (OrderStatus.EXPIRED, CloseReason.SELF_TRADE)
    ]


def reduced(events: list[NamedEvent]) -> list[tuple[int, int, int]]:
    found = [event for event in events if isinstance(event, OrderReduced)]
    return [(event.order_id, event.prevented_lots, event.remaining_lots) for event in found]


def test_expire_maker_lets_the_taker_go_on_and_rest() -> None:
    case = CASES["expire_maker"]
    engine = an_engine()
    makers = [order_id(sell(engine, ALICE, lots, 100)) for lots in case["maker_lots"]]
    events = buy(engine, ALICE, case["taker_lots"], 100, self_trade_prevention=EXPIRE_MAKER)
    assert expired(events) == makers
    assert trades(events) == []
    assert engine.depth(MARKET, 5) == ([(100, case["taker_lots"])], [])
    assert engine.balance(ALICE, "BTC") == (10**12, 0)


def test_expire_taker_keeps_the_maker_and_what_was_traded_before_it() -> None:
    engine = an_engine()
    sell(engine, BOB, 2, 99)
    sell(engine, ALICE, 2, 100)
    events = buy(engine, ALICE, 5, 100, self_trade_prevention=EXPIRE_TAKER)
    assert fills(events) == [(2, 99)]
    assert expired(events) == [order_id(events)]
    assert (closed(events).filled_lots, closed(events).remaining_lots) == (2, 3)
    assert engine.depth(MARKET, 5) == ([], [(100, 2)])


def test_expire_both_ends_both() -> None:
    engine = an_engine()
    maker = order_id(sell(engine, ALICE, 2, 100))
    other = order_id(sell(engine, ALICE, 2, 100))
    events = buy(engine, ALICE, 5, 100, self_trade_prevention=EXPIRE_BOTH)
    assert expired(events) == [maker, order_id(events)]
    assert [order.order_id for order in engine.open_orders()] == [other]


def test_decrement_takes_the_smaller_off_both_and_the_larger_taker_goes_on() -> None:
    case = CASES["decrement"]
    engine = an_engine()
    maker = order_id(sell(engine, ALICE, case["maker_lots"], 100))
    events = buy(engine, ALICE, case["taker_lots"], 100, self_trade_prevention=DECREMENT)
    rest = case["taker_lots"] - case["prevented_lots"]
    assert expired(events) == [maker]
    assert reduced(events) == [(order_id(events), case["prevented_lots"], rest)]
    (order,) = engine.open_orders()
    assert (order.order_id, order.prevented_lots) == (order_id(events), case["prevented_lots"])
    assert engine.depth(MARKET, 5) == ([(100, rest)], [])


def test_decrement_leaves_a_larger_maker_and_frees_its_hold() -> None:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=0)
    maker = order_id(buy(engine, ALICE, 6, 100))
    events = sell(engine, ALICE, 2, 100, self_trade_prevention=DECREMENT)
    assert reduced(events) == [(maker, 2, 4)]
    assert expired(events) == [order_id(events)]
    assert engine.balance(ALICE, "USDB") == (10**12 - 400, 400)


def test_decrement_of_equals_ends_both() -> None:
    engine = an_engine()
    maker = order_id(sell(engine, ALICE, 3, 100))
    events = buy(engine, ALICE, 3, 100, self_trade_prevention=DECREMENT)
    assert expired(events) == [maker, order_id(events)]
    assert engine.open_orders() == []


@pytest.mark.parametrize("maker_mode", list(SelfTradePrevention))
def test_the_mode_of_the_taker_decides(maker_mode: SelfTradePrevention) -> None:
    engine = an_engine()
    maker = order_id(sell(engine, ALICE, 2, 100, self_trade_prevention=maker_mode))
    events = buy(engine, ALICE, 2, 100, self_trade_prevention=EXPIRE_MAKER)
    assert expired(events) == [maker]


def with_own_liquidity() -> Engine:
    engine = an_engine()
    sell(engine, BOB, 2, 99)
    sell(engine, ALICE, 2, 100)
    sell(engine, BOB, 2, 101)
    return engine


@pytest.mark.parametrize("mode", [EXPIRE_TAKER, EXPIRE_BOTH, DECREMENT])
def test_fill_or_kill_is_refused_where_prevention_would_stop_it(mode: SelfTradePrevention) -> None:
    engine = with_own_liquidity()
    order = {"self_trade_prevention": mode}
    assert refused(fok(engine, ALICE, Side.BUY, 3, 101, **order)) == RejectReason.FOK_UNFILLED
    assert len(engine.open_orders()) == 3
    assert fills(fok(engine, ALICE, Side.BUY, 2, 101, **order)) == [(2, 99)]


def test_fill_or_kill_does_not_count_own_orders() -> None:
    engine = with_own_liquidity()
    order = {"self_trade_prevention": EXPIRE_MAKER}
    assert refused(fok(engine, ALICE, Side.BUY, 5, 101, **order)) == RejectReason.FOK_UNFILLED
    assert fills(fok(engine, ALICE, Side.BUY, 4, 101, **order)) == [(2, 99), (2, 101)]


def test_prevention_takes_from_the_budget_what_it_takes_from_the_order() -> None:
    """Of 500 the three of her own at 100 use up 300; the other 200 buy one at 110."""
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=0)
    sell(engine, ALICE, 3, 100)
    sell(engine, BOB, 9, 110)
    events = buy(engine, ALICE, budget_atoms=500, self_trade_prevention=DECREMENT)
    assert fills(events) == [(1, 110)]
    assert reduced(events) == [(order_id(events), 3, 0)]
    assert closed(events).reason == CloseReason.BUDGET_SPENT


def test_a_budget_that_prevention_used_up_expires() -> None:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=0)
    maker = order_id(sell(engine, ALICE, 9, 100))
    events = buy(engine, ALICE, budget_atoms=500, self_trade_prevention=DECREMENT)
    assert reduced(events) == [(maker, 5, 4)]
    assert expired(events) == [order_id(events)]
