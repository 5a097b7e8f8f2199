"""Any sequence of commands: the engine says and keeps exactly what a naive engine does."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from exchange.engine.engine import Engine
from exchange.engine.events import LAYOUTS, Deposited, NamedEvent, OrderClosed, Rejected, Withdrawn, named
from exchange.engine.matching import apply_one_by_one
from exchange.engine.types import CloseReason, RejectReason, Side
from tests.engine.flows import journal
from tests.engine.invariants import History, check_state
from tests.engine.naive import Naive
from tests.engine.support import tell
from tests.support.examples import examples

SEEDS = st.integers(0, 2**32)
WITHOUT_HURRY = examples(120, deadline=None, suppress_health_check=list(HealthCheck))


def assert_same_money(engine: Engine, naive: Naive) -> None:
    for account, asset in naive.funds:
        locked = naive.holds(account, asset)
        assert engine.balance(account, asset) == (naive.free(account, asset), locked)


def assert_same_queues(engine: Engine, naive: Naive) -> None:
    for market in engine.snapshot().markets:
        queues = [naive.queue(market.market, side) for side in Side]
        ids = [order.id for queue in queues for order in queue]
        assert [order.order_id for order in market.open_orders] == ids


def paid_in(events: list[NamedEvent], asset: str) -> int:
    into = sum(e.amount_atoms for e in events if isinstance(e, Deposited) and e.asset == asset)
    return into - sum(e.amount_atoms for e in events if isinstance(e, Withdrawn) and e.asset == asset)


def held(engine: Engine, asset: str) -> int:
    balances = engine.snapshot().balances
    return sum(b.free_atoms + b.locked_atoms for b in balances if b.asset == asset)


@WITHOUT_HURRY
@given(seed=SEEDS, length=st.integers(1, 200))
@example(seed=1, length=400)
def test_it_does_what_the_naive_book_does(seed: int, length: int) -> None:
    engine, naive, history = Engine(), Naive(), History()
    paid = Counter({"BTC": 0, "ETH": 0, "USDB": 0})
    for command, now in journal(seed, length):
        events = tell(engine, command, now)
        assert events == naive.apply(command, now)
        assert engine.next_due_ns == naive.next_due_ns()
        assert_same_queues(engine, naive)
        history.fold(events)
        history.check(engine)
        check_state(engine)
        assert_same_money(engine, naive)
        for asset in paid:
            paid[asset] += paid_in(events, asset)
            assert paid[asset] == held(engine, asset) + (history.fees if asset == "USDB" else 0)


@WITHOUT_HURRY
@given(seed=SEEDS, length=st.integers(1, 300), batch=st.integers(1, 100))
def test_its_short_cuts_and_its_batches_change_nothing(seed: int, length: int, batch: int) -> None:
    engine, slow = Engine(), Engine()
    entries = journal(seed, length)
    for start in range(0, len(entries), batch):
        commands = [command for command, _ in entries[start : start + batch]]
        now = entries[start][1]
        assert engine.apply_batch(commands, now) == apply_one_by_one(slow._state, commands, now)
        assert engine.snapshot() == slow.snapshot()


@pytest.mark.long
def test_the_journals_reach_every_outcome() -> None:
    """Otherwise the tests above would prove little."""
    seen: Counter[str] = Counter()
    for seed in range(120):
        engine = Engine()
        for command, now in journal(seed, 300):
            for event in engine.apply(command, now):
                seen[outcome(named(event))] += 1
    expected = {f"refused {reason.name}" for reason in RejectReason}
    expected |= {f"closed {reason.name}" for reason in set(CloseReason) - {CloseReason.NONE}}
    expected |= {layout.__name__ for layout in LAYOUTS.values()} - {"Rejected", "OrderClosed"}
    assert seen["Trade"] > 2_000
    assert {name: seen[name] for name in expected if seen[name] < 5} == {}


def outcome(event: NamedEvent) -> str:
    if isinstance(event, Rejected):
        return f"refused {RejectReason(event.reason).name}"
    if isinstance(event, OrderClosed):
        return f"closed {CloseReason(event.reason).name}"
    return type(event).__name__
