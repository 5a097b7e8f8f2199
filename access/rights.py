"""What people may do in the admin, and by which mail address they are reached: changed by operators, never of
their own account. Whether a change takes two of them says `gives_more`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.utils import timezone

from access.accounts.emails import claim_email
from access.accounts.names import read_email
from access.accounts.telling import tell_security_change
from access.errors import NotFound
from access.operators import tell_operators
from access.proposal_errors import SecondOperatorNeeded
from access.services import Facts, Origin, record_audit


@dataclass(frozen=True, slots=True)
class Rights:
    """`groups` by their numbers."""

    is_active: bool
    is_staff: bool
    is_superuser: bool
    groups: frozenset[int]


def rights_of(user: User) -> Rights:
    groups = frozenset(user.groups.values_list("pk", flat=True))
    return Rights(user.is_active, user.is_staff, user.is_superuser, groups)


def gives_more(before: Rights, after: Rights) -> bool:
    """Whatever only takes away is done by one: who shuts a thief out does not wait."""
    switched_on = (
        after.is_active and not before.is_active,
        after.is_staff and not before.is_staff,
        after.is_superuser and not before.is_superuser,
    )
    return any(switched_on) or not after.groups <= before.groups


def check_own(user_id: int, origin: Origin) -> None:
    """Raises SecondOperatorNeeded: nobody decides about himself, neither first nor second."""
    if origin.user_id == user_id:
        raise SecondOperatorNeeded("Nobody changes what he may do himself.")


@transaction.atomic
def change_rights(*, user_id: int, rights: Rights, origin: Origin, reason: str) -> None:
    """He and all operators are told. His login at /admin/ ends. Raises NotFound, SecondOperatorNeeded."""
    check_own(user_id, origin)
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such user.")
    before = rights_of(user)
    user.is_active, user.is_staff, user.is_superuser = rights.is_active, rights.is_staff, rights.is_superuser
    user.save(update_fields=["is_active", "is_staff", "is_superuser"])
    user.groups.set(rights.groups)
    record_audit(
        origin=origin,
        action="user.rights_changed",
        subject=f"user:{user_id}",
        before=_facts(before),
        after={**_facts(rights), "reason": reason},
    )
    now = timezone.now()
    tell_security_change(user_id, "What your account may do in the house was changed by operators.", now)
    key = f"rights:{user_id}:{now.timestamp():.6f}"
    tell_operators(f"What {user.username} may do in the admin was changed: {reason}", key=key, but=user_id)


@transaction.atomic
def change_group(*, group_id: int, permissions: Collection[int], origin: Origin, reason: str) -> None:
    """What all of its members may do. Raises NotFound."""
    group = Group.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise NotFound("There is no such group.")
    before = names_of(group.permissions.values_list("pk", flat=True))
    group.permissions.set(permissions)
    record_audit(
        origin=origin,
        action="group.permissions_changed",
        subject=f"group:{group_id}",
        before={"permissions": before},
        after={"permissions": names_of(permissions), "reason": reason},
    )
    key = f"group:{group_id}:{timezone.now().timestamp():.6f}"
    tell_operators(f"What the group {group.name} may do was changed: {reason}", key=key)


@transaction.atomic
def ask_address(*, user_id: int, email: str, origin: Origin, reason: str, now: datetime) -> None:
    """For who has lost his old one: the new one is his once he opens what is sent there, and the old one is
    told. Raises InvalidEmail, NotFound, SecondOperatorNeeded."""
    check_own(user_id, origin)
    address = read_email(email)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound("There is no such user, or the account is disabled.")
    site = settings.SITE_URL or f"http://127.0.0.1:{settings.PORT}"
    claim_email(user=user, email=address, site=site, now=now)
    record_audit(
        origin=origin,
        action="user.address_asked",
        subject=f"user:{user_id}",
        before={"email": user.email},
        after={"email": address, "reason": reason},
    )
    tell_security_change(user_id, "Operators were asked to change the mail address of your account.", now)


def names_of(permissions: Collection[int]) -> list[str]:
    """As "custody.approve_withdrawal", in order."""
    rows = Permission.objects.filter(pk__in=permissions).values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{name}" for app, name in rows)


def _facts(rights: Rights) -> Facts:
    names = Group.objects.filter(pk__in=rights.groups).values_list("name", flat=True)
    return {
        "is_active": rights.is_active,
        "is_staff": rights.is_staff,
        "is_superuser": rights.is_superuser,
        "groups": sorted(names),
    }
