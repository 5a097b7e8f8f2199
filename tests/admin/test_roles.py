"""An operator with the permission sets somebody's role, with a reason; who is suspended is no operator."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AccountRole, AuditEntry
from access.roles import Role, role_of
from tests.support.operators import agree, operator

TOKEN = "0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d12"
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice")


def set_role(client: Client, account: str, role: str, reason: str = "she was asked to") -> int:
    url = reverse("admin:access_accountrole_deed", args=["set-role"])
    sent = {"token": TOKEN, "reason": reason, "account": account, "role": role}
    return client.post(url, sent).status_code


def test_it_is_set_by_name_or_number_with_a_reason(client: Client, alice: User) -> None:
    olga = operator(client, "access.view_accountrole", "access.set_account_role")
    assert set_role(client, "alice", "KEEPER", reason="") == 200
    assert role_of(alice.pk) is Role.CUSTOMER
    assert set_role(client, "alice", "KEEPER") == 302
    assert role_of(alice.pk) is Role.KEEPER
    assert set_role(client, str(alice.pk), "SUSPENDED") == 302
    assert role_of(alice.pk) is Role.SUSPENDED
    entry = AuditEntry.objects.get(action="user.role_set", before={"role": "CUSTOMER"})
    assert (entry.user_id, entry.after) == (olga.pk, {"role": "KEEPER", "reason": "she was asked to"})


def test_nobody_else_sets_it(client: Client, alice: User) -> None:
    operator(client, "access.view_accountrole")
    assert set_role(client, "alice", "KEEPER") == 403
    assert role_of(alice.pk) is Role.CUSTOMER


@pytest.mark.parametrize(
    ("account", "role"), [("nobody", "KEEPER"), ("alice", "OPERATOR"), ("olga", "KEEPER")]
)
def test_what_cannot_be_is_refused_on_the_page(client: Client, alice: User, account: str, role: str) -> None:
    operator(client)
    assert set_role(client, account, role) == 200
    assert not AccountRole.objects.exists()


def test_a_suspended_operator_is_shut_out_at_once(client: Client) -> None:
    olga = operator(client)
    assert client.get(reverse("admin:index")).status_code == 200
    AccountRole.objects.create(user=olga, role=Role.SUSPENDED, changed_at=timezone.now())
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_suspended_operator_is_let_in_again_by_two(client: Client, alice: User) -> None:
    operator(client)
    alice.is_staff = True
    alice.save()
    assert set_role(client, "alice", "SUSPENDED") == 302
    assert set_role(client, "alice", "CUSTOMER") == 302
    assert role_of(alice.pk) is Role.SUSPENDED
    oskar = agree()
    assert role_of(alice.pk) is Role.CUSTOMER
    assert AuditEntry.objects.filter(action="user.role_set").latest("pk").user_id == oskar.pk
