"""How a code is judged and spent: each step once, and five wrong ones in a row end it for a while.

`check_code` comes first and in a transaction of its own, so that a wrong code counts whatever becomes of
what it was for; `spend_code` then takes part in the caller's.
"""

from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.db.models import QuerySet

from access.encryption import decrypt
from access.errors import DomainError
from access.models import RecoveryCode, TotpDevice
from access.second_factor.codes import is_recovery_code, matching_steps, recovery_hash
from access.second_factor.errors import (
    CodeReused,
    InvalidCode,
    SecondFactorLocked,
    SecondFactorRequired,
    SecondFactorUnreadable,
)
from access.services import Origin, record_audit

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


def check_code(*, user_id: int, code: str, now: datetime, recovery: bool = False) -> None:
    """Refuses a code that `spend_code` would refuse, and counts a wrong one. Spends nothing.

    Call it outside any transaction. `recovery`: a recovery code does as well. Raises SecondFactorRequired,
    SecondFactorLocked, CodeReused, InvalidCode.
    """
    with transaction.atomic(durable=True):
        device = locked_device(user_id)
        refusal = _refusal(device, code, now, recovery)
        if device is not None:
            count_outcome(device, refusal, now)
    if refusal is not None:
        raise refusal


def spend_code(*, user_id: int, code: str, now: datetime) -> int:
    """Take the code's step, which no code has again, and give it. Inside the caller's transaction.

    Raises as `check_code` does.
    """
    device = locked_device(user_id)
    refusal = _refusal(device, code, now, recovery=False)
    if refusal is not None:
        raise refusal
    assert device is not None
    step = _unused_steps(device, code, now)[0]
    device.last_step = step
    device.save(update_fields=["last_step"])
    return step


def spend_code_or_recovery(*, user_id: int, code: str, now: datetime) -> None:
    """For what takes the second factor away: there a recovery code takes the place of a code."""
    if not is_recovery_code(code):
        spend_code(user_id=user_id, code=code, now=now)
        return
    refusal = _refusal(locked_device(user_id), code, now, recovery=True)
    if refusal is not None:
        raise refusal
    _recovery(user_id, code).update(used_at=now)


def locked_device(user_id: int) -> TotpDevice | None:
    """The row under its lock: codes of one user are judged one after the other."""
    return TotpDevice.objects.select_for_update().filter(pk=user_id).first()


def lock_refusal(device: TotpDevice, now: datetime) -> DomainError | None:
    if device.locked_until is None or device.locked_until <= now:
        return None
    left = device.locked_until - now
    return SecondFactorLocked(retry_after=int(left.total_seconds()) + 1)


def count_outcome(device: TotpDevice, refusal: DomainError | None, now: datetime) -> None:
    """A right code ends the row of wrong ones; one that was used, or comes while locked, is no guess."""
    if refusal is None:
        device.failures = 0
    elif isinstance(refusal, InvalidCode):
        device.failures += 1
    if device.failures >= MAX_FAILURES:
        device.failures, device.locked_until = 0, now + LOCKED_FOR
        record_audit(
            origin=Origin(), action="second_factor.locked", subject=f"user:{device.user_id}", after={}
        )
    device.save(update_fields=["failures", "locked_until"])


def secret_of(device: TotpDevice, *, pending: bool = False) -> str:
    """The secret in force, or the pending one. Raises SecondFactorUnreadable."""
    stored = device.pending_secret if pending else device.encrypted_secret
    try:
        return decrypt(bytes(stored), owner=owner_of(device.user_id))
    except InvalidTag as error:
        raise SecondFactorUnreadable from error


def owner_of(user_id: int) -> str:
    return f"second factor {user_id}"


def _refusal(device: TotpDevice | None, code: str, now: datetime, recovery: bool) -> DomainError | None:
    if device is None or device.confirmed_at is None:
        return SecondFactorRequired()
    if locked := lock_refusal(device, now):
        return locked
    if recovery and is_recovery_code(code):
        return None if _recovery(device.user_id, code).exists() else InvalidCode(field="code")
    if not matching_steps(secret_of(device), code, now):
        return InvalidCode(field="code")
    return None if _unused_steps(device, code, now) else CodeReused(field="code")


def _unused_steps(device: TotpDevice, code: str, now: datetime) -> list[int]:
    return [step for step in matching_steps(secret_of(device), code, now) if step > device.last_step]


def _recovery(user_id: int, code: str) -> QuerySet[RecoveryCode]:
    code_hash = recovery_hash(user_id, code)
    return RecoveryCode.objects.filter(user_id=user_id, code_hash=code_hash, used_at__isnull=True)
