"""Each look of an operator at what is known of people stands in the trail: who, whom, when, from where."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditEntry, Login
from access.views_of_people import ONCE_IN, VIEWED, HoldsPersonalData
from tests.support.operators import operator

pytestmark = pytest.mark.django_db
# Whose rows say more of a person than a number or a name: addresses, places, keys, who owns which money.
PERSONAL = [
    *("auth.User", "access.Login", "access.EmailClaim", "access.AccountMail", "access.ApiKey"),
    *("access.TotpDevice", "access.RecoveryCode", "access.SecurityChange", "access.AccountRole"),
    *("access.AuditEntry", "access.IdempotencyRecord"),
    *("access.Notice", "access.NoticeChoice", "access.NoticeDelivery", "access.WebhookEndpoint"),
    *("custody.Withdrawal", "custody.AllowedAddress", "custody.Deposit", "custody.ReorgReceivable"),
    *("custody.AccountFreeze", "vaults.Vault"),
]


@pytest.fixture
def olga(client: Client) -> User:
    return operator(client)


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create(username="alice", email="alice@example.org")


def looks(**of: object) -> list[str]:
    return list(AuditEntry.objects.filter(**of).order_by("pk").values_list("subject", flat=True))


@pytest.mark.parametrize("label", PERSONAL)
def test_every_page_with_personal_data_says_who_looked(client: Client, olga: User, label: str) -> None:
    page = admin.site._registry[apps.get_model(label)]
    assert isinstance(page, HoldsPersonalData)
    name = label.lower().replace(".", "_")
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert f"list:{label.lower()}" in looks(action=VIEWED, user_id=olga.pk)


def test_a_look_at_a_person_is_entered_once_in_ten_minutes(client: Client, olga: User, alice: User) -> None:
    page = reverse("admin:auth_user_change", args=[alice.pk])
    for _ in range(3):
        assert client.get(page, REMOTE_ADDR="10.9.8.7").status_code == 200
    entry = AuditEntry.objects.get(action=VIEWED)
    assert (entry.user_id, entry.subject, entry.ip) == (olga.pk, f"user:{alice.pk}", "10.9.8.7")
    with connection.cursor() as cursor:  # as time would
        cursor.execute("ALTER TABLE access_auditentry DISABLE TRIGGER access_auditentry_append_only")
        cursor.execute(
            "UPDATE access_auditentry SET at = %s", [timezone.now() - ONCE_IN - timedelta(seconds=1)]
        )
    client.get(page)
    assert AuditEntry.objects.filter(action=VIEWED).count() == 2


def test_a_search_that_finds_people_is_a_look_at_them(client: Client, olga: User, alice: User) -> None:
    User.objects.create(username="alina", email="alice@example.org")
    assert client.get("/admin/search/", {"q": "nobody at all"}).status_code == 200
    assert not looks(subject="search")
    assert b"alina" in client.get("/admin/search/", {"q": "alice@example.org"}).content
    entry = AuditEntry.objects.get(action=VIEWED, subject="search")
    assert (entry.user_id, entry.after) == (olga.pk, {"search": "alice@example.org"})


def test_another_operator_and_another_person_are_other_looks(client: Client, olga: User, alice: User) -> None:
    page = reverse("admin:auth_user_change", args=[alice.pk])
    client.get(page)
    other = Client()
    oskar = operator(other, name="oskar")
    other.get(page)
    other.get(reverse("admin:auth_user_change", args=[oskar.pk]))
    assert AuditEntry.objects.filter(action=VIEWED).count() == 3


def test_a_row_of_somebody_is_a_look_at_him(client: Client, olga: User, alice: User) -> None:
    now = timezone.now()
    login = Login.objects.create(user=alice, session_key="k" * 32, created_at=now, seen_at=now)
    client.get(reverse("admin:access_login_change", args=[login.pk]))
    assert looks(action=VIEWED) == [f"user:{alice.pk}"]


def test_a_search_stands_there_with_its_words(client: Client, olga: User, alice: User) -> None:
    for term in ("alice", "bob", "alice", "x" * 1000):
        client.get(reverse("admin:auth_user_changelist"), {"q": term})
    found = AuditEntry.objects.filter(action=VIEWED).order_by("pk").values_list("after__search", flat=True)
    assert list(found) == ["alice", "bob", "x" * 100]


def test_the_page_of_a_deed_is_a_look_too(client: Client, olga: User, alice: User) -> None:
    page = f"{reverse('admin:auth_user_deed', args=['rights'])}?ids={alice.pk}"
    client.get(page)
    assert looks(action=VIEWED) == [f"user:{alice.pk}"]
    client.post(page, {"token": str(uuid4()), "reason": ""})
    assert looks(action=VIEWED) == [f"user:{alice.pk}"]


def test_the_customers_page_is_a_look(client: Client, olga: User, alice: User) -> None:
    assert client.get(reverse("admin:customer", args=[alice.pk])).status_code == 200
    assert f"user:{alice.pk}" in looks(user_id=olga.pk)


def test_who_is_refused_has_seen_nothing(client: Client, alice: User) -> None:
    operator(client, "access.view_login", name="lena")
    assert client.get(reverse("admin:auth_user_change", args=[alice.pk])).status_code == 403
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403
    assert looks(action=VIEWED) == []
