"""What each role may do, and that a role counts from the next deed on."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from access.errors import NotFound, NotPermitted, OwnRole
from access.models import AccountRole, AuditEntry
from access.roles import GRANTS, Permission, Role, may, permissions_of, require, role_of, set_role
from access.services import Origin

pytestmark = pytest.mark.django_db
OWNER = {Permission.CREATE_VAULT, Permission.MODIFY_VAULT}


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice")


@pytest.fixture
def olga() -> User:
    return User.objects.create(username="olga", is_staff=True)


def give(user: User, role: Role, operator: User) -> Role:
    return set_role(user_id=user.pk, role=role, origin=Origin(user_id=operator.pk), reason="a reason")


def test_who_has_no_row_is_a_customer(alice: User) -> None:
    assert role_of(alice.pk) is Role.CUSTOMER
    assert permissions_of(alice.pk) == OWNER


@pytest.mark.parametrize("role", Role)
def test_each_role_allows_what_the_table_says(alice: User, olga: User, role: Role) -> None:
    assert give(alice, role, olga) is Role.CUSTOMER
    assert role_of(alice.pk) is role
    for permission in Permission:
        assert may(alice.pk, permission) == (permission in GRANTS[role])


def test_only_a_keeper_liquidates_and_no_role_makes_an_operator() -> None:
    assert [role for role in Role if Permission.LIQUIDATE in GRANTS[role]] == [Role.KEEPER]
    assert not any(Permission.ADMIN_ACCESS in grants for grants in GRANTS.values())
    assert GRANTS[Role.SUSPENDED] == frozenset()


def test_staff_are_operators_beside_their_role(olga: User) -> None:
    assert permissions_of(olga.pk) == OWNER | {Permission.ADMIN_ACCESS}


def test_a_suspended_operator_is_none(olga: User) -> None:
    AccountRole.objects.create(user=olga, role=Role.SUSPENDED, changed_at=timezone.now())
    assert permissions_of(olga.pk) == frozenset()


def test_a_disabled_account_and_nobody_may_do_nothing(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert permissions_of(alice.pk) == frozenset()
    assert permissions_of(0) == frozenset()


def test_a_refusal_names_the_permission(alice: User, olga: User) -> None:
    require(alice.pk, Permission.CREATE_VAULT)
    give(alice, Role.SUSPENDED, olga)
    with pytest.raises(NotPermitted) as refused:
        require(alice.pk, Permission.CREATE_VAULT)
    assert refused.value.details == {"permission": "CREATE_VAULT"}
    assert (refused.value.code, refused.value.status) == ("NOT_PERMITTED", 403)


def test_setting_a_role_is_audited_with_what_was_before(alice: User, olga: User) -> None:
    give(alice, Role.KEEPER, olga)
    assert give(alice, Role.SUSPENDED, olga) is Role.KEEPER
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.action, entry.subject, entry.user_id) == ("user.role_set", f"user:{alice.pk}", olga.pk)
    assert (entry.before, entry.after) == ({"role": "KEEPER"}, {"role": "SUSPENDED", "reason": "a reason"})


def test_nobody_sets_his_own_role(olga: User) -> None:
    with pytest.raises(OwnRole):
        give(olga, Role.KEEPER, olga)
    assert not AccountRole.objects.exists()


def test_there_is_no_role_of_nobody(olga: User) -> None:
    with pytest.raises(NotFound):
        set_role(user_id=0, role=Role.KEEPER, origin=Origin(user_id=olga.pk), reason="a reason")
