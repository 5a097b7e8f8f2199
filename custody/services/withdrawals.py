"""How a customer's withdrawal is asked for, and canceled while nobody has signed it.

Money leaves the funding wallet with the row; what follows is found by looking for rows (`spending`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from access.errors import IdempotencyKeyReused
from access.second_factor import check_code, spend_code
from access.services import Origin, record_audit
from custody.errors import AccountFrozen, CustodyUnavailable, WithdrawalsHeld, WithdrawalsStopped
from custody.meters import REQUEST, note_withdrawals
from custody.models import AllowedAddress, Withdrawal
from custody.rules.statuses import WithdrawalEvent, WithdrawalStatus
from custody.rules.terms import Terms
from custody.rules.withdrawals import amount_refusal, approvals_needed, velocity_refusal
from custody.selectors import is_frozen
from custody.selectors_terms import terms_in_force
from custody.selectors_withdrawals import claimable, held_until, open_stop, unseen_of, used_of
from custody.services.allowed_addresses import Target, milliseconds, usable_address
from custody.services.withdrawal_lock import lock_withdrawals
from custody.services.withdrawal_money import take_money
from custody.services.withdrawal_steps import locked_withdrawal, step

__all__ = [
    "Wanted",
    "cancel_withdrawal",
    "check_withdrawal",
    "claimable",
    "enter_withdrawal",
    "request_withdrawal",
]

BY_OWNER = "canceled by its owner"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a customer asks for. `key` is his own name for it: a repeat with the same content is the same
    withdrawal. The fee comes on top of `amount_sats`."""

    owner_id: int
    key: str
    target: Target
    amount_sats: int


def request_withdrawal(*, wanted: Wanted, code: str, now: datetime, origin: Origin) -> Withdrawal:
    """Take the money and leave the row. A repeat by the key gives the first one and needs no new code.

    Call it outside any transaction, for a wrong code counts whatever becomes of the rest. Raises, in this
    order: CustodyUnavailable, IdempotencyKeyReused, WithdrawalsStopped, AccountFrozen, WithdrawalsHeld,
    InvalidAddress, AddressNotAllowed, AddressCooldown, BelowMinimum, AboveHotWallet, VelocityExceeded, what
    `check_code` raises, FundsTooSmall.
    """
    if earlier := check_withdrawal(wanted=wanted, code=code, now=now):
        return earlier
    return enter_withdrawal(wanted=wanted, code=code, now=now, origin=origin)


def check_withdrawal(*, wanted: Wanted, code: str, now: datetime) -> Withdrawal | None:
    """The first half of `request_withdrawal`, outside any transaction: it changes nothing but the count of
    wrong codes. What was asked for by this key before; else None, and `enter_withdrawal` may follow."""
    if not settings.CUSTODY:
        raise CustodyUnavailable("custody")
    if earlier := _earlier(wanted):
        return earlier
    _checked(wanted, now)
    check_code(user_id=wanted.owner_id, code=code, now=now)
    return None


@transaction.atomic
def cancel_withdrawal(*, owner_id: int, withdrawal_id: UUID, origin: Origin) -> Withdrawal:
    """By its owner, until a signer may be asked. Canceled already: no change.

    Raises WithdrawalNotFound, InvalidState.
    """
    withdrawal = locked_withdrawal(withdrawal_id, owner_id=owner_id)
    before = withdrawal.status
    if step(withdrawal, WithdrawalEvent.CANCEL, because=BY_OWNER):
        record_audit(
            origin=origin,
            action="withdrawal.canceled",
            subject=f"withdrawal:{withdrawal.pk}",
            before={"status": str(before)},
            after={"reason": BY_OWNER},
        )
    return withdrawal


def _earlier(wanted: Wanted) -> Withdrawal | None:
    earlier = Withdrawal.objects.filter(owner_id=wanted.owner_id, key=wanted.key).first()
    if earlier is None:
        return None
    target = wanted.target
    is_same = earlier.amount_sats == wanted.amount_sats and target.is_of(earlier.allowed_id, earlier.address)
    if not is_same:
        raise IdempotencyKeyReused(field="Idempotency-Key")
    return earlier


def _checked(wanted: Wanted, now: datetime) -> tuple[AllowedAddress, Terms]:
    """All that needs neither a code nor money, in the order of `request_withdrawal`."""
    if open_stop() is not None:
        raise WithdrawalsStopped
    if is_frozen(wanted.owner_id):
        raise AccountFrozen
    terms = terms_in_force()
    held = held_until(wanted.owner_id, terms, now)
    if held is not None:
        raise WithdrawalsHeld(available_at_ms=milliseconds(held))
    allowed = usable_address(wanted.owner_id, wanted.target, now)
    used = used_of(wanted.owner_id, now)
    refusal = amount_refusal(wanted.amount_sats, terms) or velocity_refusal(wanted.amount_sats, used, terms)
    if refusal is not None:
        raise refusal
    return allowed, terms


@transaction.atomic
def enter_withdrawal(*, wanted: Wanted, code: str, now: datetime, origin: Origin) -> Withdrawal:
    """The second half: everything is looked at again, the code is spent and the money taken, in the caller's
    transaction where there is one. It takes the locks of withdrawals, accounts and the audit trail, so let it
    be the last thing there."""
    lock_withdrawals()
    if earlier := _earlier(wanted):
        return earlier
    allowed, terms = _checked(wanted, now)  # again: only now does nobody else ask for something
    totp_step = spend_code(user_id=wanted.owner_id, code=code, now=now)
    age_seconds = int((now - allowed.created_at).total_seconds())
    unseen = unseen_of(wanted.owner_id, terms, now)
    needed = approvals_needed(wanted.amount_sats, age_seconds, unseen, terms)
    withdrawal = Withdrawal(
        id=uuid4(),
        owner_id=wanted.owner_id,
        key=wanted.key,
        allowed=allowed,
        address=allowed.address,
        amount_sats=wanted.amount_sats,
        fee_sats=terms.fee_sats,
        totp_step=totp_step,
        status=WithdrawalStatus.AWAITING_APPROVAL if needed else WithdrawalStatus.APPROVED,
        approvals_needed=needed,
        requested_ip=origin.ip,
        created_at=now,
    )
    take_money(withdrawal)
    # Past this line it must succeed.
    withdrawal.save(force_insert=True)
    note_withdrawals(REQUEST)
    record_audit(
        origin=origin,
        action="withdrawal.requested",
        subject=f"withdrawal:{withdrawal.pk}",
        after={
            "owner": wanted.owner_id,
            "address": allowed.address,
            "amount_sats": wanted.amount_sats,
            "fee_sats": terms.fee_sats,
            "approvals_needed": needed,
        },
    )
    return withdrawal
