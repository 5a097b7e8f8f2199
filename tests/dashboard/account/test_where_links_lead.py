"""Links in mails lead to the house: to what the settings say, never to a host that a stranger named."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from config.notice_settings import check_links
from tests.dashboard.account.people import mails

ASK = {"email": "alice@example.com"}


def test_the_settings_win_over_the_request(browser: Client, alice: User, settings: Any) -> None:
    settings.SITE_URL = "https://ballast.example.com"
    settings.ALLOWED_HOSTS = ["*"]
    browser.post("/password/forgot", ASK, HTTP_HOST="evil.example")
    assert "https://ballast.example.com/password/reset/" in str(mails()[0].body)
    assert "evil" not in str(mails()[0].body)


def test_a_host_that_is_not_served_gets_no_mail_sent(browser: Client, alice: User) -> None:
    assert browser.post("/password/forgot", ASK, HTTP_HOST="evil.example").status_code == 400
    assert mails() == []


@pytest.mark.parametrize(
    ("hosts", "site", "found"),
    [
        (["*"], "", ["ballast.E021"]),
        ([".example.com"], "", ["ballast.E021"]),
        (["ballast.example.com"], "", []),
        (["*"], "https://ballast.example.com", []),
    ],
)
def test_an_open_door_without_an_address_is_refused(
    settings: Any, hosts: list[str], site: str, found: list[str]
) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_URL = hosts, site
    settings.DEBUG = settings.DEMO = False
    assert [one.id for one in check_links(None)] == found
