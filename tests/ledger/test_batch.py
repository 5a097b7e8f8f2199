"""Many transfers in the transaction of a caller, all or nothing."""

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.batch import AccountKey, BatchTransfer, Settlement, account_ids, post_batch, settle_pending
from ledger.models import Account, Transfer
from ledger.money import INT64_MAX
from ledger.rules import PendingEvent, Purpose
from ledger.selectors import identity_violations
from tests.ledger.scene import entry, funding, hold, house, move, stands_at, trading, user

pytestmark = pytest.mark.usefixtures("ledger")

POST, VOID = PendingEvent.POST, PendingEvent.VOID
PENDING_MISSING, PENDING_RESOLVED = "BL101", "BL102"


def post(transfers: list[BatchTransfer], *settlements: Settlement) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        post_batch(cursor, transfers, settlements)


def test_hundreds_of_transfers_take_as_many_statements_as_one() -> None:
    traders = [trading(f"trader-{number}", 1_000) for number in range(20)]
    # Everybody pays his next neighbours in a ring, so each ends with what he had.
    ring = [entry(traders[n % 20], traders[(n + 1 + n // 20) % 20], 7) for n in range(380)]
    with CaptureQueriesContext(connection) as many:
        post(ring)
    with CaptureQueriesContext(connection) as one:
        post([entry(traders[0], traders[1], 5)])
    assert len(many) == len(one)
    assert Transfer.objects.filter(code="TRADE").count() == 381
    assert [stands_at(trader)[0] for trader in traders] == [995, 1_005] + [1_000] * 18
    assert identity_violations() == []


def test_only_the_net_change_of_a_batch_must_fit() -> None:
    alice, bob = trading("alice", 10), trading("bob", 1_000)
    post([entry(alice, bob, 500), entry(bob, alice, 600)])
    assert (stands_at(alice), stands_at(bob)) == ((110, 0), (900, 0))


def test_one_customer_below_zero_spoils_everything() -> None:
    alice, bob = trading("alice", 10), trading("bob", 10)
    with pytest.raises(IntegrityError, match="customer_never_owes"):
        post([entry(alice, bob, 10), entry(bob, house(Purpose.FEES), 21)])
    assert (stands_at(alice), stands_at(bob)) == ((10, 0), (10, 0))
    assert not Transfer.objects.filter(code="TRADE").exists()


def test_a_key_used_before_spoils_everything() -> None:
    alice, bob = trading("alice", 10), trading("bob", 10)
    move(alice, bob, 1, key="taken")
    with pytest.raises(IntegrityError, match="ledger_transfer_key"):
        post([entry(bob, alice, 5), entry(alice, bob, 1, key="taken")])
    assert stands_at(alice) == (9, 0)


@pytest.mark.parametrize("atoms", [0, -1, INT64_MAX + 1])
def test_an_amount_out_of_range_spoils_everything(atoms: int) -> None:
    with pytest.raises(DatabaseError):
        post([entry(trading("alice", 10), trading("bob"), atoms)])
    assert not Transfer.objects.filter(code="TRADE").exists()


@pytest.mark.parametrize("text", ['say "x"', "back\\slash", "{a,b}", "NULL", "", "a'b", "%s", "naïve ₿", " "])
def test_any_text_is_stored_as_it_is(text: str) -> None:
    alice, bob = trading("alice", 10), trading("bob")
    post([BatchTransfer(alice.pk, bob.pk, 1, "TEST", f"key {text}", text)])
    assert Transfer.objects.get(key=f"key {text}").reference == text


def test_nothing_to_do_asks_the_database_nothing() -> None:
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        post_batch(cursor, [])
        settle_pending(cursor, [], [])
    assert len(queries) == 0


def test_money_may_arrive_and_leave_in_one_batch() -> None:
    wallet, alice, bob = funding("alice", 100), trading("alice"), trading("bob")
    deposit = hold(wallet, alice, 100)
    withdrawal = hold(bob, funding("bob"), 60)
    post([entry(alice, bob, 60)], Settlement(deposit.pk, POST), Settlement(withdrawal.pk, POST))
    assert stands_at(wallet) == (0, 0)
    assert (stands_at(alice), stands_at(bob)) == ((40, 0), (0, 0))
    assert stands_at(funding("bob")) == (60, 0)
    assert identity_violations() == []


def test_settling_again_in_the_same_way_changes_nothing() -> None:
    wallet, alice = funding("alice", 100), trading("alice")
    posted, voided = hold(wallet, alice, 30), hold(wallet, alice, 50)
    for _ in range(2):
        with connection.cursor() as cursor:
            settle_pending(cursor, [posted.pk], [voided.pk])
    assert (stands_at(wallet), stands_at(alice)) == ((70, 0), (30, 0))
    assert Transfer.objects.filter(pending=posted).count() == 1
    assert identity_violations() == []


@pytest.mark.parametrize(("first", "second"), [(POST, VOID), (VOID, POST), (PendingEvent.EXPIRE, POST)])
def test_settling_in_another_way_spoils_everything(first: PendingEvent, second: PendingEvent) -> None:
    wallet, alice = funding("alice", 100), trading("alice")
    pending, other = hold(wallet, alice, 30), hold(wallet, alice, 50)
    post([], Settlement(pending.pk, first))
    before = stands_at(wallet), stands_at(alice)
    with pytest.raises(DatabaseError) as caught:
        post([], Settlement(other.pk, POST), Settlement(pending.pk, second))
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.sqlstate == PENDING_RESOLVED
    assert (stands_at(wallet), stands_at(alice)) == before


def test_settling_what_does_not_exist_spoils_everything() -> None:
    with pytest.raises(DatabaseError) as caught:
        post([], Settlement(999_999_999, POST))
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.sqlstate == PENDING_MISSING


def test_settling_twice_in_one_batch_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        post([], Settlement(1, POST), Settlement(1, POST))


def test_the_reason_of_a_settlement_is_kept() -> None:
    pending = hold(funding("alice", 100), trading("alice"), 30)
    post([], Settlement(pending.pk, VOID, "INSUFFICIENT_BALANCE"))
    pending.refresh_from_db()
    assert pending.reason == "INSUFFICIENT_BALANCE"


def test_account_ids_finds_and_opens_in_one_go() -> None:
    existing = trading("alice")
    fees = house(Purpose.FEES)
    keys = [
        AccountKey(user("alice").pk, "BTC", Purpose.TRADING),
        AccountKey(None, "BTC", Purpose.FEES),
        AccountKey(user("bob").pk, "USDB", Purpose.TRADING, 3),
        AccountKey(None, "USDB", Purpose.CLEARING, 3),
    ]
    with connection.cursor() as cursor:
        ids = account_ids(cursor, keys)
        again = account_ids(cursor, keys)
    assert ids == again
    assert (ids[keys[0]], ids[keys[1]]) == (existing.pk, fees.pk)
    opened = Account.objects.get(pk=ids[keys[3]])
    assert (opened.owner, opened.asset_id, opened.purpose, opened.shard) == (None, "USDB", "CLEARING", 3)
    assert set(ids) == set(keys)
