"""Health says when snapshots are late, and operators read them without their secrets."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from health.rules import Status
from tests.support.operators import operator
from tests.vaults.reserves.holders import small_town
from vaults.models import ReserveSnapshot
from vaults.reserves.checks import snapshots
from vaults.reserves.snapshots import take_snapshot

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("hours", "status"), [(0, Status.OK), (2, Status.OK), (3, Status.WARN), (13, Status.FAIL)]
)
def test_it_says_how_old_the_newest_snapshot_is(hours: int, status: Status) -> None:
    small_town()
    take_snapshot(timezone.now() - timedelta(hours=hours))
    [found] = snapshots()
    assert found.status is status
    assert 0 <= found.figures["age_s"] - hours * 3600 < 60
    assert (found.figures["btc_atoms"], found.figures["customers"]) == (1_055, 2)


def test_none_is_missed_where_there_are_no_customers() -> None:
    assert [one.status for one in snapshots()] == [Status.OK]
    small_town()
    assert [one.status for one in snapshots()] == [Status.WARN]


def test_operators_read_snapshots_and_find_them_by_root(client: Client) -> None:
    small_town()
    first, second = take_snapshot(timezone.now()), take_snapshot(timezone.now())
    operator(client, "vaults.view_reservesnapshot")
    listing = reverse("admin:vaults_reservesnapshot_changelist")
    text = client.get(listing).content.decode()
    assert first.root in text
    assert "0.00001055 BTC, 0.00009000 USDB" in text
    assert second.root not in client.get(listing, {"q": first.root}).content.decode()
    assert "0 parts" not in client.get(listing, {"q": "x" * 64}).content.decode()
    page = client.get(reverse("admin:vaults_reservesnapshot_change", args=[first.pk])).content.decode()
    assert "yes" in page
    assert bytes(first.secret).hex() not in page
    assert "secret" not in page.lower()


def test_nobody_adds_or_changes_one_in_the_admin(client: Client) -> None:
    taken = take_snapshot(timezone.now())
    operator(client)
    assert client.get(reverse("admin:vaults_reservesnapshot_add")).status_code == 403
    client.post(reverse("admin:vaults_reservesnapshot_change", args=[taken.pk]), {"root": "0"})
    assert ReserveSnapshot.objects.get().root == taken.root
