"""New parameters for a market: what they must be, and that every open order would still fit."""

from typing import Any

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import MarketChanged, OrderAccepted
from exchange.engine.types import MAX_BAND_PPM, MAX_BREAKER_NS, RejectReason, SelfTradePrevention, Side
from tests.engine.support import ALICE, BOB, MARKET, an_engine, buy, refused, sell, stop, tell

R = RejectReason
PARAMETERS: dict[str, Any] = {
    "market": MARKET,
    "price_step_ticks": 1,
    "quantity_step_lots": 1,
    "min_notional_atoms": 0,
    "max_notional_atoms": 10**9,
    "max_open_orders": 200,
    "maker_fee_ppm": 200,
    "taker_fee_ppm": 500,
    "band_ppm": 0,
    "breaker_ppm": 0,
    "breaker_window_ns": 0,
    "breaker_halt_ns": 0,
}


def change(engine: Engine, **parameters: Any) -> Any:
    return tell(engine, c.change_market(**{**PARAMETERS, **parameters}))


def test_new_parameters_are_told_in_full_and_count_from_then_on() -> None:
    engine = an_engine()
    sent = c.change_market(**{**PARAMETERS, "price_step_ticks": 5, "taker_fee_ppm": 900})
    assert tell(engine, sent) == [MarketChanged(13, *sent[1:])]
    assert refused(buy(engine, ALICE, 1, 101)) == R.TICK_SIZE
    accepted = buy(engine, ALICE, 1, 100)[0]
    assert isinstance(accepted, OrderAccepted)
    assert accepted.taker_fee_ppm == 900
    assert engine.snapshot().markets[0].price_step_ticks == 5


def test_a_trader_of_before_gets_the_new_fees_and_his_open_orders_keep_theirs() -> None:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=500)
    sell(engine, ALICE, 1, 1_000)
    change(engine, maker_fee_ppm=10_000, taker_fee_ppm=20_000)
    trade = buy(engine, BOB, 1, 1_000)[1]
    assert (trade.maker_fee_atoms, trade.taker_fee_atoms) == (0, 20)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "parameters",
    [
        {"price_step_ticks": 0},
        {"quantity_step_lots": 2**63},
        {"min_notional_atoms": 11, "max_notional_atoms": 10},
        {"max_open_orders": 0},
        {"maker_fee_ppm": -501},
        {"taker_fee_ppm": 10**6},
        {"band_ppm": -1},
        {"band_ppm": MAX_BAND_PPM + 1},
        {"breaker_ppm": 1},
        {"breaker_ppm": -1, "breaker_window_ns": 1},
        {"breaker_ppm": MAX_BAND_PPM + 1, "breaker_window_ns": 1},
        {"breaker_ppm": 1, "breaker_window_ns": MAX_BREAKER_NS + 1},
        {"breaker_ppm": 1, "breaker_window_ns": 1, "breaker_halt_ns": -1},
        {"breaker_ppm": 1, "breaker_window_ns": 1, "breaker_halt_ns": MAX_BREAKER_NS + 1},
    ],
)
def test_impossible_parameters_are_refused(parameters: dict[str, int]) -> None:
    assert refused(change(an_engine(), **parameters)) == R.INVALID_MARKET


def test_a_market_that_is_none_cannot_change() -> None:
    assert refused(change(an_engine(), market="NONE")) == R.MARKET_NOT_FOUND


@pytest.mark.parametrize(
    ("broken", "fitting"),
    [
        ({"price_step_ticks": 3}, {"price_step_ticks": 5}),
        ({"quantity_step_lots": 4}, {"quantity_step_lots": 3}),
        ({"min_notional_atoms": 601}, {"min_notional_atoms": 600}),
        ({"max_notional_atoms": 1_049}, {"max_notional_atoms": 1_050}),
        ({"max_open_orders": 1}, {"max_open_orders": 2}),
    ],
)
def test_open_orders_must_fit_the_new_parameters(broken: dict[str, int], fitting: dict[str, int]) -> None:
    """Alice bids for 6 at 100, and waits to buy 9 at 105 or more with at most 1,050."""
    engine = an_engine(**{key: PARAMETERS[key] for key in ("maker_fee_ppm", "taker_fee_ppm")})
    buy(engine, ALICE, 6, 100)
    stop(engine, ALICE, Side.BUY, 15, 105, budget_atoms=1_050)
    before = engine.snapshot()
    assert refused(change(engine, **broken)) == R.WOULD_BREAK_ORDERS
    assert engine.snapshot() == before._replace(sequence=before.sequence + 1)
    assert isinstance(change(engine, **fitting)[0], MarketChanged)


def test_a_trigger_must_fit_the_new_price_step_too() -> None:
    engine = an_engine()
    stop(engine, ALICE, Side.BUY, 6, 103, price=110)
    assert refused(change(engine, price_step_ticks=10)) == R.WOULD_BREAK_ORDERS
    assert isinstance(change(engine, price_step_ticks=1)[0], MarketChanged)


def test_what_remains_of_an_order_must_fit_the_new_quantity_step() -> None:
    engine = an_engine()
    buy(engine, ALICE, 6, 100)
    sell(engine, BOB, 1, 100)
    assert refused(change(engine, quantity_step_lots=2)) == R.WOULD_BREAK_ORDERS
    sell(engine, ALICE, 1, 100, self_trade_prevention=SelfTradePrevention.DECREMENT)
    assert isinstance(change(engine, quantity_step_lots=2)[0], MarketChanged)
