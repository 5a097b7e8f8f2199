"""What operators do to an account as a whole: disable it, let it in again, end all of its logins."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from access.accounts.errors import AlreadySo, NotYours
from access.accounts.logins import end_all_logins
from access.errors import NotFound
from access.key_epoch import change_key_epoch
from access.services import Origin, record_audit


@transaction.atomic
def disable_account(*, user_id: int, origin: Origin, reason: str) -> User:
    """From the next request on nobody speaks for it: its logins end, its keys are refused, its withdrawals
    wait. What it holds, and its orders, stay as they are. Raises NotFound, NotYours, AlreadySo.
    """
    user = _of_others(user_id, origin)
    if not user.is_active:
        raise AlreadySo("The account is disabled already.", field="account")
    ended = end_all_logins(user_id=user_id, now=timezone.now())
    user.is_active = False  # a login that begins meanwhile counts for nothing
    user.save(update_fields=["is_active"])
    _audit(
        user, "user.disabled", origin, {"active": True}, {"active": False, "ended": ended, "reason": reason}
    )
    transaction.on_commit(change_key_epoch)  # who reads keys reads them anew
    return user


@transaction.atomic
def enable_account(*, user_id: int, origin: Origin, reason: str) -> User:
    """Its keys count again; it logs in anew. Raises NotFound, NotYours, AlreadySo."""
    user = _of_others(user_id, origin)
    if user.is_active:
        raise AlreadySo("The account is not disabled.", field="account")
    user.is_active = True
    user.save(update_fields=["is_active"])
    _audit(user, "user.enabled", origin, {"active": False}, {"active": True, "reason": reason})
    transaction.on_commit(change_key_epoch)
    return user


@transaction.atomic
def end_logins_of(*, user_id: int, origin: Origin, reason: str) -> int:
    """Everywhere, at once. Gives how many were live. Raises NotFound, NotYours."""
    user = _of_others(user_id, origin)
    ended = end_all_logins(user_id=user_id, now=timezone.now())
    _audit(user, "login.ended_by_operator", origin, {}, {"ended": ended, "reason": reason})
    return ended


def _of_others(user_id: int, origin: Origin) -> User:
    """Nobody does it to himself, and to an operator only a superuser: or one could shut all others out."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such user.", field="account")
    if origin.user_id == user_id:
        raise NotYours("Nobody does this to his own account.", field="account")
    superusers = User.objects.filter(is_superuser=True, is_active=True).values_list("pk", flat=True)
    if (user.is_staff or user.is_superuser) and origin.user_id not in superusers:
        raise NotYours("An operator's account is a superuser's to judge.", field="account")
    return user


def _audit(
    user: User,
    action: str,
    origin: Origin,
    before: dict[str, bool],
    after: dict[str, str | int | bool],
) -> None:
    record_audit(origin=origin, action=action, subject=f"user:{user.pk}", before=before, after=after)
