"""The door of the admin: a password, then a code that counts once; a password alone is never enough."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import AccountRole, AuditEntry, TotpDevice
from access.roles import Role
from access.second_factor import code_at, new_secret, seed_second_factor, step_at
from access.second_factor.spending import MAX_FAILURES

pytestmark = pytest.mark.django_db
HOME, LOGIN = "/admin/", "/admin/login/"
PASSWORD = "correct horse battery"


@pytest.fixture
def cheap(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # ours takes a second
    settings.DEMO = True


@pytest.fixture
def secret() -> str:
    return new_secret()


@pytest.fixture
def olga(cheap: None, secret: str) -> User:
    user = User.objects.create_user("olga", password=PASSWORD, is_staff=True)
    seed_second_factor(user_id=user.pk, secret=secret, changed_at=timezone.now())
    return user


def give_password(client: Client, password: str = PASSWORD, name: str = "olga") -> int:
    sent = {"step": "password", "username": name, "password": password, "next": HOME}
    return client.post(LOGIN, sent).status_code


def give_code(client: Client, code: str, wanted: str = HOME) -> int:
    return client.post(LOGIN, {"step": "code", "code": code, "next": wanted}).status_code


def code_now(secret: str, steps: int = 0) -> str:
    return code_at(secret, step_at(timezone.now()) + steps)


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def test_a_password_and_a_code_let_an_operator_in(client: Client, olga: User, secret: str) -> None:
    assert give_password(client) == 302
    assert "_auth_user_id" not in client.session
    assert not is_in(client)
    assert b"authenticator" in client.get(LOGIN).content
    assert give_code(client, code_now(secret)) == 302
    assert is_in(client)
    entry = AuditEntry.objects.get(action="operator.logged_in")
    assert (entry.user_id, entry.subject) == (olga.pk, f"user:{olga.pk}")


def test_a_code_without_the_password_is_nothing(client: Client, olga: User, secret: str) -> None:
    assert give_code(client, code_now(secret)) == 401
    assert not is_in(client)


def test_a_wrong_password_is_told_as_an_unknown_name_is(client: Client, olga: User) -> None:
    User.objects.create_user("alice", password=PASSWORD)
    pages = [
        client.post(LOGIN, {"step": "password", "username": name, "password": password})
        for name, password in (("olga", "wrong"), ("nobody", PASSWORD), ("alice", PASSWORD))
    ]
    assert [page.status_code for page in pages] == [401, 401, 401]
    assert len({page.context["problem"] for page in pages}) == 1


def test_a_code_counts_once(client: Client, olga: User, secret: str) -> None:
    code = code_now(secret)
    give_password(client)
    give_code(client, code)
    again = Client()
    give_password(again)
    assert give_code(again, code) == 403
    assert not is_in(again)


def test_guessing_codes_ends_and_the_owner_comes_in_later(client: Client, olga: User, secret: str) -> None:
    give_password(client)
    assert [give_code(client, "000000") for _ in range(MAX_FAILURES)] == [403] * MAX_FAILURES
    assert [give_code(client, "000000") for _ in range(20)] == [429] * 20
    assert give_code(client, code_now(secret)) == 429
    assert AuditEntry.objects.filter(action="operator.code_refused").count() == MAX_FAILURES
    TotpDevice.objects.filter(pk=olga.pk).update(locked_until=timezone.now() - timedelta(seconds=1))
    assert give_code(client, code_now(secret)) == 302
    assert is_in(client)


def test_the_first_step_ends_with_the_password(client: Client, olga: User, secret: str) -> None:
    give_password(client)
    olga.set_password("another one entirely")
    olga.save()
    assert give_code(client, code_now(secret)) == 401


def test_a_session_from_before_is_not_the_one_after(client: Client, olga: User, secret: str) -> None:
    client.force_login(olga)
    before = client.session.session_key or ""
    give_password(client)
    give_code(client, code_now(secret))
    assert client.session.session_key != before
    assert not client.session.exists(before)


def test_a_suspended_operator_does_not_get_in(client: Client, olga: User, secret: str) -> None:
    give_password(client)
    AccountRole.objects.create(user=olga, role=Role.SUSPENDED, changed_at=timezone.now())
    assert give_code(client, code_now(secret)) == 401
    assert give_password(Client()) == 401


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_on_stays_in_the_house(client: Client, olga: User, secret: str, wanted: str) -> None:
    give_password(client)
    answer = client.post(LOGIN, {"step": "code", "code": code_now(secret), "next": wanted})
    assert answer["Location"] == HOME


def test_what_carries_the_first_step_is_the_browsers_alone(client: Client, olga: User) -> None:
    give_password(client)
    cookie = client.cookies["operator_step"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", LOGIN)


def test_a_forged_first_step_is_none(client: Client, olga: User, secret: str) -> None:
    client.cookies["operator_step"] = "eyJub25lIjp0cnVlfQ:1abcde:forged"
    assert client.get(LOGIN).status_code == 200
    assert give_code(client, code_now(secret)) == 401


def test_one_begins_again_as_somebody_else(client: Client, olga: User) -> None:
    give_password(client)
    assert client.get(LOGIN, {"again": "1"}).status_code == 302
    assert b'name="password"' in client.get(LOGIN).content


def test_a_login_of_a_customer_page_is_none_here(client: Client, olga: User) -> None:
    client.force_login(olga)
    assert client.get(HOME).status_code == 302
