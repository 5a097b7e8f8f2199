"""What pages say where something is missing, and what the browser's policy would complain of."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from access.models import ApiKey
from access.services import Origin, record_audit
from tests.admin.cockpit.conftest import text
from tests.support.operators import operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client: Client) -> User:
    return operator(
        client, "access.view_apikey", "access.view_auditentry", "exchange.view_market", name="olga"
    )


def test_the_trail_names_who_did_it(client: Client, olga: User) -> None:
    record_audit(origin=Origin(user_id=olga.pk), action="one.done", subject="thing:1", after={})
    assert f"olga ({olga.pk})" in text(client, "/admin/access/auditentry/")


def test_json_brings_no_styles_along(client: Client, olga: User) -> None:
    key = ApiKey.objects.create(
        user=olga, label='a style="x" key', scopes=["read", "a style="], kind="HMAC", encrypted_secret=b"x"
    )
    page = text(client, f"/admin/access/apikey/{key.pk}/change/")
    assert '"read"' in page
    assert 'style="color' not in page
    assert '"a style="' in page  # a text stays what it is


def test_an_empty_list_says_so_and_offers_only_what_is_possible(client: Client, olga: User) -> None:
    page = text(client, "/admin/access/apikey/")
    assert "No api keys here" in page
    assert "Without filters" not in page
    found = text(client, "/admin/access/apikey/?q=nothing-of-this-name")
    assert "Nothing is found by these words" in found
    assert "Without filters" in found


def test_a_market_list_without_rows_offers_no_new_one(client: Client, olga: User) -> None:
    assert "Add market" not in text(client, "/admin/exchange/market/")
