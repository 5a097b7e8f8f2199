"""Who the operators are, how one is made, and what all of them are told: whatever changes who they are."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from access.accounts.telling import tell_security_change
from access.notices.services import Notice, notify
from access.second_factor import remove_second_factor_of
from access.services import Origin, record_audit

OPERATORS_CHANGED = "OPERATORS_CHANGED"
MAX_OPERATORS = 500
MAX_TOLD = 500


def operators() -> Sequence[User]:
    """Whoever may log in at /admin/, the oldest account first."""
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("pk")[:MAX_OPERATORS])


def tell_operators(text: str, *, key: str, but: int | None = None) -> int:
    """All but one. Inside the caller's transaction."""
    told = [
        Notice(one.pk, OPERATORS_CHANGED, f"operators:{key}", text[:MAX_TOLD])
        for one in operators()
        if one.pk != but
    ]
    return notify(told)


@transaction.atomic
def tell_of_factor(user_id: int, deed: str, *, ip: str, now: datetime) -> None:
    """All other operators, of what one has done with his second factor; of customers nobody is told."""
    user = User.objects.get(pk=user_id)
    if user.is_staff:
        told = f"The operator {user.username} has {deed} a second factor, from {ip or 'nowhere'}."
        tell_operators(told, key=f"factor:{user_id}:{now.timestamp():.6f}", but=user_id)


@transaction.atomic
def make_operator(
    *, username: str, email: str, password: str, group: Group, is_superuser: bool, origin: Origin
) -> User:
    """Get the person or make one, and let him in. Nothing is taken from who is one. `password` "": what he
    has stays, and who is new has none until he sets one by a link."""
    user, is_new = User.objects.select_for_update().get_or_create(
        username=username, defaults={"email": email}
    )
    before = {"staff": user.is_staff, "superuser": user.is_superuser, "active": user.is_active}
    if password or is_new:
        user.set_password(password or None)
    user.is_staff = user.is_active = True
    user.is_superuser = user.is_superuser or is_superuser
    user.save()
    user.groups.add(group)
    record_audit(
        origin=origin,
        action="operator.made",
        subject=f"user:{user.pk}",
        before=before,
        after={"staff": True, "superuser": user.is_superuser, "active": True, "group": group.name},
    )
    key = f"made:{user.pk}:{timezone.now().timestamp():.6f}"
    tell_operators(f"{username} was made an operator, by a command on the server.", key=key, but=user.pk)
    return user


@transaction.atomic
def forget_second_factor(*, user_id: int, origin: Origin, reason: str) -> None:
    """For somebody who has lost it: he is told, and where he is an operator so are all others.

    Raises what `remove_second_factor_of` raises.
    """
    now = timezone.now()
    remove_second_factor_of(user_id=user_id, now=now, origin=origin, reason=reason)
    tell_security_change(user_id, "Your second factor was removed by the house. Withdrawals are held.", now)
    user = User.objects.get(pk=user_id)
    if user.is_staff:
        text = f"The second factor of the operator {user.username} was removed: his next login makes another."
        tell_operators(text, key=f"factor:{user_id}:{now.timestamp():.6f}", but=user_id)
