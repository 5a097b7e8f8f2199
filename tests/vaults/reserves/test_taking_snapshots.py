"""A snapshot has all that customers hold at one moment, is taken once an hour, and loses its old leaves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from ledger.models import Transfer
from ledger.selectors import examine
from ledger.services import seed_assets
from tests.ledger.scene import funding, move, trading
from tests.vaults.reserves.holders import crowd, proved, small_town, totals
from tests.vaults.support.tampering import tamper
from vaults.models import ReserveLeaves, ReserveSnapshot
from vaults.reserves.identities import CHECKS
from vaults.reserves.snapshots import forget_leaves, take_if_due, take_snapshot

NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def offenders() -> list[str]:
    queries = [(one, text) for one in CHECKS for text in (one.offenders, one.recent)]
    return [check.name for check, text in queries if examine(check, text).violations]


@pytest.mark.django_db
def test_it_counts_all_wallets_of_a_customer_and_what_is_set_aside_in_them() -> None:
    small_town()
    taken = take_snapshot(NOON)
    assert totals(taken) == {"BTC": 755 + 300, "USDB": 9_000}
    assert taken.customers == 2
    assert taken.position == Transfer.objects.latest("pk").pk
    assert offenders() == []


@pytest.mark.django_db
def test_the_houses_own_books_say_the_same() -> None:
    """What Dave withdraws is owed, but to nobody's account: the house's accounts together say 1,055."""
    small_town()
    taken = take_snapshot(NOON)
    assert taken.backing == taken.totals


@pytest.mark.django_db
def test_a_house_without_customers_has_a_snapshot_too() -> None:
    empty = take_snapshot(NOON)
    assert (empty.customers, empty.depth, empty.assets) == (0, 0, [])
    seed_assets()
    funding("alice", 5)
    assert totals(take_snapshot(NOON)) == {"BTC": 5}
    assert offenders() == []


@pytest.mark.django_db
def test_the_same_money_has_another_root_each_time() -> None:
    small_town()
    first, second = take_snapshot(NOON), take_snapshot(NOON)
    assert first.totals == second.totals
    assert first.root != second.root


@pytest.mark.django_db
def test_one_is_taken_in_each_hour_once_there_are_customers() -> None:
    assert take_if_due(NOON) is None
    small_town()
    assert take_if_due(NOON) is not None
    assert take_if_due(NOON + timedelta(minutes=29)) is None
    assert take_if_due(NOON + timedelta(minutes=30)) is not None
    assert ReserveSnapshot.objects.count() == 2


@pytest.mark.django_db
def test_a_command_takes_one_at_any_time(capsys: pytest.CaptureFixture[str]) -> None:
    small_town()
    take_if_due(NOON)
    call_command("take_reserve_snapshot")
    assert ReserveSnapshot.objects.latest("pk").root in capsys.readouterr().out


@pytest.mark.django_db
def test_a_root_that_is_published_is_never_changed_or_deleted() -> None:
    taken = take_snapshot(NOON)
    for change in (
        lambda: ReserveSnapshot.objects.filter(pk=taken.pk).update(root="0" * 64),
        lambda: ReserveSnapshot.objects.filter(pk=taken.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_leaves_are_forgotten_after_30_days_and_after_400_those_of_each_day() -> None:
    small_town()
    ages = [timedelta(), DAY, 29 * DAY, 31 * DAY, 31 * DAY - HOUR, 399 * DAY, 401 * DAY, 401 * DAY + HOUR]
    taken = {age: take_snapshot(NOON - age) for age in sorted(ages, reverse=True)}
    assert forget_leaves(NOON) == 3
    kept = set(ReserveLeaves.objects.values_list("snapshot_id", flat=True))
    gone = {age for age, one in taken.items() if one.pk not in kept}
    assert gone == {31 * DAY - HOUR, 401 * DAY, 401 * DAY + HOUR}
    assert forget_leaves(NOON) == 0
    assert ReserveSnapshot.objects.count() == len(ages)
    assert offenders() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "offended"),
    [
        ('UPDATE vaults_reserveleaves SET node_sums = \'["1", "2"]\'', "snapshots_are_their_leaves"),
        (
            'UPDATE vaults_reservesnapshot SET totals = \'["1054", "9000"]\'',
            "snapshots_are_what_the_house_accounts_for",
        ),
    ],
)
def test_tampered_snapshots_break_an_identity(change: str, offended: str) -> None:
    small_town()
    take_snapshot(NOON)
    tamper(change)
    assert offended in offenders()


@pytest.mark.django_db
def test_hundreds_of_customers_are_in_parts_of_one_tree() -> None:
    people = crowd(1_500)
    taken = take_snapshot(NOON)
    assert (taken.customers, taken.depth, taken.parts.count()) == (1_500, 11, 2)
    for number in (1, 2, 700, 1_499, 1_500):
        assert proved(people[number - 1], taken) == {"BTC": number, "USDB": 2 * number}
    assert offenders() == []


def test_a_snapshot_is_of_one_moment_while_money_moves(transactional_db: None) -> None:
    """Between two people, and between the wallets of one: at every moment there are 2,000."""
    small_town()
    people = [funding("erin", 1_000), trading("frank", 1_000), trading("erin"), funding("frank")]
    before, stopped = totals(take_snapshot(NOON)), Event()

    def shuffle(seed: int) -> int:
        moved = 0
        while not stopped.is_set():
            debit, credit = people[(seed + moved) % 4], people[(seed + 3 * moved + 1) % 4]
            if debit != credit:
                try:
                    move(debit, credit, 1 + moved % 7)
                except Exception as error:  # noqa: BLE001 (no money there just now)
                    assert "Not enough" in str(error)  # noqa: PT017
            moved += 1
        connection.close()
        return moved

    with ThreadPoolExecutor(3) as pool:
        movers = [pool.submit(shuffle, seed) for seed in range(3)]
        taken = [take_snapshot(NOON) for _ in range(25)]
        stopped.set()
    assert all(one.result() > 3 for one in movers)
    assert {str(totals(one)) for one in taken} == {str(before)}
    assert all(one.backing == one.totals for one in taken)
    assert len({one.position for one in taken}) > 3


def test_of_two_who_take_one_at_a_time_one_does(transactional_db: None) -> None:
    small_town()

    def take(_: int) -> bool:
        try:
            return take_if_due(NOON) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(take, range(4)))
    assert sum(done) == 1
    assert ReserveSnapshot.objects.count() == 1
