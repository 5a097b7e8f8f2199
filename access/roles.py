"""What an account may do in the house, whatever the scopes of its keys. It never knows what a deed means.

An account without a row is a CUSTOMER. Repaying and paying in take no permission: debt may always fall.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.errors import NotFound, NotPermitted, OwnRole
from access.models import AccountRole, Role
from access.services import Origin, record_audit
from access.together import Question, Row, ask

__all__ = [
    "GRANTS",
    "Permission",
    "Role",
    "may",
    "permissions_of",
    "permissions_question",
    "require",
    "require_among",
    "role_of",
    "set_role",
    "suspended",
]


class Permission(StrEnum):
    CREATE_VAULT = "CREATE_VAULT"
    MODIFY_VAULT = "MODIFY_VAULT"
    LIQUIDATE = "LIQUIDATE"
    ADMIN_ACCESS = "ADMIN_ACCESS"


_OWNER = frozenset({Permission.CREATE_VAULT, Permission.MODIFY_VAULT})
GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.CUSTOMER: _OWNER,
    Role.KEEPER: _OWNER | {Permission.LIQUIDATE},
    Role.SUSPENDED: frozenset(),
}
_OF_STAFF = frozenset({Permission.ADMIN_ACCESS})
# Plain SQL: each deed of a vault asks it.
_PERMISSIONS = """
SELECT is_staff, role FROM auth_user LEFT JOIN access_accountrole ON user_id = auth_user.id
WHERE auth_user.id = %s AND is_active"""


def permissions_of(user_id: int) -> frozenset[Permission]:
    """Of a disabled account, and of none at all: nothing. Of staff: ADMIN_ACCESS beside their role's."""
    return ask(permissions_question(user_id))


def permissions_question(user_id: int) -> Question[frozenset[Permission]]:
    return Question(_PERMISSIONS, [user_id], _permissions)


def _permissions(rows: list[Row]) -> frozenset[Permission]:
    if not rows:
        return frozenset()
    is_staff, stored = rows[0]
    role = Role(stored or Role.CUSTOMER)
    if role is Role.SUSPENDED:
        return GRANTS[role]
    return GRANTS[role] | _OF_STAFF if is_staff else GRANTS[role]


def may(user_id: int, permission: Permission) -> bool:
    return permission in permissions_of(user_id)


def require(user_id: int, permission: Permission) -> None:
    """Raises NotPermitted. As of now: a role that is taken away counts from the next deed on."""
    require_among(permissions_of(user_id), permission)


def require_among(held: Collection[Permission], permission: Permission) -> None:
    """Raises NotPermitted, for who has asked what is held along with other questions."""
    if permission not in held:
        raise NotPermitted(permission=permission.value)


def role_of(user_id: int) -> Role:
    stored = AccountRole.objects.filter(user_id=user_id).values_list("role", flat=True).first()
    return Role(stored or Role.CUSTOMER)


def suspended() -> QuerySet[AccountRole, int]:
    """Numbers of users, for a condition."""
    return AccountRole.objects.filter(role=Role.SUSPENDED).values_list("user_id", flat=True)


@transaction.atomic
def set_role(*, user_id: int, role: Role, origin: Origin, reason: str) -> Role:
    """An operator's, of others only: so the last one cannot shut himself out. Gives the role before.

    Raises NotFound, OwnRole.
    """
    if origin.user_id == user_id:
        raise OwnRole(field="account")
    if not User.objects.select_for_update(no_key=True).filter(pk=user_id).exists():
        raise NotFound("There is no such user.", field="account")
    before = role_of(user_id)
    AccountRole.objects.update_or_create(
        user_id=user_id, defaults={"role": role, "changed_at": timezone.now()}
    )
    record_audit(
        origin=origin,
        action="user.role_set",
        subject=f"user:{user_id}",
        before={"role": before.value},
        after={"role": role.value, "reason": reason},
    )
    return before
