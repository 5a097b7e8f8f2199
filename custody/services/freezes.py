"""Frozen accounts: their owners withdraw nothing and move nothing to trading until it ends.

A freeze that a reorg began ends by itself once all is met, unless an operator has made it his own.
"""

from django.db import transaction
from django.utils import timezone

from access.services import Origin, record_audit
from custody.errors import InvalidState, SecondApproverNeeded
from custody.models import AccountFreeze

MAX_REASON = 300


@transaction.atomic
def freeze_account(*, owner_id: int, origin: Origin, reason: str) -> AccountFreeze:
    """By an operator. One that a reorg began becomes his: it no longer ends by itself."""
    freeze, is_new = AccountFreeze.objects.select_for_update().get_or_create(
        owner_id=owner_id, ended_at=None, defaults={"reason": reason[:MAX_REASON]}
    )
    if not is_new and not freeze.is_automatic:
        raise InvalidState("The account is frozen already.", status="FROZEN")
    freeze.is_automatic, freeze.reason = False, reason[:MAX_REASON]
    freeze.save(update_fields=["is_automatic", "reason"])
    _record("custody.account_frozen", freeze, origin, reason)
    return freeze


@transaction.atomic
def end_freeze(*, owner_id: int, origin: Origin, reason: str) -> AccountFreeze:
    """By an operator, whatever is still owed: the next reorg freezes again.

    Raises InvalidState, and SecondApproverNeeded for its owner.
    """
    if origin.user_id == owner_id:
        raise SecondApproverNeeded("Nobody ends the freeze of his own account.")
    freeze = AccountFreeze.objects.select_for_update().filter(owner_id=owner_id, ended_at=None).first()
    if freeze is None:
        raise InvalidState("The account is not frozen.", status="FREE")
    _end(freeze, origin, reason)
    return freeze


def freeze_for_reorg(owner_id: int, reason: str) -> None:
    """Inside the transaction that finds something owing."""
    freeze, is_new = AccountFreeze.objects.get_or_create(
        owner_id=owner_id, ended_at=None, defaults={"reason": reason[:MAX_REASON], "is_automatic": True}
    )
    if is_new:
        _record("custody.account_frozen", freeze, Origin(), reason)


def thaw_after_reorg(owner_id: int) -> None:
    """Inside the transaction that meets the last receivable."""
    frozen = AccountFreeze.objects.select_for_update().filter(owner_id=owner_id, ended_at=None)
    freeze = frozen.filter(is_automatic=True).first()
    if freeze is not None:
        _end(freeze, Origin(), "What the reorg left owing is met.")


def _end(freeze: AccountFreeze, origin: Origin, reason: str) -> None:
    freeze.ended_at, freeze.ended_because = timezone.now(), reason[:MAX_REASON]
    freeze.save(update_fields=["ended_at", "ended_because"])
    _record("custody.freeze_ended", freeze, origin, reason)


def _record(action: str, freeze: AccountFreeze, origin: Origin, reason: str) -> None:
    subject = f"user:{freeze.owner_id}"
    record_audit(origin=origin, action=action, subject=subject, after={"freeze": freeze.pk, "reason": reason})
