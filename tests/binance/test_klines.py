"""Candles as arrays: which ones are told, and what stands in them."""

import calendar
import time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import httpx
import pytest

from exchange.models import Candle, Market
from tests.api.house import FREE_MARKET
from tests.binance.house import SYMBOL, Trader, public
from tests.binance.trades import HIGH, Sweep, seen, sweep

KLINES = "/api/v3/klines"
NAMES = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"]
DAY_MS = 86_400_000


@pytest.fixture
def swept(alice: Trader, bob: Trader) -> Sweep:
    bob.person.fund(DOT="100")
    return sweep(alice, bob)


def test_a_candle_has_twelve_members(client: httpx.Client, swept: Sweep) -> None:
    second = swept.time_ms // 1_000 * 1_000
    made = [one for one in seen(client, "/api/v3/trades") if one["time"] // 1_000 * 1_000 == second]
    bought = [one for one in made if not one["isBuyerMaker"]]
    (found,) = seen(client, KLINES, interval="1s", startTime=second, limit=1)
    assert found == [
        second,
        made[0]["price"],
        HIGH,
        min(one["price"] for one in made),
        made[-1]["price"],
        total(made, "qty"),
        second + 999,
        total(made, "quoteQty"),
        len(made),
        total(bought, "qty"),
        total(bought, "quoteQty"),
        "0",
    ]


def total(trades: list[dict[str, Any]], name: str) -> str:
    return str(sum(Decimal(one[name]) for one in trades))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("path", [KLINES, "/api/v3/uiKlines"])
def test_every_interval_ends_with_the_current_one(
    client: httpx.Client, swept: Sweep, path: str, name: str
) -> None:
    found = seen(client, path, interval=name, limit=3)
    assert 1 <= len(found) <= 3
    assert found[-1][0] <= time.time_ns() // 10**6 <= found[-1][6] + 1_000
    for before, after in pairwise(found):
        assert after[0] == before[6] + 1


def test_intervals_are_binances_alone(client: httpx.Client) -> None:
    for name in ("5s", "7m", "1y", "1D", "0"):
        answer = public(client, KLINES, symbol=SYMBOL, interval=name)
        assert answer.refusal == (400, -1120, "Invalid interval.")
    assert public(client, KLINES, symbol=SYMBOL).refusal == (
        400,
        -1102,
        "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.",
    )


def test_the_first_candles_ever_are_asked_for_with_time_zero(client: httpx.Client, swept: Sweep) -> None:
    first = Candle.objects.filter(market=Market.objects.get(symbol=FREE_MARKET), interval_s=60).order_by(
        "id"
    )[0]
    found = seen(client, KLINES, interval="1m", startTime=0, limit=2)
    assert found[0][0] == first.start_s * 1_000


def test_a_start_between_two_candles_means_the_later_one(client: httpx.Client, swept: Sweep) -> None:
    minute = swept.time_ms // 60_000 * 60_000
    assert seen(client, KLINES, interval="1m", startTime=minute - 1, limit=1)[0][0] == minute
    assert seen(client, KLINES, interval="1m", startTime=minute, limit=1)[0][0] == minute
    for one in seen(client, KLINES, interval="1m", startTime=minute + 1):
        assert one[0] > minute


def test_the_end_counts_too(client: httpx.Client, swept: Sweep) -> None:
    minute = swept.time_ms // 60_000 * 60_000
    assert seen(client, KLINES, interval="1m", startTime=minute, endTime=minute)[0][0] == minute
    assert seen(client, KLINES, interval="1m", endTime=minute)[-1][0] == minute
    assert seen(client, KLINES, interval="1m", startTime=minute, endTime=minute - 1) == []


def test_an_interval_without_a_trade_has_the_price_before(client: httpx.Client, swept: Sweep) -> None:
    """A second after the trade nothing was traded, once it is over."""
    second = swept.time_ms // 1_000 * 1_000
    deadline = time.monotonic() + 10
    while True:
        found = seen(client, KLINES, interval="1s", startTime=second, limit=2)
        if len(found) == 2 or time.monotonic() > deadline:
            break
    assert found[1][1:6] == [HIGH, HIGH, HIGH, HIGH, "0.00000000"]
    assert found[1][7:] == ["0.00000000", 0, "0.00000000", "0.00000000", "0"]


@pytest.mark.parametrize(
    ("zone", "ahead_ms"),
    [("0", 0), ("8", 8 * 3_600_000), ("-1:00", -3_600_000), ("05:45", 20_700_000), ("14", 50_400_000)],
)
def test_a_day_begins_at_midnight_in_its_time_zone(
    client: httpx.Client, swept: Sweep, zone: str, ahead_ms: int
) -> None:
    found = seen(client, KLINES, interval="1d", timeZone=zone, limit=1)
    assert found[0][0] == (swept.time_ms + ahead_ms) // DAY_MS * DAY_MS - ahead_ms
    assert found[0][6] == found[0][0] + DAY_MS - 1
    assert found[0][8] >= 3


def test_a_month_begins_at_midnight_in_its_time_zone(client: httpx.Client, swept: Sweep) -> None:
    now = time.gmtime(swept.time_ms // 1_000 + 5 * 3_600)
    first = calendar.timegm((now.tm_year, now.tm_mon, 1, 0, 0, 0)) - 5 * 3_600
    assert seen(client, KLINES, interval="1M", timeZone="5", limit=1)[0][0] == first * 1_000


@pytest.mark.parametrize("zone", ["15", "-13", "14:01", "-12:30", "1:60", "x", "+", "1:5", "UTC"])
def test_a_time_zone_that_is_nowhere_is_refused(client: httpx.Client, zone: str) -> None:
    answer = public(client, KLINES, symbol=SYMBOL, interval="1d", timeZone=zone)
    assert answer.refusal == (400, -1130, "Data sent for parameter 'timeZone' is not valid.")


def test_zones_off_the_hour_have_fewer_at_once(client: httpx.Client, swept: Sweep) -> None:
    """Their edges are read by the minute."""
    found = seen(client, KLINES, interval="1m", timeZone="05:45", limit=1_000)
    assert 1 <= len(found) <= 500


def test_more_than_a_thousand_are_a_thousand(client: httpx.Client, swept: Sweep) -> None:
    found: list[Any] = seen(client, KLINES, interval="1s", limit=5_000)
    assert len(found) <= 1_000
