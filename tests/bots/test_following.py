"""A taker's orders: no more than so many a minute, within its means, and against what it has too much of."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.bots.rules.copying import Holding
from exchange.bots.rules.following import (
    FollowTerms,
    OutsideTrade,
    Take,
    Waiting,
    follow,
    heard,
    take_of,
)
from exchange.bots.rules.units import E8, PPM, units_of
from exchange.engine.types import Side
from tests.bots.books import UNITS, holdings

TERMS = FollowTerms(price_ppm=PPM, quantity_ppm=PPM, per_minute=60, most_lots=1_000_000, slack_ppm=1_000)
RICH = Holding(base_lots=10**9, quote_cells=10**13)
PRICE = 100 * E8

sides = st.sampled_from(Side)
trades = st.builds(OutsideTrade, sides, st.integers(1, 10**14), st.integers(0, 10**12))
steps = st.lists(st.tuples(trades, st.integers(0, 5_000)), max_size=60)


@given(steps, holdings)
def test_it_sends_no_more_than_so_many_a_minute(
    flow: list[tuple[OutsideTrade, int]], holding: Holding
) -> None:
    waiting, time_ms, sent = Waiting(), 0, 0
    for trade, pause_ms in flow:
        time_ms += pause_ms
        take, waiting = follow(heard(waiting, trade, UNITS, TERMS), holding, UNITS, TERMS, time_ms)
        sent += take is not None
        assert sent <= 1 + time_ms // 1_000


@given(sides, st.integers(0, 10**9), st.integers(1, 10**14), holdings)
def test_it_takes_what_it_can_pay_for_and_no_more(
    side: Side, lots: int, price_e8: int, holding: Holding
) -> None:
    take = take_of(side, lots, price_e8, holding, UNITS, TERMS)
    if take is None:
        return
    assert 0 < take.lots <= min(lots, TERMS.most_lots)
    cells = take.lots * take.limit_ticks
    assert UNITS.min_cells <= cells <= UNITS.max_cells
    if side == Side.BUY:
        assert holding.quote_cells - cells >= holding.least_quote_cells
        assert holding.base_lots + take.lots <= holding.most_base_lots
    else:
        assert holding.base_lots - take.lots >= holding.least_base_lots
        assert holding.quote_cells + cells <= holding.most_quote_cells


def test_small_trades_are_followed_together() -> None:
    waiting = Waiting()
    for _ in range(4):
        waiting = heard(waiting, OutsideTrade(Side.BUY, PRICE, E8 // 250), UNITS, TERMS)
    take, waiting = follow(waiting, RICH, UNITS, TERMS, 0)
    assert take == Take(Side.BUY, 10_010, 1_600)
    assert waiting.buy_lots == 0


def test_a_limit_is_rounded_to_where_a_copied_quote_stands() -> None:
    whole = units_of(tick_size="1", lot_size="0.00001", min_notional="1", max_notional="1000000")
    limits = {}
    for side in Side:
        take = take_of(side, 10_000, 100 * E8 + E8 // 2, Holding(10**9, 10**11), whole, TERMS)
        assert take is not None
        limits[side] = take.limit_ticks
    assert limits == {Side.BUY: 101, Side.SELL: 100}


def test_what_is_too_little_waits() -> None:
    waiting = heard(Waiting(), OutsideTrade(Side.SELL, PRICE, E8 // 250), UNITS, TERMS)
    assert follow(waiting, RICH, UNITS, TERMS, 0) == (None, waiting)


def test_the_side_that_waits_for_more_goes_first() -> None:
    waiting = Waiting(buy_lots=5_000, sell_lots=9_000, price_e8=PRICE)
    take, waiting = follow(waiting, RICH, UNITS, TERMS, 1_000)
    assert take == Take(Side.SELL, 9_990, 9_000)
    assert (waiting.buy_lots, waiting.sell_lots) == (5_000, 0)


def test_who_has_little_left_to_give_takes_less_of_the_other() -> None:
    poor = Holding(base_lots=9 * 10**6, quote_cells=10**6 * 10_010)  # a tenth of its worth
    take = take_of(Side.BUY, 10_000, PRICE, poor, UNITS, TERMS)
    assert take is not None
    assert take.lots == 2_500


def test_tokens_are_not_lost_to_looks_in_quick_succession() -> None:
    terms = FollowTerms(PPM, PPM, per_minute=6, most_lots=10**6, slack_ppm=0)
    waiting = Waiting(buy_lots=10_000, price_e8=PRICE, tokens=0)
    for time_ms in range(1, 10_001):
        take, waiting = follow(waiting, RICH, UNITS, terms, time_ms)
        assert (take is not None) == (time_ms == 10_000)
