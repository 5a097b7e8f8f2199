"""Reading candles: which ones a range and a limit mean, and what stands where nothing was traded."""

import pytest

from access.intervals import MAX_CANDLES
from exchange.candles import Bar
from exchange.models import Candle, Market
from exchange.rules import candle_id
from exchange.selectors_candles import candles_of
from exchange.services.markets import open_market
from ledger.services import seed_assets

pytestmark = pytest.mark.django_db

NOON = 1_700_049_600  # 2023-11-15 12:00
NOW_MS = (NOON + 3 * 3_600 + 90) * 1_000


@pytest.fixture
def market() -> Market:
    """Trades in the minutes 12:00, 12:01 and 12:07 and, of another market, in all others."""
    seed_assets()
    market = open_market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5)
    for minute, price in ((0, 100), (1, 110), (7, 90)):
        _store(market.pk, NOON + 60 * minute, price)
    for minute in range(10):
        _store(market.pk + 1, NOON + 60 * minute, 7)
    return market


def _store(market_id: int, start_s: int, price: int) -> None:
    Candle.objects.create(
        id=candle_id(market_id, 60, start_s),
        market_id=market_id,
        interval_s=60,
        start_s=start_s,
        open_ticks=price,
        high_ticks=price + 5,
        low_ticks=price - 5,
        close_ticks=price + 1,
        volume_lots=10,
        volume_quote_atoms=10**30,
        taker_buy_lots=4,
        taker_buy_quote_atoms=400,
        trades=2,
        first_trade_id=start_s - NOON + 1,
    )


def _minutes(bars: list[Bar]) -> list[int]:
    return [(bar.start_s - NOON) // 60 for bar in bars]


def test_without_a_start_it_gives_the_last_ones_up_to_now(market: Market) -> None:
    bars = candles_of(market=market, interval="1m", limit=3, now_ms=NOW_MS)
    assert _minutes(bars) == [179, 180, 181]
    assert {bar.close_ticks for bar in bars} == {91}


def test_with_a_start_it_gives_the_first_ones_and_never_any_before_the_first_trade(market: Market) -> None:
    bars = candles_of(market=market, interval="1m", start_ms=0, limit=4, now_ms=NOW_MS)
    assert _minutes(bars) == [0, 1, 2, 3]
    assert [bar.close_ticks for bar in bars] == [101, 111, 111, 111]
    assert [bar.trades for bar in bars] == [2, 2, 0, 0]


def test_a_range_is_half_open_and_begins_with_a_whole_interval(market: Market) -> None:
    start_ms, end_ms = (NOON + 60) * 1_000 + 1, (NOON + 7 * 60) * 1_000
    bars = candles_of(market=market, interval="1m", start_ms=start_ms, end_ms=end_ms, now_ms=NOW_MS)
    assert _minutes(bars) == [2, 3, 4, 5, 6]
    bars = candles_of(market=market, interval="1m", start_ms=start_ms, end_ms=end_ms + 1, now_ms=NOW_MS)
    assert _minutes(bars) == [2, 3, 4, 5, 6, 7]


def test_longer_intervals_are_sums_beyond_64_bits(market: Market) -> None:
    first, second = candles_of(market=market, interval="5m", start_ms=NOON * 1_000, limit=2, now_ms=NOW_MS)
    assert first == Bar(NOON, 100, 115, 95, 111, 20, 2 * 10**30, 8, 800, 4, 1)
    assert (second.open_ticks, second.low_ticks, second.trades) == (90, 85, 2)


@pytest.mark.parametrize("extreme", [-1, 0, 2**63, 10**18])
def test_ranges_that_make_no_sense_are_empty_or_whole(market: Market, extreme: int) -> None:
    bounded = candles_of(market=market, interval="1m", end_ms=extreme, limit=10**9, now_ms=NOW_MS)
    assert len(bounded) == (0 if extreme < 1 else 182)
    begun = candles_of(market=market, interval="1M", start_ms=extreme, limit=10**9, now_ms=NOW_MS)
    assert begun == []
    assert candles_of(market=market, interval="1s", start_ms=5, end_ms=4, now_ms=NOW_MS) == []
    assert candles_of(market=market, interval="1m", limit=0, now_ms=NOW_MS) == []
    assert MAX_CANDLES == 1_000


def test_a_market_without_trades_has_none(market: Market) -> None:
    Candle.objects.all().delete()
    assert candles_of(market=market, interval="1d", now_ms=NOW_MS) == []
