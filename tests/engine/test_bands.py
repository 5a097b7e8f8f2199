"""The price band: which limit prices are taken, how far market orders go, and around what it stands."""

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import ReferencePriceSet
from exchange.engine.types import CloseReason, OrderStatus, RejectReason, Side, TimeInForce
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    FREE_OF_FEES,
    MARKET,
    an_engine,
    buy,
    closed,
    fills,
    fok,
    fund,
    place,
    refused,
    sell,
    stop,
    tell,
    trade_at,
    trades,
)

R = RejectReason


def set_reference(engine: Engine, price: int) -> None:
    command = c.set_reference_price(market=MARKET, price_ticks=price)
    assert tell(engine, command) == [ReferencePriceSet(15, MARKET, price)]


def an_engine_around(price: int, band_ppm: int = 100_000) -> Engine:
    """Within ten per cent of the reference price, unless told otherwise."""
    engine = an_engine(**FREE_OF_FEES, band_ppm=band_ppm)
    set_reference(engine, price)
    for account in (ALICE, BOB, CAROL):  # the first order of an account takes another way than its second
        tell(engine, c.cancel_order(account=account, order_id=_first(engine, account, price)))
    return engine


def _first(engine: Engine, account: int, price: int) -> int:
    buy(engine, account, 1, price)
    return engine.open_orders(account)[0].order_id


@pytest.mark.parametrize("side", list(Side))
def test_a_limit_price_outside_of_the_band_is_refused_on_both_sides(side: Side) -> None:
    engine = an_engine_around(1000)
    for price, good in ((899, False), (900, True), (1100, True), (1101, False)):
        events = place(engine, BOB, side, 1, price)
        assert good or refused(events) == R.PRICE_BAND
        tell(engine, c.cancel_all(account=BOB))


def test_the_edges_are_rounded_inwards() -> None:
    """10 % around 1,005 is 904.5 to 1,105.5."""
    engine = an_engine_around(1005)
    assert refused(buy(engine, ALICE, 1, 904)) == refused(buy(engine, ALICE, 1, 1106)) == R.PRICE_BAND
    assert len(buy(engine, ALICE, 1, 905)) == 1


def test_without_a_reference_the_band_stands_around_the_last_trade_and_moves_with_it() -> None:
    engine = an_engine(**FREE_OF_FEES, band_ppm=100_000)
    buy(engine, ALICE, 1, 1)
    trade_at(engine, 1000)
    assert refused(buy(engine, ALICE, 1, 899)) == R.PRICE_BAND
    trade_at(engine, 950)
    assert len(buy(engine, ALICE, 1, 855)) == 1
    assert refused(sell(engine, ALICE, 1, 1046)) == R.PRICE_BAND


def test_before_the_first_trade_there_is_no_band() -> None:
    engine = an_engine(band_ppm=1)
    assert len(buy(engine, ALICE, 1, 1)) == len(sell(engine, ALICE, 1, 10**6)) == 1


def test_a_reference_price_of_zero_gives_the_band_back_to_the_last_trade() -> None:
    engine = an_engine_around(1000)
    trade_at(engine, 950)
    set_reference(engine, 0)
    assert refused(buy(engine, ALICE, 1, 1046)) == R.PRICE_BAND
    assert refused(tell(engine, c.set_reference_price(market=MARKET, price_ticks=-1))) == R.OUT_OF_RANGE
    assert refused(tell(engine, c.set_reference_price(market="NONE", price_ticks=1))) == R.MARKET_NOT_FOUND


def an_engine_with_offers() -> Engine:
    """Offers at 1,050, 1,100 and 1,200; the last was made when the reference was higher."""
    engine = an_engine_around(1100)
    for price in (1050, 1100, 1200):
        sell(engine, CAROL, 2, price)
    set_reference(engine, 1000)
    return engine


def test_a_market_order_trades_up_to_the_edge_of_the_band() -> None:
    engine = an_engine_with_offers()
    events = buy(engine, BOB, 5)
    assert fills(events) == [(2, 1050), (2, 1100)]
    assert (closed(events).status, closed(events).reason) == (OrderStatus.EXPIRED, CloseReason.PRICE_BAND)
    nothing = closed(buy(engine, BOB, 5))
    assert (nothing.filled_lots, nothing.reason) == (0, CloseReason.PRICE_BAND)


def test_a_market_order_that_ends_at_the_edge_is_filled() -> None:
    assert closed(buy(an_engine_with_offers(), BOB, 4)).reason == CloseReason.FILLED


@pytest.mark.parametrize(
    ("rest", "reason"), [(1199, CloseReason.BUDGET_SPENT), (1200, CloseReason.PRICE_BAND)]
)
def test_a_budget_that_affords_nothing_beyond_the_edge_is_spent(rest: int, reason: CloseReason) -> None:
    engine = an_engine_with_offers()
    assert closed(buy(engine, BOB, budget_atoms=2 * 1050 + 2 * 1100 + rest)).reason == reason


def test_a_market_order_may_trade_at_prices_that_are_too_good() -> None:
    engine = an_engine_with_offers()
    set_reference(engine, 2000)
    assert fills(buy(engine, BOB, 1)) == [(1, 1050)]


def test_fill_or_kill_and_the_funds_of_a_market_order_count_what_is_within_the_band() -> None:
    engine = an_engine_with_offers()
    assert refused(fok(engine, BOB, Side.BUY, 5, 0)) == R.FOK_UNFILLED
    fund(engine, 7, USDB=2 * 1050 + 2 * 1100)
    assert len(trades(buy(engine, 7, 100))) == 2


def test_a_triggered_order_is_judged_when_it_triggers() -> None:
    engine = an_engine_around(1000)
    stop(engine, ALICE, Side.BUY, 1, 1050, price=1150)
    end = closed(trade_at(engine, 1050))
    assert (end.status, end.reason) == (OrderStatus.EXPIRED, CloseReason.PRICE_BAND)
    set_reference(engine, 1100)
    stop(engine, ALICE, Side.BUY, 1, 1060, price=1150, time_in_force=TimeInForce.IOC)
    assert closed(trade_at(engine, 1060)).reason == CloseReason.NO_LIQUIDITY


def test_an_order_in_the_book_stays_when_the_band_moves_away_and_may_become_smaller() -> None:
    engine = an_engine_with_offers()
    (order,) = [order for order in engine.open_orders(CAROL) if order.price_ticks == 1200]
    smaller = c.amend_order(account=CAROL, order_id=order.order_id, quantity_lots=1)
    assert type(tell(engine, smaller)[0]).__name__ == "OrderAmended"
    larger = c.amend_order(account=CAROL, order_id=order.order_id, quantity_lots=3)
    assert refused(tell(engine, larger)) == R.PRICE_BAND
