"""Good till date and the dead man's switch: what a tick does, in which order, and when one is due."""

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import OrderAccepted, OrderClosed, SwitchFired, SwitchSet
from exchange.engine.types import (
    INT64_MAX,
    MAX_CLOSED_AT_ONCE,
    MAX_SWITCH_TIMEOUT_NS,
    CloseReason,
    MarketStatus,
    OrderStatus,
    OrderType,
    RejectReason,
    Side,
    TimeInForce,
)
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    MARKET,
    an_engine,
    buy,
    cancel,
    closed,
    fills,
    only,
    open_market,
    order_id,
    place,
    refused,
    sell,
    set_status,
    stop,
    tell,
    tick,
)

OTHER = "ETH-USDB"
GTC, IOC, FOK, GTD = TimeInForce
R = RejectReason


def until(engine: Engine, account: int, expires_ns: int, **rest: int) -> int:
    """A bid for 2 at 100 that is good until then. Returns its id."""
    order = {"time_in_force": GTD, "expires_ns": expires_ns, **rest}
    return order_id(place(engine, account, Side.BUY, 2, 100, **order))


def test_a_tick_closes_what_has_expired_in_the_order_of_time_and_id() -> None:
    engine = an_engine()
    late = until(engine, ALICE, 30)
    second, third = until(engine, BOB, 20), until(engine, ALICE, 20)
    first = until(engine, CAROL, 10)
    assert engine.next_due_ns == 10
    assert tick(engine, 9) == []
    ends = only(tick(engine, 25), OrderClosed)
    assert [end.order_id for end in ends] == [first, second, third]
    assert {(end.status, end.reason) for end in ends} == {(OrderStatus.EXPIRED, CloseReason.GTD_EXPIRED)}
    assert engine.next_due_ns == 30
    assert closed(tick(engine, 30)).order_id == late
    assert engine.next_due_ns == 0
    assert engine.balance(ALICE, "USDB") == (10**12, 0)


def test_until_the_tick_an_expired_order_trades() -> None:
    engine = an_engine()
    until(engine, ALICE, 10)
    assert fills(sell(engine, BOB, 1, 100, at=10)) == [(1, 100)]
    end = closed(tick(engine, 10))
    assert (end.filled_lots, end.remaining_lots) == (1, 1)


def test_what_is_gone_before_its_time_is_never_due() -> None:
    engine = an_engine()
    cancel(engine, ALICE, order_id=until(engine, ALICE, 10))
    until(engine, ALICE, 20)
    assert engine.next_due_ns == 20
    sell(engine, BOB, 2, 100)
    assert engine.next_due_ns == 0
    assert tick(engine, 50) == []


def test_an_expiry_that_is_not_in_the_future_is_refused() -> None:
    engine = an_engine()
    for expires_ns in (9, 10):
        order = {"time_in_force": GTD, "expires_ns": expires_ns, "at": 10}
        assert refused(place(engine, ALICE, Side.BUY, 2, 100, **order)) == R.EXPIRY_PASSED
    assert until(engine, ALICE, 11)


@pytest.mark.parametrize(
    ("reason", "order"),
    [
        (R.INVALID_ORDER, {"time_in_force": GTD}),
        (R.INVALID_ORDER, {"time_in_force": GTD, "expires_ns": -1}),
        (R.INVALID_ORDER, {"time_in_force": GTC, "expires_ns": 50}),
        (R.INVALID_ORDER, {"time_in_force": IOC, "expires_ns": 50}),
        (R.INVALID_ORDER, {"time_in_force": GTD, "expires_ns": 50, "price": 0}),
        (R.OUT_OF_RANGE, {"time_in_force": GTD, "expires_ns": INT64_MAX + 1}),
    ],
)
def test_an_expiry_belongs_to_a_limit_order_that_is_good_till_date(
    reason: RejectReason, order: dict[str, int]
) -> None:
    order = {"price": 100, **order}
    assert refused(place(an_engine(), ALICE, Side.BUY, 2, **order)) == reason


def test_a_post_only_order_and_a_waiting_one_expire_too() -> None:
    engine = an_engine()
    passive = until(engine, ALICE, 10, post_only=True)
    waiting = order_id(stop(engine, BOB, Side.BUY, 1, 200, price=200, time_in_force=GTD, expires_ns=10))
    ends = only(tick(engine, 10), OrderClosed)
    assert [end.order_id for end in ends] == [passive, waiting]
    assert engine.open_orders() == []


@pytest.mark.parametrize("status", list(MarketStatus))
def test_a_tick_expires_orders_in_every_status(status: MarketStatus) -> None:
    engine = an_engine()
    until(engine, ALICE, 10)
    set_status(engine, status)
    assert closed(tick(engine, 10)).reason == CloseReason.GTD_EXPIRED


def test_many_orders_canceled_before_their_time_leave_nothing_behind() -> None:
    engine = an_engine(max_open_orders=10)
    for _ in range(5_000):
        cancel(engine, ALICE, order_id=until(engine, ALICE, 10**18))
    assert len(engine._state.expiries._heap) <= 1_024


def test_each_of_very_many_orders_expires() -> None:
    engine = an_engine(max_open_orders=10_000)
    ids = [until(engine, ALICE, 10 + number % 7) for number in range(5_000)]
    ends = only(tick(engine, 20), OrderClosed)
    assert sorted(end.order_id for end in ends) == ids
    assert engine.open_orders() == []


# The dead man's switch.


def arm(engine: Engine, account: int, timeout_ns: int, market: str = "", at: int = 0) -> list[SwitchSet]:
    command = c.set_switch(account=account, timeout_ns=timeout_ns, market=market)
    return only(tell(engine, command, at), SwitchSet)


def two_markets() -> Engine:
    engine = an_engine()
    open_market(engine, market=OTHER, base_asset="ETH")
    for market in (MARKET, OTHER):
        buy(engine, ALICE, 1, 100, market=market)
        buy(engine, BOB, 1, 100, market=market)
    return engine


def test_a_switch_that_is_not_set_again_cancels_all_orders_of_its_account() -> None:
    engine = two_markets()
    mine = [order.order_id for order in engine.open_orders(ALICE)]
    mine.append(order_id(stop(engine, ALICE, Side.SELL, 1, 50)))
    assert arm(engine, ALICE, 60, at=5) == [SwitchSet(11, ALICE, "", 65)]
    assert engine.next_due_ns == 65
    assert tick(engine, 64) == []
    fired, *ends = tick(engine, 65)
    assert fired == SwitchFired(12, ALICE, "")
    assert [closed([end]).order_id for end in ends] == mine
    reasons = {(closed([end]).status, closed([end]).reason) for end in ends}
    assert reasons == {(OrderStatus.CANCELED, CloseReason.DEAD_MANS_SWITCH)}
    assert len(engine.open_orders()) == 2
    assert engine.next_due_ns == 0
    assert tick(engine, 1_000) == []


def test_setting_it_again_puts_it_off_and_zero_disarms_it() -> None:
    engine = two_markets()
    for at in range(0, 100, 10):
        assert arm(engine, ALICE, 60, at=at) == [SwitchSet(11, ALICE, "", at + 60)]
        assert tick(engine, at) == []
    assert engine.next_due_ns == 150
    assert arm(engine, ALICE, 0, at=100) == [SwitchSet(11, ALICE, "", 0)]
    assert engine.next_due_ns == 0
    assert arm(engine, ALICE, 0) == [SwitchSet(11, ALICE, "", 0)]


def test_a_switch_of_one_market_leaves_the_other_alone() -> None:
    engine = two_markets()
    arm(engine, ALICE, 10, market=OTHER)
    arm(engine, ALICE, 90)
    fired, end = tick(engine, 10)
    assert fired == SwitchFired(12, ALICE, OTHER)
    assert closed([end]).market == OTHER
    assert engine.next_due_ns == 90


def test_switches_fire_in_the_order_of_time_account_and_market_and_without_orders_too() -> None:
    engine = two_markets()
    for account, timeout_ns, market in ((CAROL, 10, ""), (BOB, 10, OTHER), (BOB, 10, ""), (ALICE, 11, "")):
        arm(engine, account, timeout_ns, market)
    fired = [(event.account, event.market) for event in only(tick(engine, 11), SwitchFired)]
    assert fired == [(BOB, ""), (BOB, OTHER), (CAROL, ""), (ALICE, "")]


def test_orders_expire_before_switches_fire() -> None:
    engine = an_engine()
    until(engine, ALICE, 20)
    buy(engine, ALICE, 1, 100)
    arm(engine, ALICE, 10)
    reasons = [end.reason for end in only(tick(engine, 20), OrderClosed)]
    assert reasons == [CloseReason.GTD_EXPIRED, CloseReason.DEAD_MANS_SWITCH]


def test_a_switch_is_set_and_fires_in_a_halted_market() -> None:
    engine = two_markets()
    set_status(engine, MarketStatus.HALTED)
    assert arm(engine, ALICE, 10, market=MARKET)
    assert closed(tick(engine, 10)).reason == CloseReason.DEAD_MANS_SWITCH


def test_a_timeout_is_neither_negative_nor_longer_than_a_day() -> None:
    engine = an_engine()
    for timeout_ns in (-1, MAX_SWITCH_TIMEOUT_NS + 1):
        assert refused(tell(engine, c.set_switch(account=ALICE, timeout_ns=timeout_ns))) == R.INVALID_TIMEOUT
    assert arm(engine, ALICE, MAX_SWITCH_TIMEOUT_NS)
    missing = c.set_switch(account=ALICE, timeout_ns=1, market="NONE")
    assert refused(tell(engine, missing)) == R.MARKET_NOT_FOUND
    late = c.set_switch(account=ALICE, timeout_ns=1, deadline_ns=5)
    assert refused(tell(engine, late, at=6)) == R.DEADLINE_PASSED


def test_a_tick_with_nothing_due_only_counts() -> None:
    engine = an_engine()
    before = engine.snapshot()
    assert tick(engine, 0) == []
    assert engine.snapshot() == before._replace(sequence=before.sequence + 1)


def test_a_stop_that_expires_no_longer_triggers() -> None:
    engine = an_engine()
    order = {"order_type": OrderType.STOP_LIMIT, "time_in_force": GTD, "expires_ns": 10}
    assert isinstance(stop(engine, ALICE, Side.BUY, 1, 100, price=100, **order)[0], OrderAccepted)
    tick(engine, 10)
    sell(engine, CAROL, 1, 100)
    assert fills(buy(engine, BOB, 1, 100)) == [(1, 100)]


# Of very many at once.


def crowd(engine: Engine, number: int, expires_ns: int) -> None:
    for _ in range(number):
        until(engine, ALICE, expires_ns)


def test_a_tick_closes_so_many_orders_and_leaves_the_rest_due_for_the_next() -> None:
    engine = an_engine(max_open_orders=3 * MAX_CLOSED_AT_ONCE)
    crowd(engine, 2 * MAX_CLOSED_AT_ONCE + 5, 10)
    later = until(engine, BOB, 11)
    ids = [order.order_id for order in engine.open_orders()]
    closes: list[int] = []
    for left in (MAX_CLOSED_AT_ONCE + 6, 6, 0):
        assert engine.next_due_ns == 10
        ends = only(tick(engine, 12), OrderClosed)
        assert len(ends) <= MAX_CLOSED_AT_ONCE
        closes += [end.order_id for end in ends]
        assert len(engine.open_orders()) == left
        restored = Engine.restore(engine.snapshot())
        assert (restored.next_due_ns, restored.state_digest()) == (engine.next_due_ns, engine.state_digest())
        engine = restored
    assert closes == ids
    assert closes[-1] == later
    assert engine.next_due_ns == 0
    assert engine.balance(ALICE, "USDB") == (10**12, 0)


def test_switches_wait_for_a_tick_that_has_room_and_a_breakers_halt_does_not() -> None:
    engine = an_engine(
        max_open_orders=2 * MAX_CLOSED_AT_ONCE, breaker_ppm=10_000, breaker_window_ns=1_000, breaker_halt_ns=5
    )
    crowd(engine, MAX_CLOSED_AT_ONCE, 10)
    sell(engine, CAROL, 1, 200)
    buy(engine, BOB, 1, 200)
    buy(engine, BOB, 1, 200)
    sell(engine, CAROL, 2, 100)  # trades at 200, then meets the breaker
    assert engine.market_status(MARKET) == MarketStatus.CANCEL_ONLY
    arm(engine, ALICE, 10)
    arm(engine, BOB, 10)
    first = tick(engine, 10)
    assert len(only(first, OrderClosed)) == MAX_CLOSED_AT_ONCE
    assert only(first, SwitchFired) == []
    assert engine.market_status(MARKET) == MarketStatus.OPEN
    assert engine.next_due_ns == 10
    assert [fired.account for fired in only(tick(engine, 10), SwitchFired)] == [ALICE, BOB]
    assert engine.next_due_ns == 1_010
