"""Whatever happens, the tables are the engine: loaded after any batch they give the state that it has in
memory, and a replay of the journal gives every row.
"""

from collections import Counter
from typing import Any

import pytest

from exchange.connections import engine_connection
from exchange.engine.events import Event, EventKind, OrderClosed
from exchange.engine.types import CloseReason
from exchange.models import AccountMessage, Balance
from exchange.verification import verify_journal
from exchange.wire import decode_account_message
from tests.exchange.flows import Flow
from tests.exchange.tables import Tables
from tests.support.represented import represented

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = 60


def _concerned(event: Any) -> set[int]:
    """Whom an event is about, told by the names of its fields."""
    return {
        getattr(event, name) for name in ("account", "maker_account", "taker_account") if hasattr(event, name)
    }


@pytest.mark.parametrize("seed", represented(range(8), by=range(2)))
def test_after_every_batch_of_any_flow_the_tables_are_the_engine(seed: int) -> None:
    expected: dict[int, list[Event]] = {}
    kinds: Counter[int] = Counter()
    with engine_connection() as connection:
        tables = Tables(connection, maker_fee_ppm=-100)
        flow = Flow(seed, tables.engine)
        tables.batch(flow.opening(), flow.now_ns)
        for step in range(STEPS):
            for events in tables.batch(flow.step(), flow.now_ns):
                for event in events:
                    kinds[event[0]] += 1
                    for account in _concerned(event) if event[0] != EventKind.REJECTED else ():
                        expected.setdefault(account, []).append(event)
            assert tables.loaded().snapshot() == tables.engine.snapshot(), f"seed {seed}, step {step}"
            if step % 20 == 19:  # as after a failover
                flow.engine = tables.engine = tables.loaded()
                tables.feed = type(tables.feed)(0)
        assert verify_journal(connection, 0).problems == []
    assert kinds[EventKind.TRADE] > 0
    _assert_accounts_were_told(expected)
    _assert_balances(tables)


def _assert_accounts_were_told(expected: dict[int, list[Event]]) -> None:
    told: dict[int, list[Event]] = {}
    for message in AccountMessage.objects.order_by("account_id", "sequence"):
        told.setdefault(message.account_id, []).extend(decode_account_message(bytes(message.content)).events)
    for account, events in expected.items():
        found = told[account]
        assert found[len(found) - len(events) :] == events
        numbers = AccountMessage.objects.filter(account_id=account).values_list("sequence", flat=True)
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def _assert_balances(tables: Tables) -> None:
    """The last word of an account's messages about an asset is what it has."""
    last: dict[tuple[int, str], tuple[int, int]] = {}
    for message in AccountMessage.objects.order_by("account_id", "sequence"):
        for held in decode_account_message(bytes(message.content)).balances:
            last[message.account_id, held.asset] = (held.free_atoms, held.locked_atoms)
    for balance in Balance.objects.all():
        key = (balance.account_id, balance.asset)
        assert last[key] == (balance.free_atoms, balance.locked_atoms) == tables.engine.balance(*key)


def test_the_flows_reach_every_event_and_nearly_every_end_of_an_order() -> None:
    kinds: set[int] = set()
    ends: set[int] = set()
    with engine_connection() as connection:
        tables = Tables(connection, maker_fee_ppm=-100)
        for seed in range(12):
            flow = Flow(seed, tables.engine)
            flow.now_ns = max(flow.now_ns, tables.engine.timestamp_ns)
            if seed % 4 == 0:
                tables.batch(flow.opening(), flow.now_ns)
            for _ in range(60):
                for events in tables.batch(flow.step(), flow.now_ns):
                    kinds |= {event[0] for event in events}
                    ends |= {event.reason for event in events if isinstance(event, OrderClosed)}
    assert set(EventKind) - kinds == {EventKind.MARKET_CREATED}  # by the opening
    rare = {
        CloseReason.INSUFFICIENT_FUNDS,
        CloseReason.POST_ONLY_WOULD_CROSS,
    }  # met by the engine's own tests
    assert set(CloseReason) - ends <= {CloseReason.NONE, *rare}
