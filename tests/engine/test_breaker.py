"""The circuit breaker: how far trades may go, what a stopped taker leaves, how a halt begins and ends."""

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import BreakerRebased, MarketStatusChanged
from exchange.engine.types import CloseReason, MarketStatus, OrderStatus, RejectReason, Side, TimeInForce
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    FREE_OF_FEES,
    MARKET,
    an_engine,
    buy,
    cancel,
    closed,
    fills,
    fok,
    fund,
    only,
    place,
    refused,
    sell,
    set_status,
    stop,
    tick,
    trade_at,
    trades,
)

WINDOW_NS, HALT_NS = 1_000, 300
BREAKER = {"breaker_ppm": 100_000, "breaker_window_ns": WINDOW_NS, "breaker_halt_ns": HALT_NS}
TRIPPED = MarketStatusChanged(14, MARKET, MarketStatus.CANCEL_ONLY, True, HALT_NS)


def an_engine_from(price: int, **parameters: int) -> Engine:
    """Trades may happen within ten per cent of `price`, that of the first trade."""
    engine = an_engine(**{**FREE_OF_FEES, **BREAKER, **parameters})
    trade_at(engine, price)
    return engine


def test_the_first_trade_gives_the_breaker_its_price() -> None:
    engine = an_engine(**BREAKER)
    assert engine.next_due_ns == 0
    events = trade_at(engine, 1000)
    assert events[-1] == BreakerRebased(16, MARKET, 1000, 0)
    assert engine.next_due_ns == WINDOW_NS


def test_even_the_first_taker_is_stopped() -> None:
    engine = an_engine(**BREAKER)
    sell(engine, CAROL, 1, 1000)
    sell(engine, CAROL, 1, 1101)
    events = buy(engine, BOB, 2, 1101)
    assert fills(events) == [(1, 1000)]
    assert events[-3:] == [closed(events[:-2]), BreakerRebased(16, MARKET, 1000, 0), TRIPPED]


def test_a_taker_trades_up_to_the_edge_then_closes_and_the_market_takes_only_cancels() -> None:
    engine = an_engine_from(1000)
    for price in (1050, 1100, 1101):
        sell(engine, CAROL, 1, price)
    events = buy(engine, BOB, 3, 1200)
    assert fills(events) == [(1, 1050), (1, 1100)]
    end = closed(events[:-1])
    assert (end.status, end.reason) == (OrderStatus.EXPIRED, CloseReason.CIRCUIT_BREAKER)
    assert events[-1] == TRIPPED
    assert engine.balance(BOB, "USDB")[1] == 0
    assert refused(buy(engine, ALICE, 1, 900)) == RejectReason.MARKET_CANCEL_ONLY
    assert cancel(engine, CAROL, order_id=engine.open_orders(CAROL)[0].order_id)


def test_it_looks_both_ways_and_at_prices_that_are_too_good() -> None:
    engine = an_engine_from(1000)
    buy(engine, ALICE, 1, 899)
    assert sell(engine, BOB, 1)[-1] == TRIPPED
    engine = an_engine_from(1000)
    sell(engine, ALICE, 1, 899)
    assert buy(engine, BOB, 1)[-1] == TRIPPED


def test_an_order_may_rest_beyond_the_edge() -> None:
    engine = an_engine_from(1000)
    assert len(buy(engine, ALICE, 1, 500)) == len(sell(engine, ALICE, 1, 2000)) == 1


def test_what_is_filled_up_to_the_edge_trips_nothing() -> None:
    engine = an_engine_from(1000)
    sell(engine, CAROL, 1, 1100)
    sell(engine, CAROL, 1, 1101)
    assert closed(buy(engine, BOB, 1)).reason == CloseReason.FILLED
    assert engine.market_status(MARKET) == MarketStatus.OPEN


def test_fill_or_kill_is_refused_and_trips_nothing() -> None:
    engine = an_engine_from(1000)
    sell(engine, CAROL, 1, 1101)
    assert refused(fok(engine, BOB, Side.BUY, 1, 1200)) == RejectReason.FOK_UNFILLED
    assert engine.market_status(MARKET) == MarketStatus.OPEN


def test_a_market_buy_needs_funds_for_what_it_can_trade() -> None:
    engine = an_engine_from(1000)
    sell(engine, CAROL, 1, 1100)
    sell(engine, CAROL, 100, 1101)
    fund(engine, 7, USDB=1100)
    assert fills(buy(engine, 7, 50)) == [(1, 1100)]


def test_a_halt_ends_by_a_tick_and_the_last_price_is_the_new_base() -> None:
    engine = an_engine_from(1000)
    sell(engine, CAROL, 1, 1100)
    sell(engine, CAROL, 1, 1150)
    buy(engine, BOB, 2)
    assert engine.next_due_ns == HALT_NS
    assert tick(engine, HALT_NS - 1) == []
    assert tick(engine, HALT_NS) == [
        MarketStatusChanged(14, MARKET, MarketStatus.OPEN, True, 0),
        BreakerRebased(16, MARKET, 1100, HALT_NS),
    ]
    assert fills(buy(engine, BOB, 1)) == [(1, 1150)]


def test_a_halt_without_an_end_lasts_until_an_operator_opens() -> None:
    engine = an_engine_from(1000, breaker_halt_ns=0)
    sell(engine, CAROL, 1, 1101)
    assert buy(engine, BOB, 1)[-1] == TRIPPED._replace(resume_ns=0)
    assert engine.next_due_ns == 0
    assert tick(engine, 10**15) == []
    opened = set_status(engine, MarketStatus.OPEN)
    assert [type(event) for event in opened] == [MarketStatusChanged, BreakerRebased]


def test_an_operators_word_ends_the_breakers_halt() -> None:
    engine = an_engine_from(1000)
    sell(engine, CAROL, 1, 1101)
    buy(engine, BOB, 1)
    set_status(engine, MarketStatus.CANCEL_ONLY)
    assert engine.next_due_ns == 0
    assert tick(engine, HALT_NS) == []
    assert engine.market_status(MARKET) == MarketStatus.CANCEL_ONLY


def test_each_window_begins_at_the_last_price() -> None:
    engine = an_engine_from(1000)
    trade_at(engine, 1090)
    assert tick(engine, WINDOW_NS + 5) == [BreakerRebased(16, MARKET, 1090, WINDOW_NS + 5)]
    assert engine.next_due_ns == 2 * WINDOW_NS + 5
    sell(engine, CAROL, 1, 1199)
    assert fills(buy(engine, BOB, 1)) == [(1, 1199)]


def test_no_window_passes_in_a_market_that_does_not_trade() -> None:
    engine = an_engine_from(1000)
    set_status(engine, MarketStatus.HALTED)
    assert engine.next_due_ns == 0
    assert tick(engine, 5 * WINDOW_NS) == []


def test_a_cascade_ends_in_its_command_and_the_halt_comes_after_it() -> None:
    """The stop at 1,080 sweeps into the edge; the one at 1,090 was reached too and meets the edge as well."""
    engine = an_engine_from(1000)
    for price in (1095, 1150):
        sell(engine, CAROL, 1, price)
    stop(engine, ALICE, Side.BUY, 2, 1080)
    stop(engine, ALICE, Side.BUY, 1, 1090)
    events = trade_at(engine, 1080)
    assert fills(events) == [(1, 1080), (1, 1095)]
    reasons = [event.reason for event in only(events, type(closed(events[:-1])))]
    assert reasons == [CloseReason.FILLED, CloseReason.CIRCUIT_BREAKER, CloseReason.CIRCUIT_BREAKER]
    assert events[-1] == TRIPPED
    assert len(only(events, MarketStatusChanged)) == 1


def test_an_order_that_expired_is_closed_during_a_halt() -> None:
    engine = an_engine_from(1000)
    place(engine, ALICE, Side.BUY, 1, 900, time_in_force=TimeInForce.GTD, expires_ns=HALT_NS - 1)
    sell(engine, CAROL, 1, 1101)
    buy(engine, BOB, 1)
    assert engine.next_due_ns == HALT_NS - 1
    assert closed(tick(engine, HALT_NS - 1)).reason == CloseReason.GTD_EXPIRED


def test_turning_the_breaker_on_and_off_gives_and_takes_its_price() -> None:
    engine = an_engine(**FREE_OF_FEES)
    trade_at(engine, 1000)
    steps = {"price_step_ticks": 1, "quantity_step_lots": 1, "max_open_orders": 9, "band_ppm": 0}
    bounds = {"min_notional_atoms": 0, "max_notional_atoms": 10**9, **FREE_OF_FEES}
    change = c.change_market(market=MARKET, **steps, **bounds, **BREAKER)
    events = engine.apply(change, 7)
    assert events[1:] == [tuple(BreakerRebased(16, MARKET, 1000, 7))]
    assert engine.next_due_ns == 7 + WINDOW_NS
    off = change._replace(breaker_ppm=0, breaker_window_ns=0, breaker_halt_ns=0)
    assert engine.apply(off, 8)[1:] == [tuple(BreakerRebased(16, MARKET, 0, 0))]
    assert engine.next_due_ns == 0
    sell(engine, CAROL, 1, 9000)
    assert len(trades(buy(engine, BOB, 1))) == 1
