"""Whose withdrawal a payment is that no row knows: found by its name, else by its address and amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from custody.bitcoin.types import Payment
from custody.models import AllowedAddress, Withdrawal
from custody.rules.statuses import WithdrawalStatus

_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-726573746f72")
_WAITING = (WithdrawalStatus.AWAITING_APPROVAL, WithdrawalStatus.APPROVED, WithdrawalStatus.SIGNING)
_REFERENCE = "withdrawal:"


class Unresolved(Exception):
    """People have to say what it is."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A withdrawal that was asked for after the snapshot. `allowed` is its owner's row of that address."""

    id: UUID
    allowed: AllowedAddress


def reference_of(withdrawal_id: UUID) -> str:
    return f"{_REFERENCE}{withdrawal_id}"


def withdrawal_in(reference: str) -> UUID | None:
    try:
        return UUID(reference.removeprefix(_REFERENCE)) if reference.startswith(_REFERENCE) else None
    except ValueError:
        return None


def waiting_for(address: str, sats: int, taken: set[UUID]) -> Withdrawal | None:
    """The oldest that waits for this very payment, of those that are in no transaction yet."""
    rows = Withdrawal.objects.filter(address=address, amount_sats=sats, status__in=_WAITING, spend=None)
    return rows.exclude(pk__in=taken).order_by("created_at", "pk").first()


def lost_withdrawal(payment: Payment, where: str, owners: Mapping[str, int]) -> Lost:
    """Its owner is the only customer with that address, or whom people have named. Raises Unresolved."""
    withdrawal_id = withdrawal_in(payment.reference) or uuid5(_NAMESPACE, where)
    rows = AllowedAddress.objects.filter(address=payment.address)
    if payment.address in owners:
        rows = rows.filter(owner_id=owners[payment.address])
    found = list(rows.order_by("owner_id", "removed_at", "pk").distinct("owner_id")[:2])
    if len(found) != 1:
        whose = "several customers" if found else "nobody"
        raise Unresolved(f"{payment.value_sats} sats went to {payment.address}, an address of {whose} here")
    return Lost(withdrawal_id, found[0])
