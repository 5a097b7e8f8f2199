"""The second factor over the API: set up and removed by a login alone, read by a key, shown once."""

import httpx
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from access.models import Notice
from access.operators import OPERATORS_CHANGED
from access.second_factor import code_at, step_at
from tests.access.people import Person, code, new_user
from tests.access.test_sessions import logged_in, with_token

PATH = "/api/v1/second-factor"


@pytest.fixture
def headers(carol: User) -> dict[str, str]:
    return with_token(logged_in(carol))


@pytest.fixture
def carol(db: None) -> User:
    return new_user("carol")


def now_code(secret: str, away: int = 0) -> str:
    return code_at(secret, step_at(timezone.now()) + away)


def test_it_is_set_up_confirmed_read_and_removed(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.get(PATH, headers=headers).json()["is_enabled"] is False
    begun = client.post(PATH, json={}, headers=headers)
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    assert secret in begun.json()["uri"]
    assert client.get(PATH, headers=headers).json()["pending_until_ms"] == begun.json()["until_ms"]
    confirmed = client.post(f"{PATH}/confirm", json={"code": now_code(secret)}, headers=headers)
    recovery = confirmed.json()["recovery_codes"]
    assert len(recovery) == 10
    state = client.get(PATH, headers=headers)
    assert (state.json()["is_enabled"], state.json()["recovery_codes_left"]) == (True, 10)
    assert secret not in state.text
    removed = client.post(f"{PATH}/removal", json={"code": recovery[0]}, headers=headers)
    assert removed.status_code == 204
    assert client.get(PATH, headers=headers).json()["is_enabled"] is False


def test_operators_are_told_of_a_colleagues_and_of_no_customers(
    client: httpx.Client, carol: User, headers: dict[str, str]
) -> None:
    olga = new_user("olga")
    User.objects.filter(pk=olga.pk).update(is_staff=True)

    def once_around() -> None:
        secret = client.post(PATH, json={}, headers=headers).json()["secret"]
        confirmed = client.post(f"{PATH}/confirm", json={"code": now_code(secret)}, headers=headers)
        recovery = confirmed.json()["recovery_codes"][0]
        client.post(f"{PATH}/removal", json={"code": recovery}, headers=headers)

    once_around()
    assert not Notice.objects.filter(kind=OPERATORS_CHANGED).exists()
    User.objects.filter(pk=carol.pk).update(is_staff=True)
    once_around()
    told = Notice.objects.filter(kind=OPERATORS_CHANGED).order_by("pk")
    assert {one.user_id for one in told} == {olga.pk}
    assert [one.text.split(",")[0] for one in told] == [
        f"The operator {carol} has set up a second factor",
        f"The operator {carol} has removed a second factor",
    ]


def test_refusals_have_their_codes(client: httpx.Client, headers: dict[str, str]) -> None:
    removal, confirm = f"{PATH}/removal", f"{PATH}/confirm"
    wrong = {"code": "abcdef"}
    assert code(client.post(removal, json=wrong, headers=headers)) == (403, "SECOND_FACTOR_REQUIRED")
    assert code(client.post(confirm, json=wrong, headers=headers)) == (409, "NO_ENROLMENT")
    assert code(client.post(removal, json={}, headers=headers)) == (400, "MISSING_FIELD")
    assert code(client.post(removal, json={"code": ""}, headers=headers)) == (400, "INVALID_TEXT")
    secret = client.post(PATH, json={}, headers=headers).json()["secret"]
    first = now_code(secret)
    assert code(client.post(confirm, json=wrong, headers=headers)) == (403, "INVALID_CODE")
    assert client.post(confirm, json={"code": first}, headers=headers).status_code == 200
    assert code(client.post(removal, json={"code": first}, headers=headers)) == (403, "CODE_REUSED")
    assert code(client.post(PATH, json={}, headers=headers)) == (400, "MISSING_FIELD")
    for _ in range(5):
        assert code(client.post(removal, json=wrong, headers=headers)) == (403, "INVALID_CODE")
    locked = client.post(removal, json=wrong, headers=headers)
    assert code(locked) == (429, "SECOND_FACTOR_LOCKED")
    assert 890 < int(locked.headers["retry-after"]) <= 901


@pytest.mark.parametrize("path", [PATH, f"{PATH}/confirm", f"{PATH}/removal"])
def test_a_key_reads_it_and_changes_nothing(client: httpx.Client, alice: Person, path: str) -> None:
    assert alice.send(client, "GET", PATH).json()["is_enabled"] is False
    assert alice.send(client, "POST", path, {"code": "123456"}).status_code in (401, 403)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/confirm", f"{PATH}/removal"])
def test_nobody_and_a_foreign_form_change_nothing(
    client: httpx.Client, headers: dict[str, str], path: str
) -> None:
    assert client.post(path, json={"code": "123456"}).status_code == 401
    foreign = headers | {"X-CSRFToken": "x" * 32}
    assert code(client.post(path, json={"code": "123456"}, headers=foreign)) == (403, "CSRF")
