"""A customer's page is made of what every app knows, and each look at it is written down, once in a while."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from access import views_of_people
from access.models import ApiKey, AuditEntry, SecurityChange
from tests.admin.cockpit import sources
from tests.admin.cockpit.conftest import text
from tests.support.operators import begin, operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice", email="alice@example.org")


@pytest.fixture
def olivia(client: Client) -> User:
    return operator(client, "auth.view_user", sources.PERMISSION, name="olivia")


def url(person: User) -> str:
    return f"/admin/customers/{person.pk}/"


def views() -> list[tuple[int | None, str]]:
    seen = AuditEntry.objects.filter(action="customer.viewed").order_by("pk")
    return list(seen.values_list("user_id", "subject"))


def test_every_panel_stands_there_and_an_empty_one_does_not(
    client: Client, olivia: User, alice: User
) -> None:
    page = text(client, url(alice))
    assert "&lt;i&gt;alice&lt;/i&gt;" in page
    assert '<a href="/admin/exchange/order/17/">17</a>' in page
    assert 'href="/freeze/"' in page
    assert 'href="/all/"' in page
    assert "Nothing here" not in page


def test_a_panel_that_breaks_says_so_in_its_place(client: Client, olivia: User, alice: User) -> None:
    page = text(client, url(alice))
    assert page.index("Orders</h2>") < page.index("Broken</h2>") < page.index("Could not be asked just now.")


def test_panels_that_somebody_may_not_see_are_not_there(client: Client, olivia: User, alice: User) -> None:
    assert "Secret</h2>" not in text(client, url(alice))


def test_a_view_is_written_down_once(client: Client, olivia: User, alice: User) -> None:
    for _ in range(3):
        text(client, url(alice))
    assert views() == [(olivia.pk, f"user:{alice.pk}")]
    (entry,) = AuditEntry.objects.filter(action="customer.viewed")
    assert entry.ip == "127.0.0.1"


def test_another_customer_and_another_operator_are_views_of_their_own(
    client: Client, olivia: User, alice: User
) -> None:
    text(client, url(alice))
    text(client, url(olivia))
    other = Client()
    oskar = operator(other, "auth.view_user", name="oskar")
    text(other, url(alice))
    assert views() == [
        (olivia.pk, f"user:{alice.pk}"),
        (olivia.pk, f"user:{olivia.pk}"),
        (oskar.pk, f"user:{alice.pk}"),
    ]


def test_after_a_while_it_is_another_view(
    client: Client, olivia: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    text(client, url(alice))
    monkeypatch.setattr(views_of_people, "ONCE_IN", timedelta(0))
    assert timezone.now() > AuditEntry.objects.latest("pk").at
    text(client, url(alice))
    assert len(views()) == 2


def test_who_may_not_see_people_is_refused_and_nothing_is_written(
    client: Client, olaf: User, alice: User
) -> None:
    assert client.get(url(alice)).status_code == 403
    assert views() == []


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 30])
def test_nobody_has_no_page(client: Client, olivia: User, number: str) -> None:
    assert client.get(f"/admin/customers/{number}/").status_code == 404
    assert views() == []


def test_the_lists_lead_to_it(client: Client, olga: User, alice: User) -> None:
    SecurityChange.objects.create(user_id=alice.pk, at=timezone.now(), kind="PASSWORD")
    link = f'href="{url(alice)}"'
    assert link in text(client, f"/admin/auth/user/{alice.pk}/change/")
    assert link in text(client, "/admin/access/securitychange/")
    ApiKey.objects.create(user=alice, public_id="bk_1", label="x", kind="HMAC", encrypted_secret=b"x")
    assert link in text(client, "/admin/access/apikey/")


def test_who_may_not_see_people_gets_no_links_to_them(client: Client, olaf: User, alice: User) -> None:
    ApiKey.objects.create(user=alice, public_id="bk_1", label="x", kind="HMAC", encrypted_secret=b"x")
    olaf.user_permissions.add(Permission.objects.get(codename="view_apikey"))
    begin(client)
    page = text(client, "/admin/access/apikey/")
    assert "alice" in page
    assert url(alice) not in page
