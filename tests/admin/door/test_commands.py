"""On the server: who becomes an operator, who has lost a second factor; each in the trail, and told."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry, Notice, SecurityChange
from access.operators import OPERATORS_CHANGED
from access.roles import Permission, may
from access.second_factor import second_factor_state
from tests.admin.door.test_logging_in import cheap
from tests.support.operators import operator

__all__ = ["cheap"]
pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_first_operator_sets_a_password_by_a_link_that_works_once(client: Client, cheap: None) -> None:
    said = run("operator", "olga", "--email", "Olga@example.org")
    user = User.objects.get(username="olga")
    assert (user.is_staff, user.is_superuser, user.email) == (True, False, "olga@example.org")
    assert user.groups.get().name == "operators"
    assert may(user.pk, Permission.ADMIN_ACCESS)
    assert not user.has_usable_password()
    found = re.search(r"https?://[^/]+(/password/reset/\S+)", said)
    assert found is not None
    sent = {"password": "correct horse battery", "again": "correct horse battery"}
    client.post(found[1], sent)
    user.refresh_from_db()
    assert user.check_password("correct horse battery")
    other = {"password": "another horse battery", "again": "another horse battery"}
    Client().post(found[1], other)
    user.refresh_from_db()
    assert user.check_password("correct horse battery")


def test_who_is_asked_for_a_password_has_it_and_it_is_never_said(
    cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["short", "correct horse battery", "another", *["correct horse battery"] * 2])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("config.management.commands.operator.getpass", lambda prompt: next(answers))
    said = run("operator", "olga")
    assert User.objects.get(username="olga").check_password("correct horse battery")
    assert "horse" not in said
    assert "horse" not in str(list(AuditEntry.objects.values()))


def test_a_customer_is_promoted_and_keeps_the_password(cheap: None) -> None:
    User.objects.create_user("alice", email="alice@example.org", password="correct horse battery")
    with pytest.raises(CommandError, match=r"alice is a customer since .* alice@example.org.*--customer"):
        run("operator", "Alice", "--superuser")
    assert not User.objects.filter(is_staff=True).exists()  # whoever took the name is nobody's colleague
    said = run("operator", "Alice", "--superuser", "--customer")
    alice = User.objects.get(username="alice")
    assert (alice.is_staff, alice.is_superuser) == (True, True)
    assert alice.check_password("correct horse battery")
    assert "/password/reset/" not in said
    entry = AuditEntry.objects.get(action="operator.made")
    assert (entry.subject, entry.user_id) == (f"user:{alice.pk}", None)


def test_all_operators_are_told(client: Client) -> None:
    olga = operator(client)
    run("operator", "oskar", "--link")
    told = Notice.objects.filter(kind=OPERATORS_CHANGED).values_list("user_id", flat=True)
    assert list(told) == [olga.pk]


@pytest.mark.parametrize("name", ["admin", "a", "no name", "x" * 40, ""])
def test_a_name_that_is_none_makes_nobody(name: str) -> None:
    with pytest.raises(CommandError):
        run("operator", name)
    assert not User.objects.exists()


def test_a_password_is_no_argument() -> None:
    with pytest.raises((CommandError, TypeError)):
        run("operator", "olga", "--password", "correct horse battery")


def test_a_lost_second_factor_is_forgotten_with_a_reason(client: Client) -> None:
    olga, oskar = operator(client), operator(Client(), name="oskar")
    assert client.get("/admin/").status_code == 200
    run("forget_second_factor", "olga", "--reason", "her phone fell into the lake")
    assert second_factor_state(user_id=olga.pk, now=timezone.now()).since is None
    assert client.get("/admin/").status_code == 302
    entry = AuditEntry.objects.get(action="second_factor.removed_by_operator")
    assert entry.after == {"reason": "her phone fell into the lake"}
    assert SecurityChange.objects.filter(user_id=olga.pk).exists()
    told = Notice.objects.filter(kind=OPERATORS_CHANGED).values_list("user_id", flat=True)
    assert list(told) == [oskar.pk]
    with pytest.raises(CommandError, match="no second factor"):
        run("forget_second_factor", "olga", "--reason", "again")


@pytest.mark.parametrize("words", [("nobody", "--reason", "x"), ("olga", "--reason", " "), ("olga",)])
def test_without_a_reason_or_a_person_nothing_is_forgotten(client: Client, words: tuple[str, ...]) -> None:
    operator(client)
    with pytest.raises(CommandError):
        run("forget_second_factor", *words)
    assert client.get("/admin/").status_code == 200


def test_the_link_leads_where_the_settings_say(settings: Settings) -> None:
    settings.SITE_URL = "https://ballast.example"
    assert "https://ballast.example/password/reset/" in run("operator", "olga", "--link")
