"""Logged-in people at the API: the session counts, the CSRF check guards it, a signed request ignores it."""

from typing import Any

import httpx
import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

from tests.access.people import ORDER, Person, code, new_user
from tests.support.operators_door import first_login

ORDERS = "/api/v1/test/orders"
TOKEN = "t" * 32


@pytest.fixture
def carol(db: None) -> User:
    return new_user("carol")


def logged_in(user: User) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session


def cookies(session: SessionStore) -> dict[str, str]:
    return {"Cookie": f"sessionid={session.session_key}; csrftoken={TOKEN}"}


def with_token(session: SessionStore) -> dict[str, str]:
    return {**cookies(session), "X-CSRFToken": TOKEN}


def test_a_session_reads_as_its_user(client: httpx.Client, carol: User) -> None:
    response = client.get(ORDERS, headers=cookies(logged_in(carol)))
    assert response.json()["user_id"] == carol.pk
    assert response.json()["key_id"] == 0


@pytest.mark.parametrize("path", [ORDERS, "/api/v1/test/view-orders", "/api/v1/test/withdraw"])
def test_a_session_with_the_csrf_token_may_do_everything(
    client: httpx.Client, carol: User, path: str
) -> None:
    response = client.post(path, json=ORDER, headers=with_token(logged_in(carol)))
    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    "changes",
    [
        {"X-CSRFToken": ""},
        {"X-CSRFToken": "x" * 32},
        {"Origin": "https://evil.com"},
        {"Origin": "null"},
        {"Cookie": "sessionid={}"},
    ],
)
def test_a_foreign_form_is_refused(client: httpx.Client, carol: User, changes: dict[str, str]) -> None:
    session = logged_in(carol)
    headers = with_token(session) | {
        name: value.format(session.session_key) for name, value in changes.items()
    }
    assert code(client.post(ORDERS, json=ORDER, headers=headers)) == (403, "CSRF")


def test_a_session_ends_with_the_logout(client: httpx.Client, carol: User) -> None:
    session = logged_in(carol)
    headers = cookies(session)
    assert client.get(ORDERS, headers=headers).status_code == 200
    session.flush()
    assert code(client.get(ORDERS, headers=headers)) == (401, "INVALID_KEY")


def test_a_session_ends_when_the_password_changes(client: httpx.Client, carol: User) -> None:
    headers = cookies(logged_in(carol))
    carol.password = "another"
    carol.save()
    assert code(client.get(ORDERS, headers=headers)) == (401, "INVALID_KEY")


def test_a_session_ends_when_the_user_is_disabled(client: httpx.Client, carol: User) -> None:
    headers = cookies(logged_in(carol))
    carol.is_active = False
    carol.save()
    assert code(client.get(ORDERS, headers=headers)) == (401, "INVALID_KEY")


@pytest.mark.parametrize(
    "cookie", ["sessionid=", "sessionid=unknown", "sessionid=' OR 1=1", "x=1", "sessionid"]
)
def test_an_unknown_session_is_nobody(client: httpx.Client, cookie: str) -> None:
    assert code(client.get(ORDERS, headers={"Cookie": cookie})) == (401, "INVALID_KEY")


def test_a_signed_request_ignores_cookies(client: httpx.Client, carol: User, alice: Person) -> None:
    session = logged_in(carol)
    good = alice.send(client, "POST", ORDERS, ORDER, headers=cookies(session))
    assert good.json()["user_id"] == alice.user.pk
    bad = alice.headers("GET", ORDERS) | {"X-SIGNATURE": "0" * 64} | with_token(session)
    assert code(client.get(ORDERS, headers=bad)) == (401, "INVALID_SIGNATURE")


def test_logging_in_by_the_page_opens_the_api(client: httpx.Client, carol: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    carol.set_password("a password")
    carol.is_staff = True
    carol.save()
    first_login(client, carol.username, "a password")
    assert client.get(ORDERS).json()["user_id"] == carol.pk
    made = client.post(
        "/api/v1/api-keys",
        json={"kind": "HMAC", "scopes": ["read"]},
        headers={"X-CSRFToken": client.cookies["csrftoken"]},
    )
    assert made.status_code == 201, made.text


def test_guessing_passwords_is_limited_by_address_and_not_by_account(client: httpx.Client) -> None:
    answers = [client.post("/admin/login/", data={"username": "x"}).status_code for _ in range(14)]
    assert answers.count(429) >= 3
    assert answers[0] == 403
