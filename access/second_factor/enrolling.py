"""How a second factor comes, is replaced and goes: each a security change, each in the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from access.encryption import encrypt
from access.errors import DomainError, MissingField
from access.models import RecoveryCode, SecurityChangeKind, TotpDevice
from access.second_factor.codes import (
    enrolment_uri,
    matching_steps,
    new_recovery_codes,
    new_secret,
    recovery_hash,
)
from access.second_factor.errors import InvalidCode, NoEnrolment, OwnSecondFactor, SecondFactorRequired
from access.second_factor.spending import (
    check_code,
    count_outcome,
    lock_refusal,
    locked_device,
    owner_of,
    secret_of,
    spend_code_or_recovery,
)
from access.security_changes import note_security_change
from access.services import Facts, Origin, record_audit

PENDING_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Shown now and never again. It counts from its first code on."""

    secret: str
    uri: str
    until: datetime


def begin_enrolment(*, user_id: int, now: datetime, origin: Origin, code: str = "") -> Enrolment:
    """Make a secret that `confirm_enrolment` puts in force. Where one is in force, a code of that one or a
    recovery code is spent, and that one stays until then.

    Raises MissingField, and what `check_code` raises.
    """
    has_one = TotpDevice.objects.filter(pk=user_id, confirmed_at__isnull=False).exists()
    if has_one:
        _check(user_id, code, now)
    with transaction.atomic():
        device, _ = TotpDevice.objects.select_for_update().get_or_create(pk=user_id)
        if device.confirmed_at is not None:
            spend_code_or_recovery(user_id=user_id, code=code, now=now)
        secret = new_secret()
        device.pending_secret = encrypt(secret, owner=owner_of(user_id))
        device.pending_until = now + PENDING_FOR
        device.save(update_fields=["pending_secret", "pending_until"])
        _audit("second_factor.begun", user_id, origin, {"replaces": has_one})
    account = get_user_model().objects.get(pk=user_id).get_username()
    return Enrolment(secret, enrolment_uri(secret, account), now + PENDING_FOR)


def confirm_enrolment(*, user_id: int, code: str, now: datetime, origin: Origin) -> Sequence[str]:
    """Put the new secret in force by its first code. Gives recovery codes, whose hashes alone are kept.

    Raises NoEnrolment, SecondFactorLocked, InvalidCode.
    """
    with transaction.atomic(durable=True):
        device = locked_device(user_id)
        if device is None or device.pending_until is None or device.pending_until <= now:
            raise NoEnrolment
        secret = secret_of(device, pending=True)
        steps = matching_steps(secret, code, now)
        refusal: DomainError | None = lock_refusal(device, now)
        if refusal is None and not steps:
            refusal = InvalidCode(field="code")
        count_outcome(device, refusal, now)
        codes = [] if refusal else _put_in_force(device, secret, steps[0], now)
        if codes:
            _audit("second_factor.enrolled", user_id, origin, {"recovery_left": len(codes)})
    if refusal is not None:  # only now: what was counted is committed
        raise refusal
    return codes


def remove_second_factor(*, user_id: int, code: str, now: datetime, origin: Origin) -> None:
    """By its owner, with a code or a recovery code. Raises what `check_code` raises."""
    _check(user_id, code, now)
    with transaction.atomic():
        spend_code_or_recovery(user_id=user_id, code=code, now=now)
        _remove(user_id, now)
        _audit("second_factor.removed", user_id, origin, {})


@transaction.atomic
def remove_second_factor_of(*, user_id: int, now: datetime, origin: Origin, reason: str) -> None:
    """By an operator, for somebody else who has lost it.

    Raises OwnSecondFactor, SecondFactorRequired where there is none.
    """
    if origin.user_id == user_id:
        raise OwnSecondFactor
    device = locked_device(user_id)
    if device is None or device.confirmed_at is None:
        raise SecondFactorRequired("This user has no second factor.")
    _remove(user_id, now)
    _audit("second_factor.removed_by_operator", user_id, origin, {"reason": reason})


@transaction.atomic
def seed_second_factor(*, user_id: int, secret: str, changed_at: datetime) -> None:
    """A second factor as if it had been set up at `changed_at`, for people of a demo. Repeatable; another
    secret takes its place."""
    assert settings.DEMO, "second factors are seeded in demo mode only"
    device, _ = TotpDevice.objects.select_for_update().get_or_create(pk=user_id)
    if device.confirmed_at is None or secret_of(device) != secret:
        _put_in_force(device, secret, device.last_step, changed_at)


def _check(user_id: int, code: str, now: datetime) -> None:
    if not code:
        raise MissingField(field="code")
    check_code(user_id=user_id, code=code, now=now, recovery=True)


def _put_in_force(device: TotpDevice, secret: str, step: int, at: datetime) -> Sequence[str]:
    device.encrypted_secret = encrypt(secret, owner=owner_of(device.user_id))
    device.pending_secret, device.pending_until = b"", None
    device.confirmed_at = at
    device.last_step = max(device.last_step, step)
    device.save()
    codes = new_recovery_codes()
    RecoveryCode.objects.filter(user_id=device.user_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=device.user_id, code_hash=recovery_hash(device.user_id, code)) for code in codes
    )
    note_security_change(user_id=device.user_id, kind=SecurityChangeKind.SECOND_FACTOR, at=at)
    return codes


def _remove(user_id: int, now: datetime) -> None:
    TotpDevice.objects.filter(pk=user_id).update(
        encrypted_secret=b"", pending_secret=b"", pending_until=None, confirmed_at=None
    )
    RecoveryCode.objects.filter(user_id=user_id).delete()
    note_security_change(user_id=user_id, kind=SecurityChangeKind.SECOND_FACTOR, at=now)


def _audit(action: str, user_id: int, origin: Origin, after: Facts) -> None:
    record_audit(origin=origin, action=action, subject=f"user:{user_id}", after=after)
