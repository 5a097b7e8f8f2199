"""The state of an engine as values: complete, canonical, and checked when it is read back."""

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.snapshot import FeeTierState, MarketState, OrderState, Snapshot
from exchange.engine.types import MarketStatus, RejectReason, Side
from tests.engine.flows import journal
from tests.engine.support import (
    ALICE,
    BOB,
    CAROL,
    MARKET,
    an_engine,
    buy,
    cancel,
    closed,
    fund,
    open_market,
    order_id,
    refused,
    sell,
    set_status,
    stop,
    tell,
    trade_at,
)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(1, 200), share=st.integers(0, 100))
def test_an_engine_restored_at_any_point_goes_on_as_if_nothing_had_happened(
    seed: int, length: int, share: int
) -> None:
    entries = journal(seed, length)
    middle = len(entries) * share // 100
    engine = Engine()
    for command, now in entries[:middle]:
        engine.apply(command, now)
    restored = Engine.restore(engine.snapshot())
    assert restored.state_digest() == engine.state_digest()
    for command, now in entries[middle:]:
        assert restored.apply(command, now) == engine.apply(command, now)
    assert restored.snapshot() == engine.snapshot()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_an_engine_restored_at_every_step_does_what_the_first_one_does(seed: int) -> None:
    engine, restored = Engine(), Engine()
    for command, now in journal(seed, 120):
        assert restored.apply(command, now) == engine.apply(command, now)
        restored = Engine.restore(engine.snapshot())
        assert restored.next_due_ns == engine.next_due_ns
        assert restored.state_digest() == engine.state_digest()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(50, 200))
def test_open_orders_may_come_in_any_order_of_prices(seed: int, length: int) -> None:
    """As they come from tables: those of one price in the order of their queue, the prices mixed."""
    engine = Engine()
    for command, now in journal(seed, length):
        engine.apply(command, now)
    snapshot = engine.snapshot()
    markets = [market._replace(open_orders=mixed(market)) for market in snapshot.markets]
    assert Engine.restore(snapshot._replace(markets=tuple(markets))).snapshot() == snapshot


def mixed(market: MarketState) -> tuple[OrderState, ...]:
    """The n-th orders of all prices, n after n, the sides in turn."""
    places: Counter[tuple[int, int]] = Counter()
    ranked = []
    for order in market.open_orders:
        level = (order.price_ticks, order.side)
        places[level] += 1
        ranked.append((places[level], order.price_ticks, order))
    return tuple(order for *_, order in sorted(ranked))


def test_a_snapshot_has_everything_that_can_be_set() -> None:
    engine = an_engine(breaker_ppm=100_000, breaker_window_ns=50, breaker_halt_ns=9)
    trade_at(engine, 100)
    stop(engine, ALICE, Side.BUY, 3, 105, budget_atoms=500)
    stop(engine, BOB, Side.SELL, 0, 95, budget_atoms=500)
    engine.apply(c.set_fee_tier(market=MARKET, tier=2, maker_fee_ppm=1, taker_fee_ppm=2), 0)
    engine.apply(c.set_account_tier(account=BOB, tier=7), 0)
    engine.apply(c.set_reference_price(market=MARKET, price_ticks=99), 0)
    engine.apply(c.set_switch(account=BOB, timeout_ns=40, market=MARKET), 0)
    sell(engine, CAROL, 1, 120)
    buy(engine, BOB, 1)
    snapshot = engine.snapshot()
    (market,) = snapshot.markets
    assert (market.status, market.resume_ns) == (MarketStatus.CANCEL_ONLY, 9)
    assert (market.reference_price_ticks, market.breaker_price_ticks) == (99, 100)
    assert market.fee_tiers == (FeeTierState(2, 1, 2),)
    assert [order.trigger_price_ticks for order in market.untriggered_orders] == [105, 95]
    assert [order.filled_lots for order in market.untriggered_orders] == [0, 0]
    assert (snapshot.account_tiers, snapshot.switches) == (((BOB, 7),), ((BOB, MARKET, 40),))
    assert Engine.restore(snapshot).snapshot() == snapshot


def test_a_halted_market_is_halted_still_when_it_is_restored() -> None:
    engine = an_engine()
    order = order_id(buy(engine, ALICE, 1, 100))
    set_status(engine, MarketStatus.HALTED)
    restored = Engine.restore(engine.snapshot())
    assert refused(cancel(restored, ALICE, order_id=order)) == RejectReason.MARKET_HALTED
    set_status(restored, MarketStatus.OPEN)
    assert closed(cancel(restored, ALICE, order_id=order)).order_id == order


def test_the_digest_changes_with_every_command() -> None:
    engine, digests = Engine(), set()
    entries = journal(5, 100)
    for command, now in entries:
        engine.apply(command, now)
        digests.add(engine.state_digest())
    assert len(digests) == len(entries)


def test_an_empty_batch_changes_nothing() -> None:
    engine = an_engine()
    before = engine.snapshot()
    assert engine.apply_batch([], 10**18) == []
    assert engine.snapshot() == before


def test_balances_of_nothing_are_left_out() -> None:
    engine = Engine()
    open_market(engine)
    fund(engine, ALICE, USDB=5)
    tell(engine, c.withdraw(account=ALICE, asset="USDB", amount_atoms=5, transfer_id=1))
    assert engine.snapshot().balances == ()


def a_snapshot_with_an_order() -> Snapshot:
    engine = an_engine()
    buy(engine, ALICE, 5, 100)
    return engine.snapshot()


@pytest.mark.parametrize("change", [-1, 1])
def test_holds_that_do_not_add_up_are_not_restored(change: int) -> None:
    snapshot = a_snapshot_with_an_order()
    balances = tuple(
        balance._replace(locked_atoms=balance.locked_atoms + change) if balance.locked_atoms else balance
        for balance in snapshot.balances
    )
    with pytest.raises(AssertionError):
        Engine.restore(snapshot._replace(balances=balances))


def test_a_missing_balance_is_noticed() -> None:
    snapshot = a_snapshot_with_an_order()
    balances = tuple(balance for balance in snapshot.balances if not balance.locked_atoms)
    with pytest.raises(AssertionError):
        Engine.restore(snapshot._replace(balances=balances))


def test_the_shard_is_part_of_every_order_id() -> None:
    engine = Engine(shard=3)
    open_market(engine)
    fund(engine, ALICE, USDB=10**6)
    buy(engine, ALICE, 5, 100)
    (order,) = Engine.restore(engine.snapshot()).open_orders()
    assert order.order_id == engine.sequence * 64 + 3


def test_a_large_book_is_restored_quickly() -> None:
    """The aim is about a second for 100,000 orders; a shared machine is given several times that."""
    engine = an_engine(max_open_orders=10**6)
    orders = [
        c.place_order(account=ALICE, market=MARKET, side=Side.BUY, quantity_lots=1, price_ticks=1 + i % 997)
        for i in range(20_000)
    ]
    engine.apply_batch(orders, 0)
    snapshot = engine.snapshot()
    started = time.process_time()
    Engine.restore(snapshot)
    assert time.process_time() - started < 1.5
