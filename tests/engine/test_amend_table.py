"""Every kind of open order against every change to it: what is amended, what keeps its place, what not."""

from collections.abc import Callable

import pytest

from exchange.engine.engine import Engine
from exchange.engine.events import OrderAmended, Rejected
from exchange.engine.types import OrderType, RejectReason, Side
from tests.engine.support import (
    ALICE,
    BOB,
    FREE_OF_FEES,
    MARKET,
    amend,
    an_engine,
    buy,
    order_id,
    sell,
    stop,
    trade_at,
)

R = RejectReason
KEPT, MOVED = "kept", "moved"
Outcome = str | RejectReason


def _resting(engine: Engine) -> int:
    return order_id(buy(engine, ALICE, 10, 90))


def _half_filled(engine: Engine) -> int:
    """Four of its ten are filled."""
    order = _resting(engine)
    sell(engine, BOB, 4, 90)
    return order


def _triggered(engine: Engine) -> int:
    """A stop that has triggered and rests at its limit."""
    order = order_id(stop(engine, ALICE, Side.BUY, 10, 101, price=90))
    trade_at(engine, 101)
    return order


def _stop_limit(engine: Engine) -> int:
    return order_id(stop(engine, ALICE, Side.BUY, 10, 140, price=90))


def _take_profit_limit(engine: Engine) -> int:
    kind = OrderType.TAKE_PROFIT_LIMIT
    return order_id(stop(engine, ALICE, Side.BUY, 10, 85, price=90, order_type=kind))


def _stop_market(engine: Engine) -> int:
    return order_id(stop(engine, ALICE, Side.BUY, 10, 140))


def _budget_stop(engine: Engine) -> int:
    return order_id(stop(engine, ALICE, Side.BUY, 0, 140, budget_atoms=900))


ORDERS: dict[str, Callable[[Engine], int]] = {
    "a resting order": _resting,
    "a half filled order": _half_filled,
    "a triggered order": _triggered,
    "a waiting stop with a limit": _stop_limit,
    "a waiting take-profit with a limit": _take_profit_limit,
    "a waiting stop at any price": _stop_market,
    "a waiting stop by budget": _budget_stop,
}
CHANGES: dict[str, dict[str, int]] = {
    "nothing": {},
    "a lower price": {"price_ticks": 89},
    "a higher price": {"price_ticks": 91},
    "the same price": {"price_ticks": 90},
    "less": {"quantity_lots": 5},
    "more": {"quantity_lots": 12},
    "less than a half filled one has": {"quantity_lots": 4},
    "less at another price": {"quantity_lots": 5, "price_ticks": 91},
    "another trigger": {"trigger_price_ticks": 150},
}
SAME, NONE, FEW = R.AMEND_UNCHANGED, R.INVALID_ORDER, R.AMEND_BELOW_FILLED
AT_ONCE = R.WOULD_TRIGGER_IMMEDIATELY
# For each order, in the order of CHANGES. A waiting order has no place in a queue: it "keeps" it, formally,
# where an order in the book would.
TABLE: dict[str, list[Outcome]] = {
    "a resting order": [SAME, MOVED, MOVED, SAME, KEPT, MOVED, KEPT, MOVED, NONE],
    "a half filled order": [SAME, MOVED, MOVED, SAME, KEPT, MOVED, FEW, MOVED, NONE],
    "a triggered order": [SAME, MOVED, MOVED, SAME, KEPT, MOVED, KEPT, MOVED, NONE],
    "a waiting stop with a limit": [SAME, MOVED, MOVED, SAME, KEPT, MOVED, KEPT, MOVED, KEPT],
    "a waiting take-profit with a limit": [SAME, MOVED, MOVED, SAME, KEPT, MOVED, KEPT, MOVED, AT_ONCE],
    "a waiting stop at any price": [SAME, NONE, NONE, NONE, KEPT, MOVED, KEPT, NONE, KEPT],
    "a waiting stop by budget": [SAME, NONE, NONE, NONE, NONE, NONE, NONE, NONE, KEPT],
}
CELLS = [(order, change, TABLE[order][at]) for order in ORDERS for at, change in enumerate(CHANGES)]
MOVING = [(order, change) for order, change, end in CELLS if end == MOVED]
TAKEN = [(order, change) for order, change, end in CELLS if end in (KEPT, MOVED)]


def _with(order: str) -> tuple[Engine, int]:
    """The last price is 100 before the order is made."""
    engine = an_engine(**FREE_OF_FEES)
    trade_at(engine, 100)
    return engine, ORDERS[order](engine)


def _locked(engine: Engine) -> int:
    return engine.balance(ALICE, "USDB")[1]


@pytest.mark.parametrize(("order", "change", "expected"), CELLS)
def test_each_change_of_each_order_ends_as_the_table_says(order: str, change: str, expected: Outcome) -> None:
    engine, number = _with(order)
    before = engine.snapshot()
    (event,) = amend(engine, ALICE, number, **CHANGES[change])
    if isinstance(expected, RejectReason):
        assert isinstance(event, Rejected)
        assert RejectReason(event.reason) == expected
        assert engine.snapshot() == before._replace(sequence=before.sequence + 1)
    else:
        assert isinstance(event, OrderAmended)
        assert event.kept_priority is (expected == KEPT)
        for name, value in CHANGES[change].items():
            assert getattr(event, name) == value


@pytest.mark.parametrize(("order", "change"), MOVING)
def test_who_wants_to_keep_his_place_is_not_moved(order: str, change: str) -> None:
    engine, number = _with(order)
    (event,) = amend(engine, ALICE, number, **CHANGES[change], keep_priority=True)
    assert isinstance(event, Rejected)
    assert event.reason == R.AMEND_LOSES_PRIORITY


@pytest.mark.parametrize(("order", "change"), TAKEN)
def test_an_amended_order_locks_what_it_may_still_cost(order: str, change: str) -> None:
    engine, number = _with(order)
    amend(engine, ALICE, number, **CHANGES[change])
    (state,) = engine.open_orders(ALICE)
    left = state.quantity_lots - state.filled_lots
    assert _locked(engine) == (left * state.price_ticks or state.budget_atoms)
    in_book = [] if state.untriggered else [(state.price_ticks, left)]
    assert engine.depth(MARKET, 5)[0] == in_book


@pytest.mark.parametrize(("order", "change"), TAKEN)
def test_an_amend_there_and_back_leaves_the_order_as_it_was(order: str, change: str) -> None:
    engine, number = _with(order)
    (before,) = engine.open_orders(ALICE)
    locked = _locked(engine)
    amend(engine, ALICE, number, **CHANGES[change])
    amend(engine, ALICE, number, **{name: getattr(before, name) for name in CHANGES[change]})
    assert engine.open_orders(ALICE) == [before]
    assert _locked(engine) == locked
