"""The real sources on the real pages, for operators who are no superusers: nothing fails, nothing is run."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.operators import seed_operators
from custody.services.freezes import freeze_account
from tests.custody.withdrawals.scene import BTC, Customer
from tests.custody.withdrawals.scene import operator as origin_of
from tests.exchange.support import make_market
from tests.support.operators import begin, operator

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def olga(client: Client, custody: None) -> User:
    """In the group of operators, and nothing else."""
    user = User.objects.create(username="olga", is_staff=True)
    user.groups.add(seed_operators())
    client.force_login(user)
    begin(client)
    return user


def test_the_home_page_shows_work_and_figures_and_no_source_fails(
    olga: User, alice: Customer, client: Client
) -> None:
    make_market()
    alice.ask(BTC + 1)
    freeze_account(owner_id=alice.id, origin=origin_of("oscar"), reason=EVIL)
    answer = client.get(reverse("admin:index"))
    page = answer.content.decode()
    assert not set(answer.context["board"].failed) - {"checks", "house"}  # these ask Redis, side by side
    for text in (
        "Withdrawals to approve",
        "Needs 2 operators, 0 agreed",
        "Frozen accounts",
        "Debt of vaults",
    ):
        assert text in page, text
    assert "BTC-USDB" in page
    assert EVIL not in page
    assert "&lt;img src=x" in page


def test_a_customers_page_shows_every_panel_and_escapes_what_he_wrote(
    olga: User, alice: Customer, client: Client
) -> None:
    alice.home.label = EVIL
    alice.home.save(update_fields=["label"])
    alice.ask(BTC + 1)
    answer = client.get(f"/admin/customers/{alice.id}/")
    page = answer.content.decode()
    assert [one.name for one in answer.context["panels"] if one.panel is None] == []
    for title in (
        "Account",
        "Balances and holds",
        "Bitcoin",
        "Withdrawals",
        "Allowed addresses",
        "Audit trail",
    ):
        assert title in page, title
    assert "Set the role" not in page  # not an operator's
    assert EVIL not in page
    assert "&lt;img src=x" in page


def test_a_superuser_may_set_roles_from_there(alice: Customer, client: Client) -> None:
    operator(client)
    assert "Set the role" in client.get(f"/admin/customers/{alice.id}/").content.decode()


def test_what_can_only_be_meant_is_gone_to_at_once(olga: User, alice: Customer, client: Client) -> None:
    row = alice.ask(BTC // 10)
    search = reverse("admin:search")
    for term, where in (
        (alice.user.get_username(), f"/admin/customers/{alice.id}/"),
        (str(row.pk), reverse("admin:custody_withdrawal_change", args=[row.pk])),
    ):
        answer = client.get(search, {"q": term})
        assert (answer.status_code, answer["Location"]) == (302, where), term
    assert client.get(search, {"q": EVIL}).status_code == 200
