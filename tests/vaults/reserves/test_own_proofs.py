"""Each customer gets a proof of his own leaf that his script believes, and nobody else's."""

from datetime import UTC, datetime

import pytest

from tests.ledger.scene import funding
from tests.vaults.reserves.holders import proved, shown_proof, small_town
from vaults.models import ReserveLeaves, ReserveSnapshot
from vaults.reserves.errors import LeavesForgotten, NotInSnapshot, SnapshotNotFound
from vaults.reserves.proofs import proof_of
from vaults.reserves.snapshots import take_snapshot

NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_every_customers_proof_is_believed() -> None:
    alice, bob, _ = small_town()
    taken = take_snapshot(NOON)
    assert proved(alice, taken) == {"BTC": 755, "USDB": 9_000}
    assert proved(bob, taken) == {"BTC": 300, "USDB": 0}


def test_who_held_nothing_has_no_leaf() -> None:
    _, _, carol = small_town()
    take_snapshot(NOON)
    with pytest.raises(NotInSnapshot):
        proof_of(carol.pk)
    with pytest.raises(NotInSnapshot):
        proof_of(0)


def test_a_proof_stays_of_its_moment_whatever_becomes_of_the_customer() -> None:
    alice, _, _ = small_town()
    taken = take_snapshot(NOON)
    before = shown_proof(alice, taken)
    funding("alice", 1)
    alice.username = "alicia"
    alice.save()
    take_snapshot(NOON)
    assert shown_proof(alice, taken) == before
    assert shown_proof(alice)["leaf"]["audit_id"] == f"{alice.pk}:alicia"


def test_a_snapshot_that_is_not_there_has_no_proof() -> None:
    alice, _, _ = small_town()
    with pytest.raises(SnapshotNotFound):
        proof_of(alice.pk)
    taken = take_snapshot(NOON)
    with pytest.raises(SnapshotNotFound):
        proof_of(alice.pk, taken.pk + 1)


def test_without_all_of_the_leaves_there_is_no_proof() -> None:
    alice, _, _ = small_town()
    taken = take_snapshot(NOON)
    ReserveLeaves.objects.filter(snapshot=taken).delete()
    with pytest.raises(LeavesForgotten):
        proof_of(alice.pk, taken.pk)
    assert ReserveSnapshot.objects.count() == 1


def test_a_salt_is_the_customers_own_and_new_in_each_snapshot() -> None:
    alice, bob, _ = small_town()
    first, second = take_snapshot(NOON), take_snapshot(NOON)
    salts = {shown_proof(user, one)["leaf"]["salt"] for user in (alice, bob) for one in (first, second)}
    assert len(salts) == 4
