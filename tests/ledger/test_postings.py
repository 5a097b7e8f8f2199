"""A customer's postings: what moved through his accounts in a time, in pages, and the balance after each."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from ledger.batch import post_batch
from ledger.models import Account, Transfer
from ledger.rules import Purpose
from ledger.selectors import Posting, balances_after, postings_of
from ledger.services import post_pending
from tests.ledger.scene import entry, funding, hold, house, move, trading, user

pytestmark = pytest.mark.usefixtures("ledger")

LONG_AGO = datetime.fromisoformat("2001-01-01T00:00:00+00:00")
FAR_OFF = datetime.fromisoformat("2999-01-01T00:00:00+00:00")


def postings(
    name: str,
    *,
    start: datetime = LONG_AGO,
    end: datetime = FAR_OFF,
    before: tuple[int, int] | None = None,
    limit: int = 100,
) -> list[Posting]:
    return postings_of(owner_id=user(name).pk, start=start, end=end, before=before, limit=limit)


def amounts(found: list[Posting]) -> list[int]:
    return [one.amount_atoms for one in found]


def moved_at(transfer: Transfer, moment: datetime) -> None:
    """Past the trigger that keeps history: as if it had been made then."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_transfer SET created_at = %s WHERE id = %s", [moment, transfer.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def days(count: int) -> list[Transfer]:
    """Alice pays Bob 1 atom on the first of 2020, 2 on the second and so on."""
    alice, bob = trading("alice", 1_000), trading("bob")
    moved_at(Transfer.objects.get(), LONG_AGO)
    made = [move(alice, bob, number) for number in range(1, count + 1)]
    for day, transfer in enumerate(made):
        moved_at(transfer, first_of_2020() + timedelta(days=day))
    return made


def first_of_2020() -> datetime:
    return datetime.fromisoformat("2020-01-01T00:00:00+00:00")


def test_what_came_in_is_above_zero_and_what_went_out_below() -> None:
    alice, bob = trading("alice", 10), trading("bob")
    move(alice, bob, 4)
    move(bob, alice, 1)
    assert amounts(postings("alice")) == [1, -4, 10]
    assert amounts(postings("bob")) == [-1, 4]


def test_a_posting_says_where_and_why() -> None:
    account = trading("alice", 10, shard=3)
    transfer = move(account, house(Purpose.FEES), 2, key="the-key")
    posting = postings("alice")[0]
    assert (posting.transfer_id, posting.account_id) == (transfer.pk, account.pk)
    assert (posting.purpose, posting.asset, posting.shard) == (Purpose.TRADING, "BTC", 3)
    assert (posting.code, posting.reference, posting.created_at) == ("TEST", "the-key", transfer.created_at)


def test_a_move_between_ones_own_accounts_is_two_postings() -> None:
    own, other = funding("alice", 10), trading("alice")
    transfer = move(own, other, 6)
    both = [one for one in postings("alice") if one.transfer_id == transfer.pk]
    assert sorted((one.purpose, one.amount_atoms) for one in both) == [("FUNDING", -6), ("TRADING", 6)]
    assert [one.account_id for one in both] == sorted((own.pk, other.pk), reverse=True)


def test_what_is_only_set_aside_is_no_posting_until_it_is_posted() -> None:
    alice, bob = funding("alice", 10), funding("bob")
    pending = hold(alice, bob, 7)
    assert amounts(postings("alice")) == [10]
    post_pending(pending_id=pending.pk)
    assert amounts(postings("alice")) == [-7, 10]
    assert amounts(postings("bob")) == [7]


def test_who_has_no_account_has_no_postings() -> None:
    trading("alice", 10)
    assert postings("nobody") == []


@pytest.mark.parametrize(
    ("first_day", "end_day", "expected"),
    [
        (0, 5, [-5, -4, -3, -2, -1]),
        (0, 1, [-1]),
        (1, 3, [-3, -2]),  # the start is in, the end is not
        (4, 5, [-5]),
        (4, 400, [-5]),
        (5, 400, []),
        (-400, 0, []),
        (-400, 1, [-1]),
        (2, 2, []),
        (3, 1, []),
    ],
)
def test_the_start_belongs_to_a_time_and_the_end_does_not(
    first_day: int, end_day: int, expected: list[int]
) -> None:
    days(5)
    start, end = (first_of_2020() + timedelta(days=day) for day in (first_day, end_day))
    if first_day < 0:
        start = max(start, LONG_AGO + timedelta(days=1))
    assert amounts(postings("alice", start=start, end=end)) == expected


def test_a_transaction_that_took_long_is_found_by_its_own_time() -> None:
    """Two transactions at one time: the later id has the earlier time."""
    earlier, later = days(2)
    moment = first_of_2020()
    moved_at(earlier, moment + timedelta(seconds=30))
    moved_at(later, moment)
    half = moment + timedelta(seconds=15)
    assert amounts(postings("alice", start=moment, end=half)) == [-2]
    assert amounts(postings("alice", start=half, end=half + timedelta(days=1))) == [-1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_pages_give_everything_once_whatever_their_size(limit: int) -> None:
    own, other, bob = funding("alice", 100), trading("alice"), trading("bob", 5)
    for number in range(1, 5):
        move(own, other, number)
        move(other, bob, 1)
    everything, found = postings("alice"), list[Posting]()
    assert len(everything) == 13
    before: tuple[int, int] | None = None
    while page := postings("alice", before=before, limit=limit):
        assert len(page) <= limit
        found += page
        before = page[-1].transfer_id, page[-1].account_id
    assert found == everything


def test_balances_after_run_back_from_now() -> None:
    alice, bob = trading("alice", 10), trading("bob", 5)
    first, second, third = move(alice, bob, 4), move(bob, alice, 2), move(alice, bob, 8)
    for transfer, of_alice, of_bob in ((first, 6, 9), (second, 8, 7), (third, 0, 15)):
        wanted = {alice.pk: transfer.pk, bob.pk: transfer.pk}
        assert balances_after(wanted) == {alice.pk: of_alice, bob.pk: of_bob}


def test_each_account_may_be_asked_for_another_transfer() -> None:
    alice, bob = trading("alice", 10), trading("bob")
    first, second = move(alice, bob, 4), move(alice, bob, 5)
    assert balances_after({alice.pk: second.pk, bob.pk: first.pk}) == {alice.pk: 1, bob.pk: 4}
    assert balances_after({}) == {}
    assert balances_after({alice.pk: 0}) == {alice.pk: 0}  # before its first


def test_the_house_may_have_owed() -> None:
    issue = house(Purpose.DEMO_ISSUE)
    trading("alice", 10)
    first = Transfer.objects.get()
    trading("bob", 5)
    assert balances_after({issue.pk: first.pk}) == {issue.pk: -10}


def test_the_running_balance_of_a_statement_ends_at_the_balance() -> None:
    """A busy ring: what stands before a posting and the posting come to what stands after it."""
    people = [trading(name, 1_000) for name in ("alice", "bob", "carol")]
    with connection.cursor() as cursor:
        for turn in range(6):
            pays, gets = people[turn % 3], people[(turn + 1) % 3]
            post_batch(cursor, [entry(pays, gets, 7 * turn + 1), entry(gets, pays, turn + 1)])
    account = Account.objects.get(pk=people[0].pk)
    standing = 0
    for posting in reversed(postings("alice")):
        standing += posting.amount_atoms
        assert balances_after({account.pk: posting.transfer_id}) == {account.pk: standing}
    assert standing == account.balance_atoms
