"""Statistics in Binance's words: which prices stand where nothing was traded, and how shares are rounded."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.broadcast import BookSnapshot
from exchange.compat.binance.spot import ticker_words
from exchange.models import Market
from exchange.tickers import NO_TRADE, DayStatistics

MARKET = Market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5, quote_decimals=8)
DAY = DayStatistics(
    last_ticks=11_000,
    open_ticks=9_000,
    high_ticks=12_000,
    low_ticks=8_000,
    volume_lots=300_000,
    volume_quote_atoms=33_000_000_000,
    trades=4,
    last_lots=1_000,
    first_ticks=10_000,
    first_trade_id=7,
    previous_close_ticks=9_000,
)


def test_a_day_opens_with_its_first_trade() -> None:
    shown = ticker_words.statistic(MARKET, DAY, 1, 2)
    assert shown == {
        "symbol": "BTCUSDB",
        "openPrice": "100.00000000",
        "highPrice": "120.00000000",
        "lowPrice": "80.00000000",
        "lastPrice": "110.00000000",
        "volume": "3.00000000",
        "quoteVolume": "330.00000000",
        "openTime": 1,
        "closeTime": 2,
        "firstId": 7,
        "lastId": 10,
        "count": 4,
    }
    assert ticker_words.movement(MARKET, DAY) == {
        "priceChange": "10.00000000",
        "priceChangePercent": "10.000",
        "weightedAvgPrice": "110.00000000",
    }
    book = BookSnapshot(1, 2, [(10_900, 5), (10_800, 6)], [])
    assert ticker_words.day_only(MARKET, DAY, book) == {
        "prevClosePrice": "90.00000000",
        "lastQty": "0.01000000",
        "bidPrice": "109.00000000",
        "bidQty": "0.00005000",
        "askPrice": "0.00000000",
        "askQty": "0.00000000",
    }


def test_a_day_without_a_trade_stands_at_the_price_before() -> None:
    quiet = NO_TRADE._replace(last_ticks=9_000, open_ticks=9_000, previous_close_ticks=9_000, last_lots=3)
    shown = ticker_words.statistic(MARKET, quiet, 1, 2)
    assert {shown[name] for name in ("openPrice", "highPrice", "lowPrice", "lastPrice")} == {"90.00000000"}
    assert (shown["firstId"], shown["lastId"], shown["count"]) == (-1, -1, 0)
    assert ticker_words.movement(MARKET, quiet)["priceChangePercent"] == "0.000"


def test_before_the_first_trade_ever_all_is_zero() -> None:
    shown = ticker_words.statistic(MARKET, NO_TRADE, 1, 2)
    assert shown["lastPrice"] == "0.00000000"
    assert ticker_words.movement(MARKET, NO_TRADE)["weightedAvgPrice"] == "0.00000000"
    assert ticker_words.day_only(MARKET, NO_TRADE, None)["prevClosePrice"] == "0.00000000"


@pytest.mark.parametrize(
    ("first", "last", "percent"),
    [
        (100, 200, "100.000"),
        (200, 100, "-50.000"),
        (3, 4, "33.333"),
        (3, 2, "-33.333"),
        (3, 5, "66.667"),
        (3, 1, "-66.667"),
        (200_000, 200_001, "0.001"),  # half of a thousandth
        (200_000, 199_999, "-0.001"),
        (200_001, 200_000, "0.000"),
    ],
)
def test_a_change_is_rounded_to_a_thousandth_of_a_percent(first: int, last: int, percent: str) -> None:
    assert ticker_words.change_percent(DAY._replace(first_ticks=first, last_ticks=last)) == percent


@given(st.integers(1, 10**30), st.integers(1, 10**20), st.integers(0, 3), st.integers(0, 6))
def test_an_average_price_is_quote_by_base(atoms: int, lots: int, price: int, quantity: int) -> None:
    market = Market(price_decimals=price, quantity_decimals=quantity, quote_decimals=price + quantity)
    exact = Fraction(atoms, 10**market.quote_decimals) / Fraction(lots, 10**quantity)
    shown = Fraction(ticker_words.average_price(market, atoms, lots))
    assert 0 <= exact - shown < Fraction(1, 10**8)
