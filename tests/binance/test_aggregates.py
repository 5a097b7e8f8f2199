"""Aggregate trades are what a naive reading of the trades says, wherever the reading begins."""

from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from exchange.compat.binance.spot.aggregates import Aggregate, fold, render_aggregate
from exchange.engine.types import Side
from exchange.live_wire import PublicTrade
from exchange.models import Market

CHOICES = st.tuples(
    st.integers(1, 3),  # price
    st.integers(1, 9),  # lots
    st.integers(0, 1),  # whether the same order goes on
    st.integers(0, 1),  # whether time goes on
)


def trades_of(choices: list[tuple[int, int, int, int]]) -> list[PublicTrade]:
    made, order, now = [], 64, 1
    for number, (price, lots, another, later) in enumerate(choices, 1):
        order, now = order + 64 * another, now + later
        made.append(PublicTrade(number, price, lots, price * lots, order % 2, now, order))
    return made


def naive(trades: list[PublicTrade]) -> list[Aggregate]:
    found = []
    for _, group in groupby(trades, lambda one: (one.taker_order_id, one.price_ticks, one.timestamp_ns)):
        same = list(group)
        lots = sum(one.quantity_lots for one in same)
        first = same[0]
        found.append(
            Aggregate(
                first.trade_id,
                same[-1].trade_id,
                first.price_ticks,
                lots,
                first.taker_side,
                first.timestamp_ns,
            )
        )
    return found


@given(st.lists(CHOICES, max_size=30).map(trades_of))
def test_aggregates_are_runs_of_one_order_one_price_and_one_time(trades: list[PublicTrade]) -> None:
    found = list(fold(trades))
    assert found == naive(trades)
    numbers = [number for one in found for number in range(one.first_trade_id, one.last_trade_id + 1)]
    assert numbers == [trade.trade_id for trade in trades]
    assert sum(one.quantity_lots for one in found) == sum(trade.quantity_lots for trade in trades)


@given(st.lists(CHOICES, min_size=1, max_size=30).map(trades_of), st.data())
def test_a_stream_of_whole_commands_has_the_same_aggregates_as_the_list(
    trades: list[PublicTrade], data: st.DataObject
) -> None:
    """A message has all trades of its commands, so it is cut only where another time begins."""
    cuts = [at for at in range(1, len(trades)) if trades[at].timestamp_ns != trades[at - 1].timestamp_ns]
    chosen = [0, *sorted(data.draw(st.sets(st.sampled_from(cuts))) if cuts else []), len(trades)]
    streamed = [one for start, end in pairwise(chosen) for one in fold(trades[start:end])]
    assert streamed == list(fold(trades))


def test_one_is_told_before_the_trades_have_come_to_an_end() -> None:
    trades = trades_of([(1, 5, 1, 0), (2, 5, 1, 1), (3, 5, 1, 1)])
    assert next(fold(iter(trades))).first_trade_id == 1


def test_it_shows_nothing_about_who() -> None:
    market = Market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5)
    shown = render_aggregate(Aggregate(7, 9, 5_000_001, 1_000, int(Side.SELL), 1_234_567_890), market)
    assert shown == {
        "a": 7,
        "p": "50000.01000000",
        "q": "0.01000000",
        "f": 7,
        "l": 9,
        "T": 1_234,
        "m": True,
        "M": True,
    }
