"""Who is in the admin, and for how long: fifteen minutes without a request, eight hours in all."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditEntry, TotpDevice
from access.operator_session import SEEN, SINCE
from access.page_policy import HEADER
from tests.support.operators import begin, operator

pytestmark = pytest.mark.django_db
HOME = "/admin/"


@pytest.fixture
def olga(client: Client) -> User:
    return operator(client)


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def test_an_operator_is_in_and_each_request_counts(client: Client, olga: User) -> None:
    begin(client, seconds_ago=3600, seen_ago=800)
    assert is_in(client)
    assert client.session[SEEN] - client.session[SINCE] >= 3_590


@pytest.mark.parametrize(("seconds_ago", "seen_ago"), [(1000, 901), (8 * 3600 + 1, 0)])
def test_a_login_ends_idle_or_old(client: Client, olga: User, seconds_ago: int, seen_ago: int) -> None:
    begin(client, seconds_ago=seconds_ago, seen_ago=seen_ago)
    answer = client.get(HOME, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/admin/login/")
    assert "_auth_user_id" not in client.session


def test_a_login_elsewhere_is_none_here(client: Client) -> None:
    client.force_login(User.objects.create(username="olga", is_staff=True, is_superuser=True))
    assert not is_in(client)


@pytest.mark.parametrize("change", ["group", "permission", "superuser", "factor", "staff", "active"])
def test_a_login_ends_with_what_he_was_when_it_began(client: Client, olga: User, change: str) -> None:
    assert is_in(client)
    match change:
        case "group":
            olga.groups.add(Group.objects.create(name="more"))
        case "permission":
            olga.user_permissions.add(Permission.objects.get(codename="view_user"))
        case "factor":
            TotpDevice.objects.filter(pk=olga.pk).update(confirmed_at=timezone.now())
        case "superuser":
            User.objects.filter(pk=olga.pk).update(is_superuser=False)
        case "staff":
            User.objects.filter(pk=olga.pk).update(is_staff=False)
        case _:
            User.objects.filter(pk=olga.pk).update(is_active=False)
    assert not is_in(client)


def test_a_login_ends_with_the_password_and_with_the_factor(client: Client, olga: User) -> None:
    TotpDevice.objects.filter(pk=olga.pk).update(confirmed_at=None, encrypted_secret=b"")
    assert not is_in(client)
    begin(client)
    assert not is_in(client)  # a login without a factor is none, however it came to be
    other = Client()
    oskar = operator(other, name="oskar")
    assert is_in(other)
    oskar.set_unusable_password()
    oskar.save()
    assert not is_in(other)


def test_what_a_page_asks_of_itself_keeps_nobody_logged_in(client: Client, olga: User) -> None:
    begin(client, seconds_ago=800, seen_ago=800)
    before = client.session[SEEN]
    assert client.get(reverse("admin:waiting")).status_code == 200
    assert client.session[SEEN] == before


def test_customers_are_not_let_in(client: Client) -> None:
    client.force_login(User.objects.create(username="alice"))
    begin(client)
    assert not is_in(client)


def test_pages_may_not_run_or_load_what_is_not_ours(client: Client, olga: User) -> None:
    answer = client.get(HOME)
    assert "script-src 'self'" in answer[HEADER]
    assert "unsafe" not in answer[HEADER]
    assert "frame-ancestors 'none'" in answer[HEADER]
    assert answer["Cache-Control"] == "no-store" or "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"


def test_a_new_person_is_made_with_a_reason(client: Client, olga: User) -> None:
    secret = "correct horse battery"
    form = {"username": "carol", "password1": secret, "password2": secret, "usable_password": "true"}
    page = reverse("admin:auth_user_add")
    assert client.post(page, form).status_code == 200
    assert client.post(page, {**form, "reason": "a new operator"}).status_code == 302
    assert AuditEntry.objects.get().after == {"username": "carol", "reason": "a new operator"}
