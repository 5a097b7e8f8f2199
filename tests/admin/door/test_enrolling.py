"""Who has no second factor sets one up at his first login, before he sees anything of the admin."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from access.models import AuditEntry, Notice, RecoveryCode
from access.operators import OPERATORS_CHANGED
from access.second_factor import code_at, second_factor_state, step_at
from tests.admin.door.test_logging_in import HOME, LOGIN, PASSWORD, cheap, give_password, is_in

__all__ = ["cheap"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def oskar(cheap: None) -> User:
    return User.objects.create_user("oskar", password=PASSWORD, is_staff=True)


@pytest.fixture
def nina(cheap: None) -> User:
    return User.objects.create_user("nina", password=PASSWORD, is_staff=True)


def shown_secret(client: Client) -> str:
    page = client.get(LOGIN).content.decode()
    found = re.search(r"data-secret>([A-Z2-7 ]+)<", page)
    assert found is not None
    assert "data:image/svg+xml" in page
    return found[1].replace(" ", "")


def give_first_code(client: Client, code: str) -> "tuple[int, str]":
    answer = client.post(LOGIN, {"step": "factor", "code": code, "next": HOME})
    return answer.status_code, answer.content.decode()


def test_he_is_in_after_the_first_code_and_keeps_recovery_codes(
    client: Client, nina: User, oskar: User
) -> None:
    assert give_password(client, name="nina") == 302
    assert not is_in(client)
    secret = shown_secret(client)
    assert give_first_code(client, "000000")[0] == 403
    assert shown_secret(client) == secret
    status, page = give_first_code(client, code_at(secret, step_at(timezone.now())))
    assert status == 200
    codes = re.findall(r"<code>([A-Z2-7-]{19})</code>", page)
    assert len(codes) == RecoveryCode.objects.filter(user=nina).count() == 10
    assert is_in(client)
    assert AuditEntry.objects.filter(action="second_factor.enrolled", user_id=nina.pk).count() == 1
    told = Notice.objects.filter(kind=OPERATORS_CHANGED).values_list("user_id", flat=True)
    assert list(told) == [oskar.pk]
    again = Client()
    give_password(again, name="nina")
    recovered = again.post(LOGIN, {"step": "code", "code": codes[0].lower(), "next": HOME})
    assert recovered.status_code == 302
    assert is_in(again)


def test_another_who_knows_the_password_is_not_shown_the_secret(client: Client, nina: User) -> None:
    give_password(client, name="nina")
    secret = shown_secret(client)
    thief = Client()
    give_password(thief, name="nina")
    assert shown_secret(thief) != secret


def test_nothing_is_shown_or_enrolled_without_the_password(client: Client, nina: User) -> None:
    assert give_first_code(client, "123456")[0] == 401
    assert second_factor_state(user_id=nina.pk, now=timezone.now()).since is None


def test_a_factor_that_is_there_is_not_replaced_at_the_door(client: Client, nina: User) -> None:
    give_password(client, name="nina")
    give_first_code(client, code_at(shown_secret(client), step_at(timezone.now())))
    again = Client()
    give_password(again, name="nina")
    assert "data-secret" not in again.get(LOGIN).content.decode()
