"""Several connections at once: nothing is spent twice and nobody waits in a circle."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection, transaction

from ledger import services
from ledger.batch import Settlement, post_batch
from ledger.models import Account, PendingTransfer, Transfer
from ledger.rules import PendingEvent, PendingStatus, Purpose
from ledger.selectors import identity_violations
from tests.ledger.scene import entry, funding, hold, house, move, stands_at, trading, user
from tests.support.together import together

pytestmark = pytest.mark.usefixtures("committed_ledger")

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Step = Callable[[], object]


def test_of_fifty_holds_of_the_whole_balance_exactly_one_wins() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    outcomes = together(*[lambda: hold(alice, bob, 100)] * 50)
    assert sorted(outcomes) == [""] + ["INSUFFICIENT_FUNDS"] * 49
    assert (stands_at(alice), PendingTransfer.objects.count()) == ((100, 100), 1)
    assert identity_violations() == []


def test_of_many_transfers_of_the_whole_balance_exactly_one_wins() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    outcomes = together(*[lambda: move(alice, bob, 100)] * 20, *[lambda: hold(alice, bob, 100)] * 20)
    assert outcomes.count("") == 1
    assert identity_violations() == []


def test_one_key_sent_many_times_moves_money_once() -> None:
    alice, bob = funding("alice", 1_000), funding("bob")
    assert set(together(*[lambda: move(alice, bob, 10, key="once")] * 20)) == {""}
    assert set(together(*[lambda: hold(alice, bob, 10, key="once")] * 20)) == {""}
    assert stands_at(alice) == (990, 10)


def test_one_key_sent_for_different_accounts_at_once_moves_money_once() -> None:
    pairs = [(funding(f"payer-{number}", 10), funding(f"payee-{number}")) for number in range(10)]
    steps: list[Step] = [partial(move, debit, credit, 10, key="once") for debit, credit in pairs]
    outcomes = together(*steps)
    assert sorted(outcomes) == [""] + ["TRANSFER_KEY_REUSED"] * 9
    assert Transfer.objects.filter(code="TEST").count() == 1
    assert identity_violations() == []


def test_transfers_both_ways_between_a_pair_never_deadlock() -> None:
    alice, bob = trading("alice", 10_000), trading("bob", 10_000)

    def web(debit: Account, credit: Account) -> None:
        for _ in range(25):
            move(debit, credit, 1)

    def engine(debit: Account, credit: Account) -> None:
        for _ in range(25):
            with transaction.atomic(), connection.cursor() as cursor:
                post_batch(cursor, [entry(debit, credit, 1), entry(credit, debit, 2)])

    steps = [partial(work, *pair) for work in (web, engine) for pair in ((alice, bob), (bob, alice))]
    assert set(together(*steps, *steps)) == {""}
    assert (stands_at(alice), stands_at(bob)) == ((10_000, 0), (10_000, 0))
    assert deadlocks() == 0
    assert identity_violations() == []


def test_the_engine_and_the_web_settle_one_pending_transfer_once() -> None:
    wallet, alice = funding("alice", 100), trading("alice")
    pendings = [hold(wallet, alice, 10) for _ in range(10)]

    def engine(pending: PendingTransfer) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            other = entry(house(Purpose.CLEARING), alice, 1)
            back = entry(alice, house(Purpose.CLEARING), 1)
            post_batch(cursor, [other, back], [Settlement(pending.pk, PendingEvent.POST)])

    steps: list[Step] = [partial(engine, pending) for pending in pendings]
    steps += [partial(services.post_pending, pending_id=pending.pk) for pending in pendings]
    assert set(together(*steps)) == {""}
    assert (stands_at(wallet), stands_at(alice)) == ((0, 0), (100, 0))
    assert identity_violations() == []


def test_posting_and_voiding_at_once_come_to_one_end() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    pending = hold(alice, bob, 100)
    outcomes = together(
        lambda: services.post_pending(pending_id=pending.pk),
        lambda: services.void_pending(pending_id=pending.pk, reason="too late"),
    )
    assert sorted(outcomes) == ["", "PENDING_TRANSFER_RESOLVED"]
    assert identity_violations() == []


def test_two_who_expire_at_once_share_the_work() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    for number in range(20):
        services.hold_transfer(
            debit_id=alice.pk,
            credit_id=bob.pk,
            amount_atoms=1,
            code="TEST",
            key=f"expiring-{number}",
            expires_at=NOON,
        )
    counted: list[int] = []
    together(*[lambda: counted.append(services.expire_pending(now=NOON))] * 4)
    assert sum(counted) + services.expire_pending(now=NOON) == 20
    assert PendingTransfer.objects.filter(status=PendingStatus.EXPIRED).count() == 20
    assert stands_at(alice) == (100, 0)


def test_an_account_opened_by_many_at_once_is_one_account() -> None:
    owner_id = user("alice").pk

    def open_it() -> Account:
        return services.open_account(owner_id=owner_id, asset="BTC", purpose=Purpose.FUNDING)

    assert set(together(*[open_it] * 10)) == {""}
    assert Account.objects.filter(owner_id=owner_id).count() == 1


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
