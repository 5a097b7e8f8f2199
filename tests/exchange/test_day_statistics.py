"""A market's last 24 hours, to the minute, from candles that the test writes; and how they are shown."""

import time

import pytest

from exchange.engine.types import Side
from exchange.live_wire import PublicTrade
from exchange.models import Candle, Market
from exchange.rendering import render_levels, render_public_trade
from exchange.rules import candle_id
from exchange.tickers import (
    DAY_S,
    MINUTE_S,
    NO_TRADE,
    DayStatistics,
    render_day,
    statistics_of,
    statistics_since,
)
from tests.exchange.support import make_market

Prices = tuple[int, int, int, int]  # open, high, low, close


@pytest.fixture
def market(db: None) -> Market:
    make_market()
    return Market.objects.get()


def this_minute() -> int:
    """The current one, with enough of it left for the test."""
    while int(time.time()) % MINUTE_S == MINUTE_S - 1:
        pass
    return int(time.time()) // MINUTE_S * MINUTE_S


def candle(
    market: Market,
    start_s: int,
    prices: Prices,
    *,
    lots: int = 1,
    atoms: int = 1,
    every_s: int = MINUTE_S,
    first_trade_id: int = 0,
) -> None:
    opened, high, low, close = prices
    Candle.objects.create(
        id=candle_id(market.pk, every_s, start_s),
        market=market,
        interval_s=every_s,
        start_s=start_s,
        open_ticks=opened,
        high_ticks=high,
        low_ticks=low,
        close_ticks=close,
        volume_lots=lots,
        volume_quote_atoms=atoms,
        taker_buy_lots=0,
        taker_buy_quote_atoms=0,
        trades=2,
        first_trade_id=first_trade_id,
    )


def summed(
    last: int,
    opened: int,
    high: int | None,
    low: int | None,
    lots: int,
    atoms: int,
    trades: int,
    first: int | None = None,
    previous: int | None = None,
) -> DayStatistics:
    return DayStatistics(last, opened, high, low, lots, atoms, trades, 0, first, 0, previous)


def test_a_market_without_a_trade_has_no_prices(market: Market) -> None:
    assert statistics_of(market.pk) == NO_TRADE
    assert statistics_of(market.pk + 1) == NO_TRADE


def test_a_day_is_summed_from_its_minutes(market: Market) -> None:
    now_s = this_minute()
    candle(market, now_s - 7_200, (100, 130, 90, 110), lots=5, atoms=500)
    candle(market, now_s - 3_600, (111, 120, 80, 115), lots=7, atoms=700)
    candle(market, now_s, (116, 117, 112, 113), lots=1, atoms=113)
    assert statistics_of(market.pk) == summed(113, 100, 130, 80, 13, 1_313, 6, first=100)


def test_the_price_a_day_ago_is_that_of_the_last_trade_before(market: Market) -> None:
    now_s = this_minute()
    candle(market, now_s - 10 * DAY_S, (1, 1, 1, 50))
    candle(market, now_s - 2 * DAY_S, (200, 300, 20, 90), lots=1_000)
    candle(market, now_s - 60, (100, 130, 95, 110), lots=5, atoms=500)
    assert statistics_of(market.pk) == summed(110, 90, 130, 95, 5, 500, 2, first=100, previous=90)


@pytest.mark.parametrize(
    ("ago_s", "counts"), [(DAY_S - MINUTE_S, True), (DAY_S, True), (DAY_S + MINUTE_S, False)]
)
def test_the_minute_of_a_day_ago_still_counts(market: Market, ago_s: int, counts: bool) -> None:
    candle(market, this_minute() - ago_s, (10, 12, 8, 11), lots=3, atoms=33)
    inside = summed(11, 10, 12, 8, 3, 33, 2, first=10)
    outside = summed(11, 11, None, None, 0, 0, 0, previous=11)
    assert statistics_of(market.pk) == (inside if counts else outside)


def test_other_intervals_and_other_markets_are_not_counted(market: Market) -> None:
    now_s = this_minute()
    candle(market, now_s, (10, 12, 8, 11), lots=3, atoms=33)
    for every_s in (1, 3_600, 86_400):
        candle(market, now_s, (1, 999, 1, 999), lots=100, every_s=every_s)
    before = statistics_of(market.pk)
    assert before == summed(11, 10, 12, 8, 3, 33, 2, first=10)
    candle(Market(id=market.pk + 1), now_s, (1, 999, 1, 999), lots=100)
    assert statistics_of(market.pk) == before


def test_the_trades_of_a_day_are_named_by_its_first_one(market: Market) -> None:
    now_s = this_minute()
    candle(market, now_s - 2 * DAY_S, (1, 1, 1, 1), first_trade_id=5)
    candle(market, now_s - 120, (2, 2, 2, 2), first_trade_id=7)
    candle(market, now_s - 60, (3, 3, 3, 3), first_trade_id=9)
    found = statistics_of(market.pk)
    assert (found.first_trade_id, found.last_trade_id, found.trades) == (7, 10, 4)
    assert NO_TRADE.last_trade_id == 0


def test_any_time_until_now_can_be_summed_of_some_markets(market: Market) -> None:
    now_s = this_minute()
    candle(market, now_s - 180, (10, 10, 10, 10))
    candle(market, now_s - 60, (11, 11, 11, 11))
    candle(Market(id=market.pk + 1), now_s, (1, 999, 1, 999))
    found = statistics_since([market.pk], now_s - 120)
    assert found == {market.pk: summed(11, 10, 11, 11, 1, 1, 2, first=11, previous=10)}


def test_a_days_volume_may_outgrow_64_bits(market: Market) -> None:
    now_s = this_minute()
    for minutes in range(3):
        candle(market, now_s - 60 * minutes, (1, 1, 1, 1), atoms=2**63 - 1)
    assert statistics_of(market.pk).volume_quote_atoms == 3 * (2**63 - 1)


def shown(last: int | None, opened: int | None) -> tuple[object, object]:
    market = Market(price_decimals=2, quantity_decimals=5, quote_decimals=8)
    found = render_day(market, NO_TRADE._replace(last_ticks=last, open_ticks=opened))
    return found["price_change"], found["price_change_ppm"]


@pytest.mark.parametrize(
    ("last", "opened", "change"),
    [
        (None, None, (None, None)),
        (100, 100, ("0.00", 0)),
        (110, 100, ("0.10", 100_000)),
        (90, 100, ("-0.10", -100_000)),
        (5_000_001, 5_000_000, ("0.01", 0)),  # less than a millionth
        (4_999_999, 5_000_000, ("-0.01", -1)),  # rounded down, towards the fall
        (1, 3, ("-0.02", -666_667)),
        (300, 100, ("2.00", 2_000_000)),
    ],
)
def test_the_change_is_told_in_price_and_in_millionths(
    last: int | None, opened: int | None, change: tuple[object, object]
) -> None:
    assert shown(last, opened) == change


def test_volumes_have_the_places_of_their_assets() -> None:
    market = Market(price_decimals=2, quantity_decimals=5, quote_decimals=8)
    found = render_day(market, summed(5_000_000, 4_900_000, 5_100_000, 4_800_000, 123, 10**10, 4))
    assert (found["volume"], found["quote_volume"], found["trades"]) == ("0.00123", "100.00000000", 4)
    assert (found["high_price"], found["low_price"]) == ("51000.00", "48000.00")


def test_a_public_trade_says_nothing_about_who() -> None:
    market = Market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5, quote_decimals=8)
    trade = PublicTrade(7, 5_000_001, 1_000, 50_000_010_000, int(Side.SELL), 1_234_567_890, 640)
    assert render_public_trade(trade, market) == {
        "trade_id": "7",
        "price": "50000.01",
        "quantity": "0.01000",
        "quote_amount": "500.00010000",
        "taker_side": "SELL",
        "time_ms": 1_234,
    }


def test_levels_are_pairs_of_price_and_quantity() -> None:
    market = Market(price_decimals=1, quantity_decimals=0)
    assert render_levels([(1_005, 3), (9, 0)], market) == [["100.5", "3"], ["0.9", "0"]]
