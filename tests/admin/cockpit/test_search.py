"""One box finds anything, goes to what can only be meant, and takes whatever is written into it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from access.search_everything import MAX_TERM
from tests.admin.cockpit.conftest import FOLDER, text

SEARCH = "/admin/search/"
HOSTILE = [
    "",
    "   ",
    "x" * (MAX_TERM + 1),
    "\x00",
    "a\x00b",
    "'; DROP TABLE auth_user; --",
    "<script>alert(1)</script>",
    "%",
    "\u202e1",
    "{{ 7|add:7 }}",
    "9" * 190,
    "-1",
    "𝟏𝟐",
]


def test_the_one_thing_that_is_meant_is_gone_to(client: Client, olga: User) -> None:
    answer = client.get(SEARCH, {"q": " 17 "})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/exchange/order/17/")


def test_more_are_shown_by_their_kind_and_each_source_is_bounded(client: Client, olga: User) -> None:
    page = text(client, f"{SEARCH}?q=many")
    assert page.index("Orders</h2>") < page.index("Customers</h2>")
    assert "Order 26" in page
    assert "Order 27" not in page


def test_what_somebody_may_not_see_is_not_found(client: Client, olaf: User) -> None:
    page = text(client, f"{SEARCH}?q=many")
    assert "Orders</h2>" in page
    assert "Customers</h2>" not in page


@pytest.mark.parametrize("term", HOSTILE)
def test_words_that_mean_nothing_find_nothing(client: Client, olga: User, term: str) -> None:
    answer = client.get(SEARCH, {"q": term})
    assert answer.status_code == 200
    assert b"What can be found" in answer.content
    assert b"<script>alert" not in answer.content


def test_a_source_that_breaks_is_said_and_nothing_is_taken_for_the_only_thing(
    client: Client, olga: User, settings: Settings
) -> None:
    settings.OPERATOR_SEARCH = [f"{FOLDER}.SEARCH", f"{FOLDER}.BROKEN_SEARCH"]
    page = text(client, f"{SEARCH}?q=17")
    assert "Could not be asked: broken." in page
    assert 'href="/admin/exchange/order/17/"' in page


def test_every_page_has_the_box(client: Client, olga: User) -> None:
    for url in ("/admin/", "/admin/auth/user/", f"/admin/auth/user/{olga.pk}/change/"):
        assert 'id="search-everything"' in text(client, url)


def test_who_is_not_in_is_asked_to_log_in(client: Client, db: None) -> None:
    assert client.get(SEARCH, {"q": "17"})["Location"].startswith("/admin/login/")
