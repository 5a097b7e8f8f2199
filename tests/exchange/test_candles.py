"""Candles of every interval are what a naive reading of the trades says, however they were stored."""

import calendar
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.candles import INTERVALS, NS, Bar, aggregate, stored_bars
from exchange.rules import STORED_INTERVALS_S

MARKET, OTHER = 1, 2
START = calendar.timegm((2024, 2, 27, 23, 59, 50))  # a leap year's February ends soon


def a_trade(market: int, second: int, side: int, price: int, lots: int) -> tuple[Any, ...]:
    return (0, market, 0, 0, second * NS + 5, 0, 0, 0, 0, side, price, lots, price * lots * 3, 0, 0)


def numbered(trades: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """With ids that are dense per market."""
    last = {MARKET: 0, OTHER: 0}
    found = []
    for trade in trades:
        last[trade[1]] += 1
        found.append((*trade[:2], last[trade[1]], *trade[3:]))
    return found


TRADES = st.lists(
    st.builds(
        a_trade,
        st.sampled_from([MARKET, MARKET, OTHER]),
        st.one_of(st.integers(0, 40), st.integers(0, 10_000), st.integers(0, 90 * 86_400)).map(START.__add__),
        st.integers(0, 1),
        st.integers(1, 50),
        st.integers(1, 9),
    ),
    max_size=40,
).map(lambda trades: numbered(sorted(trades, key=lambda trade: trade[4])))


def naive_start(name: str, second: int) -> datetime:
    moment = datetime.fromtimestamp(second, UTC)
    number, unit = int(name[:-1]), name[-1]
    if unit == "s":
        return moment.replace(second=moment.second // number * number)
    if unit == "m":
        return moment.replace(minute=moment.minute // number * number, second=0)
    if unit == "h":
        return moment.replace(hour=moment.hour // number * number, minute=0, second=0)
    midnight = moment.replace(hour=0, minute=0, second=0)
    if unit == "w":
        return midnight - timedelta(days=moment.weekday())
    if unit == "M":
        return midnight.replace(day=1)
    return midnight - timedelta(days=(midnight - datetime(1970, 1, 1, tzinfo=UTC)).days % number)


def naive_bar(start_s: int, trades: list[tuple[Any, ...]]) -> Bar:
    prices = [trade[10] for trade in trades]
    bought = [trade for trade in trades if trade[9] == 0]
    return Bar(
        start_s,
        prices[0],
        max(prices),
        min(prices),
        prices[-1],
        sum(trade[11] for trade in trades),
        sum(trade[12] for trade in trades),
        sum(trade[11] for trade in bought),
        sum(trade[12] for trade in bought),
        len(trades),
        trades[0][2],
    )


def naive(name: str, trades: list[tuple[Any, ...]]) -> dict[int, Bar]:
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for trade in trades:
        groups.setdefault(int(naive_start(name, trade[4] // NS).timestamp()), []).append(trade)
    return {start_s: naive_bar(start_s, group) for start_s, group in groups.items()}


@given(TRADES)
def test_what_is_stored_is_what_the_trades_say(trades: list[tuple[Any, ...]]) -> None:
    stored = stored_bars(trades)
    assert len({(market, width, bar.start_s) for market, width, bar in stored}) == len(stored)
    for market in (MARKET, OTHER):
        mine = [trade for trade in trades if trade[1] == market]
        for width, name in zip(STORED_INTERVALS_S, ("1s", "1m", "1h", "1d"), strict=True):
            found = {bar.start_s: bar for owner, of, bar in stored if (owner, of) == (market, width)}
            assert found == naive(name, mine)


@pytest.mark.parametrize("name", INTERVALS)
@settings(max_examples=25)
@given(trades=TRADES)
def test_any_interval_is_the_sum_of_what_is_stored_and_gaps_have_the_close_before(
    name: str, trades: list[tuple[Any, ...]]
) -> None:
    interval = INTERVALS[name]
    mine = [trade for trade in trades if trade[1] == MARKET and trade[4] // NS < START + 100 * 60]
    stored = [bar for market, of, bar in stored_bars(mine) if (market, of) == (MARKET, interval.stored_s)]
    start_s, expected = interval.start(START), naive(name, mine)
    end_s = interval.after(interval.start(START + 100 * 60))
    found = aggregate(stored, interval, start_s=start_s, end_s=end_s, previous_close=None)
    assert {bar.start_s: bar for bar in found if bar.trades} == expected
    for before, bar in pairwise(found):
        assert bar.start_s == interval.after(before.start_s)
        if not bar.trades:
            assert bar[1:5] == (before.close_ticks,) * 4
            assert bar[5:] == (0,) * 6
        assert bar.last_trade_id == bar.first_trade_id + max(bar.trades - 1, 0)
    assert not found or found[0].start_s == min(expected)
    assert not found or found[-1].start_s == interval.after(end_s, -1)


@given(st.sampled_from(sorted(INTERVALS)), st.integers(0, 4_000_000_000))
def test_an_interval_holds_each_second_once(name: str, second: int) -> None:
    interval = INTERVALS[name]
    start_s = interval.start(second)
    assert start_s == naive_start(name, second).timestamp()
    assert start_s <= second < interval.after(start_s)
    assert interval.start(interval.after(start_s) - 1) == start_s
    assert interval.after(interval.after(start_s, 7), -7) == start_s
