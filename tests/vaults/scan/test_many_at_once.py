"""A crash of many vaults: every one is entered, once, in whatever pieces, whoever else is at work."""

from itertools import pairwise
from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction

from access.exclusive import alone
from access.models import Notice
from ledger.models import DomainEvent
from ledger.streams import NewEvent, append_events
from tests.vaults.rules.amounts import e8
from tests.vaults.scan.at_price import price, scan_at, status
from tests.vaults.support.rows import E8, NOON, funded_vault
from vaults.models import Vault
from vaults.rules.accumulator import RAY
from vaults.rules.statuses import VaultEvent, VaultStatus
from vaults.selectors_scan import Question, candidates
from vaults.services.changes import locked_vault
from vaults.services.scanning import SCAN_LOCK, Scan, run_once

# From one vault others like it, each owing a little more.
_COPIES = """
INSERT INTO vaults_vault (id, owner_id, label, figures_id, address, status, status_before, collateral_sats,
    normalised_atoms, liquidation_key, warning_key, version, created_at, changed_at)
SELECT gen_random_uuid(), owner_id, '', figures_id, '', 'ACTIVE', '', collateral_sats, normalised_atoms + n,
    liquidation_key + n * 20, warning_key + n * 20, 1, now(), now()
FROM vaults_vault, generate_series(1, %s) AS n"""
CRASH = e8(40_000)


def many(count: int) -> None:
    funded_vault(debt=3_000 * E8)
    with connection.cursor() as cursor:
        cursor.execute(_COPIES, [count - 1])


def statuses() -> set[str]:
    return set(Vault.objects.values_list("status", flat=True))


def versions_are_dense() -> bool:
    """Each vault has the event of its version, and one for each before it that a scan wrote."""
    rows = DomainEvent.objects.filter(stream__startswith="vault:").order_by("stream", "version")
    by_stream = list(rows.values_list("stream", "version"))
    follow = all(after == before + 1 for (one, before), (other, after) in pairwise(by_stream) if one == other)
    return follow and set(Vault.objects.values_list("version", flat=True)) <= {v for _, v in by_stream}


@pytest.mark.django_db
@pytest.mark.usefixtures("assets")
def test_a_flood_is_entered_chunk_by_chunk_in_one_turn() -> None:
    many(250)
    scan = scan_at(CRASH, chunk=40)
    assert (scan.entered, scan.is_whole) == ({VaultEvent.LIQUIDATE: 250}, True)
    assert statuses() == {"LIQUIDATING"}
    assert versions_are_dense()
    assert Notice.objects.count() == 250


@pytest.mark.django_db
@pytest.mark.usefixtures("assets")
def test_what_there_was_no_time_for_the_next_turn_does_and_the_lowest_ratio_goes_first() -> None:
    many(100)
    price(CRASH)
    turns: list[Scan] = []
    while not turns or not turns[-1].is_whole:
        turns.append(run_once(NOON, budget_s=0, chunk=30))
        left = candidates(Question.LIQUIDATE, price_e8=CRASH, rate_ray=RAY)
        entered = Vault.objects.filter(status="LIQUIDATING").values_list("normalised_atoms", flat=True)
        others = Vault.objects.filter(pk__in=left).values_list("normalised_atoms", flat=True)
        assert min(entered) > max(others, default=0)
    assert [turn.changed for turn in turns] == [30, 30, 30, 10, 0]
    assert Notice.objects.count() == 100


@pytest.mark.django_db
@pytest.mark.usefixtures("assets")
def test_a_flood_of_one_kind_leaves_time_for_the_others() -> None:
    many(90)
    scan_at(CRASH)
    safe = funded_vault("bob", debt=1_500 * E8)  # 150 % at 22,500
    Vault.objects.filter(pk=safe.pk).update(status=VaultStatus.LIQUIDATING)
    price(e8(60_000))
    with transaction.atomic():
        funded_vault("carol", debt=3_900 * E8)  # 153 %
    turns = [run_once(NOON, budget_s=0, chunk=30) for _ in range(5)]
    assert sum(turn.entered.get(VaultEvent.RECOVER, 0) for turn in turns) == 91
    first_warning = next(number for number, turn in enumerate(turns) if VaultEvent.WARN in turn.entered)
    assert first_warning <= 4


@pytest.mark.django_db
@pytest.mark.usefixtures("assets")
def test_a_vault_that_cannot_be_judged_stops_nobody_else() -> None:
    many(20)
    broken = funded_vault("bob", debt=3_000 * E8)
    append_events([NewEvent(broken.stream, broken.version + 1, "FROM_NOWHERE", {})])
    scan = scan_at(CRASH)
    assert (scan.failed, scan.changed) == (1, 20)
    assert status(broken) == VaultStatus.ACTIVE
    assert not Notice.objects.filter(user_id=broken.owner_id).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_assets")
def test_three_scanners_at_once_enter_each_vault_once() -> None:
    many(300)
    price(CRASH)
    together, scans = Barrier(3), []

    def scan() -> None:
        try:
            together.wait()
            for _ in range(4):
                scans.append(run_once(NOON, chunk=20))
        finally:
            connections.close_all()

    threads = [Thread(target=scan) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(scan.changed for scan in scans) == Notice.objects.count() == 300
    assert statuses() == {"LIQUIDATING"}
    assert versions_are_dense()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_assets")
def test_a_vault_that_somebody_holds_stops_nobody_else_and_is_judged_later() -> None:
    held, other = funded_vault(debt=3_500 * E8), funded_vault(debt=3_000 * E8)
    price(CRASH)
    scans: list[Scan] = []

    def scan() -> None:
        try:
            scans.append(run_once(NOON))
        finally:
            connections.close_all()

    with transaction.atomic():
        locked_vault(held.pk)
        thread = Thread(target=scan)
        thread.start()
        thread.join()
    assert (scans[0].changed, scans[0].held_by_others) == (1, 1)
    assert (status(held), status(other)) == (VaultStatus.ACTIVE, VaultStatus.LIQUIDATING)
    assert run_once(NOON).changed == 1
    assert status(held) == VaultStatus.LIQUIDATING


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_assets")
def test_a_turn_that_is_under_way_is_left_alone() -> None:
    vault = funded_vault(debt=3_000 * E8)
    price(CRASH)
    scans: list[Scan] = []

    def scan() -> None:
        try:
            scans.append(run_once(NOON))
        finally:
            connections.close_all()

    with alone(SCAN_LOCK):
        thread = Thread(target=scan)
        thread.start()
        thread.join()
    assert (scans[0].is_mine, status(vault)) == (False, VaultStatus.ACTIVE)
    assert run_once(NOON).changed == 1
