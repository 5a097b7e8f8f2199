"""Pages of accounts and wallets are there when the database is not, and say so; nothing is half done."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.dashboard.account.people import NAMES, PASSWORD

NOBODY_LISTENS = "9"
SHELLS = ["/account", "/account/security", "/account/keys", "/account/notices"]
WALLETS = ["/wallet", "/wallet/deposit", "/wallet/withdraw", "/wallet/transfer", "/wallet/statements"]


@pytest.fixture
def stranded(django_db_blocker: DjangoDbBlocker) -> Iterator[Client]:
    """A browser with a session, at a house whose database does not answer."""
    settings, browser = connection.settings_dict, Client()
    browser.cookies["sessionid"] = "a" * 32
    before = settings["PORT"], settings["HOST"]
    with django_db_blocker.unblock():
        connection.close()
        settings["HOST"], settings["PORT"] = "127.0.0.1", NOBODY_LISTENS
        try:
            yield browser
        finally:
            connection.close()
            settings["PORT"], settings["HOST"] = before


@pytest.mark.parametrize("path", ["/signup", "/login", "/password/forgot", *SHELLS, *WALLETS])
def test_its_shell_is_there(stranded: Client, path: str) -> None:
    response = stranded.get(path)
    assert response.status_code == 200
    assert b"Account unavailable" in response.content
    assert response.headers["Cache-Control"] == "no-store"


def test_forms_say_that_nothing_was_reached(stranded: Client) -> None:
    for path, form in (
        ("/login", {"username": "alice", "password": PASSWORD}),
        ("/signup", NAMES),
        ("/password/forgot", {"email": "alice@example.com"}),
        ("/account/email", {"email": "a@b.cd", "password": PASSWORD}),
        ("/account/security/password", {"password": PASSWORD, "new_password": "x" * 12}),
        ("/account/security/logins/end-others", {}),
        ("/logout", {}),
    ):
        response = stranded.post(path, form)
        assert response.status_code == 503, path
        assert b"DATABASE_UNAVAILABLE" in response.content, path
