"""Making a market: what its parameters must be."""

from typing import Any

import pytest

from exchange.engine.engine import Engine
from exchange.engine.events import MarketCreated
from exchange.engine.types import RejectReason
from tests.engine.support import ALICE, MARKET, buy, fund, open_market, refused


def test_a_market_is_created_once() -> None:
    engine = Engine()
    assert open_market(engine) == [MarketCreated(8, MARKET)]
    assert refused(open_market(engine, base_asset="ETH")) == RejectReason.MARKET_EXISTS


@pytest.mark.parametrize(
    "terms",
    [
        {"market": ""},
        {"base_asset": ""},
        {"quote_asset": ""},
        {"base_asset": "USDB"},
        {"base_atoms_per_lot": 0},
        {"quote_atoms_per_tick_lot": 0},
        {"quote_atoms_per_tick_lot": -1},
        {"price_step_ticks": 0},
        {"quantity_step_lots": 0},
        {"quantity_step_lots": 2**63},
        {"min_notional_atoms": -1},
        {"min_notional_atoms": 11, "max_notional_atoms": 10},
        {"max_notional_atoms": 0},
        {"max_open_orders": 0},
        {"maker_fee_ppm": 10**6},
        {"taker_fee_ppm": 10**6},
        {"taker_fee_ppm": -1, "maker_fee_ppm": 0},
        {"maker_fee_ppm": -501, "taker_fee_ppm": 500},
    ],
)
def test_a_market_of_impossible_terms_is_refused(terms: dict[str, Any]) -> None:
    engine = Engine()
    assert refused(open_market(engine, **terms)) == RejectReason.INVALID_MARKET
    assert engine.snapshot().markets == ()


@pytest.mark.parametrize(
    "terms", [{"maker_fee_ppm": -500, "taker_fee_ppm": 500}, {"maker_fee_ppm": 0, "taker_fee_ppm": 0}]
)
def test_a_rebate_may_equal_the_takers_fee(terms: dict[str, Any]) -> None:
    assert open_market(Engine(), **terms) == [MarketCreated(8, MARKET)]


def test_two_markets_share_the_money_and_not_the_book() -> None:
    engine = Engine()
    open_market(engine, maker_fee_ppm=0, taker_fee_ppm=0)
    open_market(engine, market="ETH-USDB", base_asset="ETH", maker_fee_ppm=0, taker_fee_ppm=0)
    fund(engine, ALICE, USDB=1_000)
    buy(engine, ALICE, 6, 100)
    assert refused(buy(engine, ALICE, 5, 100, market="ETH-USDB")) == RejectReason.INSUFFICIENT_FUNDS
    buy(engine, ALICE, 4, 100, market="ETH-USDB")
    assert engine.balance(ALICE, "USDB") == (0, 1_000)
    assert engine.depth(MARKET, 5) == ([(100, 6)], [])
    assert engine.depth("ETH-USDB", 5) == ([(100, 4)], [])
