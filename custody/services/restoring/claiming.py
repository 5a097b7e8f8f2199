"""Gives a transaction of the life before the withdrawals it pays: rows that wait, or that are made again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from access.services import Origin, record_audit
from custody.bitcoin.types import Payment
from custody.errors import FundsTooSmall, InvalidState
from custody.models import Spend, Withdrawal
from custody.rules.statuses import WithdrawalStatus
from custody.selectors_terms import terms_in_force
from custody.services.freezes import freeze_account
from custody.services.restoring.payees import Lost, Unresolved, lost_withdrawal, withdrawal_in
from custody.services.restoring.signed import Signed
from custody.services.withdrawal_money import BTC, REQUESTED, take_money
from ledger.rules import Purpose
from ledger.services import open_account, post_transfer

_UNSIGNED = (WithdrawalStatus.AWAITING_APPROVAL, WithdrawalStatus.APPROVED)
_FREEZE = "Withdrawal {} left before a restore, and its money is not there any more."


@dataclass(frozen=True, slots=True)
class Claimed:
    """What to write down, once nothing else is to be locked. `frozen_id` is an owner whose money is gone."""

    withdrawal_id: UUID
    facts: dict[str, str | bool]
    frozen_id: int | None = None


def claim(
    spend: Spend, payment: Payment, number: int, signed: Signed, owners: Mapping[str, int]
) -> Claimed | None:
    """In the caller's transaction; None where the row is in the spend already. Raises Unresolved."""
    withdrawal_id = withdrawal_in(payment.reference)
    row = Withdrawal.objects.select_for_update().filter(pk=withdrawal_id).first() if withdrawal_id else None
    if row is None:
        lost = lost_withdrawal(payment, f"{signed.txid}:{number}", owners)
        return _made_again(spend, payment, lost, signed, number)
    if row.spend_id == spend.pk:
        return None
    if row.status not in _UNSIGNED:
        raise Unresolved(f"{row} is {row.status}, and {signed.txid} pays it as well")
    if (row.address, row.amount_sats) != (payment.address, payment.value_sats):
        raise Unresolved(f"{signed.txid} pays {row} otherwise than it was asked for")
    before = row.status
    # What operators agreed to after the snapshot is lost; that it was signed says that they did.
    given = row.approvals.filter(approves=True).count()
    row.approvals_needed = min(row.approvals_needed, given)
    row.status, row.spend = WithdrawalStatus.SIGNING, spend
    row.save(update_fields=["approvals_needed", "status", "spend", "changed_at"])
    return Claimed(row.pk, {"status": str(before)})


def write_down(claimed: Claimed, txid: str) -> None:
    if claimed.frozen_id is not None:
        _freeze(claimed.frozen_id, claimed.withdrawal_id)
    record_audit(
        origin=Origin(),
        action="withdrawal.found_again",
        subject=f"withdrawal:{claimed.withdrawal_id}",
        after={"txid": txid, **claimed.facts},
    )


def _made_again(spend: Spend, payment: Payment, lost: Lost, signed: Signed, number: int) -> Claimed:
    """The customer asked for it after the snapshot. Where his money is not there the house bears it, and his
    account waits for people."""
    row = Withdrawal(
        id=lost.id,
        owner_id=lost.allowed.owner_id,
        key=f"restored:{lost.id}",
        allowed=lost.allowed,
        address=payment.address,
        amount_sats=payment.value_sats,
        fee_sats=terms_in_force().fee_sats,
        totp_step=-(lost.id.int % 2**62) - 1,  # nobody's code
        status=WithdrawalStatus.SIGNING,
        spend=spend,
        created_at=signed.asked_at + timedelta(microseconds=number),
    )
    bears = not _takes_money(row)
    row.save(force_insert=True)
    facts: dict[str, str | bool] = {"made_again": True, "borne_by_the_house": bears}
    return Claimed(row.pk, facts, row.owner_id if bears else None)


def _takes_money(row: Withdrawal) -> bool:
    try:
        with transaction.atomic():
            take_money(row)
    except FundsTooSmall:
        row.fee_sats = 0
        house = open_account(owner_id=None, asset=BTC, purpose=Purpose.HOUSE)
        waiting = open_account(owner_id=None, asset=BTC, purpose=Purpose.WITHDRAWALS)
        post_transfer(
            debit_id=house.pk,
            credit_id=waiting.pk,
            amount_atoms=row.amount_sats,
            code=REQUESTED,
            key=f"withdrawal:{row.pk}:request",
            reference=f"withdrawal:{row.pk}",
        )
        return False
    return True


def _freeze(owner_id: int, withdrawal_id: UUID) -> None:
    try:
        with transaction.atomic():
            freeze_account(owner_id=owner_id, origin=Origin(), reason=_FREEZE.format(withdrawal_id))
    except InvalidState:
        return  # it is frozen already
