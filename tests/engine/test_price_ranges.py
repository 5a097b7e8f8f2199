"""Ranges of prices by hand: the band, the breaker, and the calm range in which a trade meets nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.engine.book import Asset
from exchange.engine.commands import create_market
from exchange.engine.market import Market, price_range
from exchange.engine.types import BOUNDLESS_TICKS, BUY, PPM, SELL

CASES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cases" / "price_ranges.json").read_text())


def _market(**parameters: Any) -> Market:
    command = create_market(
        market="BTC-USDB",
        base_asset="BTC",
        quote_asset="USDB",
        base_atoms_per_lot=1,
        quote_atoms_per_tick_lot=1,
        **parameters,
    )
    return Market(tuple(command)[1:], Asset("BTC"), Asset("USDB"))


@pytest.mark.parametrize("case", CASES["ranges"])
def test_a_range_has_the_whole_prices_within_it(case: dict[str, int]) -> None:
    assert price_range(case["reference"], case["ppm"]) == (case["low"], case["high"])


@pytest.mark.parametrize(("reference", "ppm"), [(0, 0), (0, 500), (500, 0)])
def test_without_a_reference_or_a_width_any_price_is_within(reference: int, ppm: int) -> None:
    assert price_range(reference, ppm) == (0, BOUNDLESS_TICKS)


@given(st.integers(1, 10**15), st.integers(1, PPM))
def test_no_price_outside_is_within_and_none_inside_is_left_out(reference: int, ppm: int) -> None:
    low, high = price_range(reference, ppm)
    assert low <= reference <= high
    for price in (low, high):
        assert abs(price - reference) * PPM <= ppm * reference
    for price in (low - 1, high + 1):
        assert abs(price - reference) * PPM > ppm * reference


@pytest.mark.parametrize("case", CASES["calm"], ids=lambda case: case["name"])
def test_the_calm_range_is_what_band_and_breaker_have_in_common(case: dict[str, Any]) -> None:
    market = _market(**case["parameters"])
    market.reference_price_ticks = case["reference"]
    market.last_price_ticks = case["last"]
    market.breaker_price_ticks = case["breaker"]
    market.refresh()
    assert [market.band_low, market.band_high] == case["band"]
    low, high = case["calm"]
    assert market.calm_keys[BUY] == (-low, -high)
    assert market.calm_keys[SELL] == (high, low)


def test_until_a_first_trade_gives_the_breaker_its_price_no_trade_is_calm() -> None:
    market = _market(breaker_ppm=100_000, breaker_window_ns=10**9)
    assert market.still_low > market.still_high
    assert (market.breaker_low, market.breaker_high) == (0, BOUNDLESS_TICKS)
    market.traded(200, 1)
    assert (market.breaker_price_ticks, market.started) == (200, True)
    assert (market.still_low, market.still_high) == (180, 220)


def test_a_later_trade_moves_the_band_and_leaves_the_breaker_where_it_was() -> None:
    market = _market(breaker_ppm=100_000, breaker_window_ns=10**9, band_ppm=50_000)
    market.traded(200, 1)
    market.traded(210, 2)
    market.move_band()
    assert (market.last_price_ticks, market.last_trade_id) == (210, 2)
    assert (market.breaker_low, market.breaker_high) == (180, 220)
    assert (market.band_low, market.band_high) == (200, 220)


def test_a_reference_price_holds_the_band_whatever_is_traded() -> None:
    market = _market(band_ppm=100_000)
    market.reference_price_ticks = 1_000
    market.traded(1_080, 1)
    market.refresh()
    assert (market.band_low, market.band_high) == (900, 1_100)


@pytest.mark.parametrize(
    ("status", "resume_ns", "price", "due_ns"),
    [(0, 0, 0, 0), (0, 0, 200, 70), (2, 0, 200, 0), (2, 500, 200, 500), (3, 0, 0, 0)],
)
def test_an_open_market_is_due_when_its_window_ends_and_a_stopped_one_when_its_halt_does(
    status: int, resume_ns: int, price: int, due_ns: int
) -> None:
    market = _market(breaker_ppm=100_000, breaker_window_ns=50)
    market.status, market.resume_ns = status, resume_ns
    market.breaker_price_ticks, market.breaker_since_ns = price, 20
    assert market.due_ns() == due_ns


@pytest.mark.parametrize(
    ("tier", "rates"), [(0, (200, 500)), (1, (200, 500)), (2, (100, 400)), (6, (100, 400)), (7, (-50, 300))]
)
def test_a_tier_the_market_does_not_know_has_the_rates_of_the_one_below(
    tier: int, rates: tuple[int, int]
) -> None:
    market = _market(maker_fee_ppm=200, taker_fee_ppm=500)
    market.fee_tiers = {2: (100, 400), 7: (-50, 300)}
    assert market.rates(tier) == rates
