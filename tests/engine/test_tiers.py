"""Tiers of fees: which rates an order gets at its acceptance, and that the house never pays for a trade."""

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import AccountTierSet, FeeTierSet, NamedEvent, OrderAccepted
from exchange.engine.types import RejectReason, Side
from tests.engine.support import (
    ALICE,
    BOB,
    MARKET,
    an_engine,
    buy,
    refused,
    sell,
    stop,
    tell,
    trade_at,
    trades,
)

R = RejectReason
OWN = (200, 500)


def set_tier(engine: Engine, tier: int, maker: int, taker: int, market: str = MARKET) -> list[NamedEvent]:
    command = c.set_fee_tier(market=market, tier=tier, maker_fee_ppm=maker, taker_fee_ppm=taker)
    return tell(engine, command)


def put(engine: Engine, account: int, tier: int) -> list[NamedEvent]:
    return tell(engine, c.set_account_tier(account=account, tier=tier))


def rates(engine: Engine, account: int) -> tuple[int, int]:
    accepted = buy(engine, account, 1, 1)[0]
    assert isinstance(accepted, OrderAccepted)
    return accepted.maker_fee_ppm, accepted.taker_fee_ppm


def an_engine_with_tiers() -> Engine:
    engine = an_engine(maker_fee_ppm=OWN[0], taker_fee_ppm=OWN[1])
    assert set_tier(engine, 2, 100, 300) == [FeeTierSet(17, MARKET, 2, 100, 300)]
    set_tier(engine, 5, -50, 200)
    return engine


@pytest.mark.parametrize(
    ("tier", "expected"),
    [(0, OWN), (1, OWN), (2, (100, 300)), (4, (100, 300)), (5, (-50, 200)), (99, (-50, 200))],
)
def test_an_account_pays_as_the_next_lower_tier_that_the_market_knows(
    tier: int, expected: tuple[int, int]
) -> None:
    engine = an_engine_with_tiers()
    assert rates(engine, ALICE) == OWN
    assert put(engine, ALICE, tier) == [AccountTierSet(18, ALICE, tier)]
    assert rates(engine, ALICE) == expected
    assert rates(engine, BOB) == OWN


def test_tier_zero_takes_the_tier_away() -> None:
    engine = an_engine_with_tiers()
    put(engine, ALICE, 5)
    put(engine, ALICE, 0)
    assert rates(engine, ALICE) == OWN
    assert engine.snapshot().account_tiers == ()


def test_an_account_may_have_its_tier_before_its_first_order() -> None:
    engine = an_engine_with_tiers()
    put(engine, ALICE, 2)
    assert rates(engine, ALICE) == (100, 300)


def test_a_tier_that_changes_changes_the_rates_of_its_accounts() -> None:
    engine = an_engine_with_tiers()
    put(engine, ALICE, 3)
    buy(engine, ALICE, 1, 1)
    set_tier(engine, 3, 10, 250)
    assert rates(engine, ALICE) == (10, 250)


def test_an_open_order_keeps_the_rates_that_it_was_accepted_with() -> None:
    engine = an_engine(maker_fee_ppm=1_000, taker_fee_ppm=3_000)
    sell(engine, ALICE, 10, 1_000)
    set_tier(engine, 1, 0, 0)
    put(engine, ALICE, 1)
    (trade,) = trades(buy(engine, BOB, 10, 1_000))
    assert (trade.maker_fee_atoms, trade.taker_fee_atoms) == (10, 30)


def test_a_stop_pays_the_rates_of_its_acceptance_when_it_triggers() -> None:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=3_000)
    stop(engine, ALICE, Side.BUY, 10, 100)
    set_tier(engine, 1, 0, 0)
    put(engine, ALICE, 1)
    sell(engine, BOB, 10, 1_000)
    events = trade_at(engine, 999)
    assert [t.taker_fee_atoms for t in trades(events) if t.taker_account == ALICE] == [30]


@pytest.mark.parametrize("tier", [0, -1, 100])
def test_the_tiers_of_a_market_go_from_1_to_99(tier: int) -> None:
    assert refused(set_tier(an_engine(), tier, 0, 0)) == R.INVALID_MARKET


@pytest.mark.parametrize(
    ("maker", "taker"), [(-501, 500), (-1, 0), (0, -1), (10**6, 500), (0, 10**6), (-250, 600), (0, 9)]
)
def test_no_rebate_exceeds_the_lowest_taker_fee_of_any_tier(maker: int, taker: int) -> None:
    engine = an_engine(maker_fee_ppm=-10, taker_fee_ppm=200)
    assert refused(set_tier(engine, 1, maker, taker)) == R.INVALID_MARKET


def test_a_rebate_that_an_open_order_could_not_pay_for_is_refused_while_it_is_open() -> None:
    engine = an_engine(maker_fee_ppm=0, taker_fee_ppm=100)
    stop(engine, ALICE, Side.BUY, 10, 100, price=100)
    change = {"price_step_ticks": 1, "quantity_step_lots": 1, "max_open_orders": 9, "band_ppm": 0}
    bounds = {"min_notional_atoms": 0, "max_notional_atoms": 10**9}
    breaker = {"breaker_ppm": 0, "breaker_window_ns": 0, "breaker_halt_ns": 0}
    raised = c.change_market(
        market=MARKET, **change, **bounds, **breaker, maker_fee_ppm=-200, taker_fee_ppm=200
    )
    assert refused(tell(engine, raised)) == R.WOULD_BREAK_ORDERS
    tell(engine, c.cancel_all(account=ALICE))
    assert type(tell(engine, raised)[0]).__name__ == "MarketChanged"
    buy(engine, ALICE, 1, 1)
    assert refused(set_tier(engine, 1, 0, 100)) == R.INVALID_MARKET


def test_unknown_markets_and_accounts_are_refused() -> None:
    engine = an_engine()
    assert refused(set_tier(engine, 1, 0, 0, market="NONE")) == R.MARKET_NOT_FOUND
    assert refused(put(engine, 0, 1)) == R.OUT_OF_RANGE
    assert refused(put(engine, ALICE, 100)) == refused(put(engine, ALICE, -1)) == R.OUT_OF_RANGE
