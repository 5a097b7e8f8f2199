"""Candles whose day begins elsewhere are what a naive reading of the trades says, whatever is stored."""

import calendar
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from access.intervals import Interval
from exchange.candles import INTERVALS, NS, Bar, in_time_zone, stored_bars
from exchange.models import Candle, Market
from exchange.rules import candle_id
from exchange.selectors_candles import candles_of, traded_since
from exchange.services.markets import open_market
from ledger.services import seed_assets

pytestmark = pytest.mark.django_db

START = calendar.timegm((2024, 1, 27, 22, 11, 50))
SPAN_S = 70 * 86_400
NOW_S = START + SPAN_S + 5_000
ZONES_S = (0, 8 * 3_600, -3 * 3_600, 20_700, -12_600, 14 * 3_600, -12 * 3_600, 60)
Row = tuple[Any, ...]


@pytest.fixture
def trades() -> list[Row]:
    """Some close together, most far apart; each has one lot more than the one before."""
    chance = random.Random(20_240_127)
    seconds = sorted(
        START + (chance.randrange(SPAN_S) if number % 3 else number * 1_700) for number in range(400)
    )
    return [
        (0, 1, number, 0, second * NS, 0, 0, 0, 0, number % 2, 100 + number % 7, number, number * 3, 0, 0)
        for number, second in enumerate(seconds, 1)
    ]


@pytest.fixture
def market(trades: list[Row]) -> Market:
    seed_assets()
    market = open_market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5)
    Candle.objects.bulk_create(
        Candle(id=candle_id(market.pk, width, bar.start_s), market=market, interval_s=width, **bar._asdict())
        for _, width, bar in stored_bars(trades)
    )
    return market


def local_start(name: str, second: int, ahead_s: int) -> int:
    """Where the interval of this second begins, on a calendar of the time zone."""
    number, unit = int(name[:-1]), name[-1]
    moment = datetime.fromtimestamp(second + ahead_s, UTC)
    midnight = moment.replace(hour=0, minute=0, second=0)
    if unit == "M":
        found = midnight.replace(day=1)
    elif unit == "w":
        found = midnight - timedelta(days=moment.weekday())
    elif unit == "d":
        found = midnight - timedelta(days=(midnight - datetime(1970, 1, 1, tzinfo=UTC)).days % number)
    else:
        width = number * {"s": 1, "m": 60, "h": 3_600}[unit]
        found = midnight + timedelta(seconds=(moment - midnight).seconds // width * width)
    return int(found.timestamp()) - ahead_s


def naive(name: str, ahead_s: int, trades: list[Row]) -> dict[int, Bar]:
    groups: dict[int, list[Row]] = {}
    for trade in trades:
        groups.setdefault(local_start(name, trade[4] // NS, ahead_s), []).append(trade)
    return {start_s: bar_of(start_s, group) for start_s, group in groups.items()}


def bar_of(start_s: int, trades: list[Row]) -> Bar:
    prices = [trade[10] for trade in trades]
    lots = sum(trade[11] for trade in trades)
    bought = sum(trade[11] for trade in trades if trade[9] == 0)
    return Bar(
        start_s, prices[0], max(prices), min(prices), prices[-1], lots, lots * 3, bought, bought * 3,
        len(trades), trades[0][2],
    )  # fmt: skip


@pytest.mark.parametrize("name", ["1m", "30m", "1h", "2h", "12h", "1d", "3d", "1w", "1M"])
def test_any_interval_can_begin_anywhere(market: Market, trades: list[Row], name: str) -> None:
    for ahead_s in ZONES_S:
        kind = in_time_zone(INTERVALS[name], ahead_s)
        found = some_of_all(market, kind)
        expected = naive(name, ahead_s, trades)
        assert {bar.start_s: bar for bar in found if bar.trades} == {
            start_s: bar for start_s, bar in expected.items() if start_s <= found[-1].start_s
        }
        assert found[0].start_s == min(expected)
        for before, bar in pairwise(found):
            assert bar.start_s == kind.after(before.start_s)
            if not bar.trades:
                assert bar[1:5] == (before.close_ticks,) * 4


def some_of_all(market: Market, kind: Interval) -> list[Bar]:
    """From the first one on, in pages; enough of them where they are many."""
    found: list[Bar] = []
    start_ms = 0
    while len(found) <= 2_000 and (
        page := candles_of(market=market, interval=kind, start_ms=start_ms, limit=1_000, now_ms=NOW_S * 1_000)
    ):
        found += page
        start_ms = kind.after(page[-1].start_s) * 1_000
    return found


def test_the_last_ones_are_the_end_of_all(market: Market) -> None:
    kind = in_time_zone(INTERVALS["1w"], 20_700)
    whole = candles_of(market=market, interval=kind, start_ms=0, now_ms=NOW_S * 1_000)
    assert candles_of(market=market, interval=kind, limit=3, now_ms=NOW_S * 1_000) == whole[-3:]


def test_what_was_traded_since_a_second_is_summed(market: Market, trades: list[Row]) -> None:
    since_s = trades[200][4] // NS
    lots = sum(trade[11] for trade in trades if trade[4] // NS >= since_s)
    assert traded_since(market, since_s) == (lots, lots * 3)
    assert traded_since(market, NOW_S) == (0, 0)
