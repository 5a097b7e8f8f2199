"""Home says what waits, the most urgent first, and stands whatever becomes of a part of it."""

import time

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import Settings

from access.operator_session import SEEN
from tests.admin.cockpit import sources
from tests.admin.cockpit.conftest import FOLDER, text
from tests.support.operators import begin

HOME = "/admin/"
BOARD, WAITING = f"{HOME}work/", f"{HOME}waiting/"


def test_the_most_urgent_stands_first(client: Client, olaf: User) -> None:
    page = text(client, HOME)
    assert page.index("Dangers") < page.index("Payments to approve")
    assert page.index("Older one") < page.index("2.50000000 BTC to bc1qtest")
    assert "Otherwise quiet: no frozen accounts." in page
    assert "42 things wait" in page
    assert "39 more" in page


def test_each_thing_has_its_reasons_its_age_and_what_can_be_done(client: Client, olaf: User) -> None:
    page = text(client, HOME)
    assert "first withdrawal" in page
    assert "&lt;b&gt;new&lt;/b&gt; address" in page
    assert 'href="/approve/"' in page
    assert 'href="/reject/"' in page
    assert 'href="/admin/custody/withdrawal/1/"' in page
    assert " days</time>" in page


def test_what_somebody_may_not_see_is_not_asked_for(client: Client, olaf: User) -> None:
    assert "Secrets" not in text(client, HOME)
    assert [olaf.pk] == sources.SEEN_BY


def test_figures_stand_at_the_head_with_their_links(client: Client, olaf: User) -> None:
    page = text(client, HOME)
    assert '<a href="/status"' in page
    assert "figure bad" in page
    assert page.index("all is well") < page.index("Dangers")


def test_a_source_that_breaks_is_missing_alone_and_said(
    client: Client, olaf: User, settings: Settings
) -> None:
    settings.OPERATOR_WORK = [f"{FOLDER}.BROKEN", f"{FOLDER}.ONE"]
    page = text(client, HOME)
    assert "Could not be asked: broken." in page
    assert "Payments to approve" in page


@pytest.mark.long
def test_a_source_that_never_ends_is_given_up(client: Client, olaf: User, settings: Settings) -> None:
    settings.OPERATOR_WORK = [f"{FOLDER}.ENDLESS", f"{FOLDER}.ONE"]
    began = time.monotonic()
    page = text(client, HOME)
    assert time.monotonic() - began < 5
    assert "Could not be asked: endless." in page
    assert "Payments to approve" in page
    with connection.cursor() as cursor:  # the time of the page ends with it
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() != ("1s",)


def test_the_board_is_had_alone_and_the_head_says_how_much_waits(client: Client, olaf: User) -> None:
    board = text(client, BOARD)
    assert "<html" not in board
    assert "Payments to approve" in board
    assert ">42 <span>wait</span>" in text(client, WAITING)


@pytest.mark.parametrize("url", [BOARD, WAITING])
def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(client: Client, olaf: User, url: str) -> None:
    begin(client, seconds_ago=1000, seen_ago=800)
    seen = client.session[SEEN]
    text(client, url)
    assert client.session[SEEN] == seen


@pytest.mark.parametrize("url", [BOARD, WAITING])
def test_whose_time_is_over_is_led_to_the_door(client: Client, olaf: User, url: str) -> None:
    begin(client, seconds_ago=1000, seen_ago=901)
    answer = client.get(url)
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (204, "true", b"")
    assert client.get(HOME).status_code == 302


@pytest.mark.parametrize("url", [BOARD, WAITING])
def test_a_customer_is_told_nothing(client: Client, db: None, url: str) -> None:
    client.force_login(User.objects.create(username="alice"))
    answer = client.get(url)
    assert answer.status_code in (204, 404)
    assert b"Payments" not in answer.content
