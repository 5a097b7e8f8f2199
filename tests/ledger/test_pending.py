"""Money in transit: set aside, then posted, voided or expired, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger import services
from ledger.errors import InsufficientFunds, PendingTransferNotFound, PendingTransferResolved
from ledger.models import PendingTransfer, Transfer
from ledger.rules import PendingEvent, PendingStatus, Purpose, next_status
from tests.ledger.scene import funding, hold, house, move, new_key, stands_at, trading

pytestmark = pytest.mark.usefixtures("ledger")

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def expiring(atoms: int, expires_at: datetime | None) -> PendingTransfer:
    return services.hold_transfer(
        debit_id=funding("alice").pk,
        credit_id=funding("bob").pk,
        amount_atoms=atoms,
        code="TEST",
        key=new_key(),
        expires_at=expires_at,
    )


def bring_about(pending: PendingTransfer, event: PendingEvent) -> PendingTransfer:
    if event is PendingEvent.POST:
        return services.post_pending(pending_id=pending.pk)
    if event is PendingEvent.VOID:
        return services.void_pending(pending_id=pending.pk, reason="changed my mind")
    services.expire_pending(now=NOON)
    pending.refresh_from_db()
    return pending


def test_a_hold_sets_money_aside_without_moving_it() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    pending = hold(alice, bob, 70)
    assert (pending.status, pending.resolved_at) == (PendingStatus.PENDING, None)
    assert (stands_at(alice), stands_at(bob)) == ((100, 70), (0, 0))
    assert alice.available_atoms == 30


def test_holds_together_cannot_exceed_the_balance() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    hold(alice, bob, 70)
    with pytest.raises(InsufficientFunds):
        hold(alice, bob, 31)
    hold(alice, bob, 30)
    assert stands_at(alice) == (100, 100)


def test_posting_moves_the_money_and_appends_its_transfer() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    pending = services.post_pending(pending_id=hold(alice, bob, 70).pk)
    transfer = Transfer.objects.get(pending=pending)
    assert (transfer.debit_id, transfer.credit_id, transfer.amount_atoms) == (alice.pk, bob.pk, 70)
    assert (stands_at(alice), stands_at(bob)) == ((30, 0), (70, 0))
    assert pending.resolved_at is not None


def test_voiding_releases_the_money_and_keeps_the_reason() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    pending = services.void_pending(pending_id=hold(alice, bob, 70).pk, reason="REJECTED")
    assert (pending.status, pending.reason) == (PendingStatus.VOIDED, "REJECTED")
    assert (stands_at(alice), stands_at(bob)) == ((100, 0), (0, 0))
    assert not Transfer.objects.filter(pending=pending).exists()


@pytest.mark.parametrize("second", PendingEvent)
@pytest.mark.parametrize("first", PendingEvent)
def test_the_second_end_repeats_the_first_or_is_refused(first: PendingEvent, second: PendingEvent) -> None:
    alice, bob = funding("alice", 100), funding("bob")
    pending = bring_about(expiring(100, NOON), first)
    status = PendingStatus(pending.status)
    before = stands_at(alice), stands_at(bob), pending.resolved_at, pending.reason
    # Expiring looks for what is due and finds nothing: it has nobody to refuse.
    if next_status(status, second) is None and second is not PendingEvent.EXPIRE:
        with pytest.raises(PendingTransferResolved) as caught:
            bring_about(pending, second)
        assert caught.value.details["status"] == status.value
    else:
        bring_about(pending, second)
    pending.refresh_from_db()
    assert (stands_at(alice), stands_at(bob), pending.resolved_at, pending.reason) == before
    assert pending.status == status


def test_a_hold_that_is_repeated_returns_the_first_whatever_became_of_it() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    first = services.post_pending(pending_id=hold(alice, bob, 100, key="once").pk)
    again = hold(alice, bob, 100, key="once")
    assert (again, again.status) == (first, PendingStatus.POSTED)


def test_only_what_is_due_expires() -> None:
    funding("alice", 100)
    due, later, never = expiring(1, NOON), expiring(2, NOON + timedelta(seconds=1)), expiring(3, None)
    assert services.expire_pending(now=NOON) == 1
    assert services.expire_pending(now=NOON) == 0
    for pending in (due, later, never):
        pending.refresh_from_db()
    assert [due.status, later.status, never.status] == ["EXPIRED", "PENDING", "PENDING"]
    assert stands_at(funding("alice")) == (100, 5)


def test_expiry_takes_a_limited_number_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "EXPIRY_BATCH", 2)
    funding("alice", 100)
    for _ in range(3):
        expiring(1, NOON)
    assert [services.expire_pending(now=NOON) for _ in range(3)] == [2, 1, 0]


def test_out_of_a_trading_account_a_hold_is_an_intent_only() -> None:
    alice, bob = trading("alice", 100), funding("bob")
    too_much = hold(alice, bob, 500)
    assert stands_at(alice) == (100, 500)
    with pytest.raises(InsufficientFunds):
        services.post_pending(pending_id=too_much.pk)
    move(house(Purpose.DEMO_ISSUE), alice, 400)
    services.post_pending(pending_id=too_much.pk)
    assert (stands_at(alice), stands_at(bob)) == ((0, 0), (500, 0))


def test_a_pending_transfer_that_does_not_exist_cannot_end() -> None:
    with pytest.raises(PendingTransferNotFound):
        services.post_pending(pending_id=999_999_999)
    with pytest.raises(PendingTransferNotFound):
        services.void_pending(pending_id=999_999_999, reason="")
