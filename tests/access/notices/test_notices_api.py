"""Notices, their channels and webhooks over the API: one's own alone, and a webhook only from a login."""

from collections.abc import Iterator

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import transaction
from pytest_django import Settings

from access.http import Scope
from access.models import AuditEntry, NoticeDelivery, WebhookEndpoint
from access.models import Notice as Row
from access.notices import Notice, notify
from access.notices.posting import configured_policy
from access.notices.standard import signature
from access.notices.webhooks import MAX_WEBHOOKS, secret_of
from tests.access.people import Person, code, new_user, person
from tests.access.test_sessions import logged_in, with_token

NOTICES, SETTINGS, HOOKS = "/api/v1/notices", "/api/v1/notice-settings", "/api/v1/webhooks"
URL = "https://127.0.0.1:8443/hook"


@pytest.fixture
def local(settings: Settings) -> Iterator[None]:
    """Receivers on this machine are taken."""
    settings.WEBHOOKS_LOCAL = True
    configured_policy.cache_clear()
    yield
    configured_policy.cache_clear()


@pytest.fixture
def carol(db: None) -> User:
    return new_user("carol")


@pytest.fixture
def login(carol: User) -> dict[str, str]:
    return with_token(logged_in(carol))


def tell(user: User, *keys: str) -> None:
    with transaction.atomic():
        notify([Notice(user.pk, "VAULT_WARNING", key, f"Near: {key}.", {"ratio": "1.6"}) for key in keys])


def test_notices_are_listed_newest_first_and_by_pages(client: httpx.Client, alice: Person) -> None:
    for key in "abc":
        tell(alice.user, key)
    first = alice.send(client, "GET", f"{NOTICES}?limit=2").json()
    assert [one["text"] for one in first["notices"]] == ["Near: c.", "Near: b."]
    second = alice.send(client, "GET", f"{NOTICES}?limit=2&cursor={first['next_cursor']}").json()
    assert [one["text"] for one in second["notices"]] == ["Near: a."]
    assert second["next_cursor"] is None
    (shown,) = second["notices"]
    assert shown["kind"] == "VAULT_WARNING"
    assert shown["data"] == {"ratio": "1.6"}
    assert shown["read_at_ms"] is None


def test_what_was_read_is_marked(client: httpx.Client, alice: Person) -> None:
    tell(alice.user, "a", "b", "c", "d")
    numbers = [one["notice_id"] for one in alice.send(client, "GET", NOTICES).json()["notices"]]
    assert alice.send(client, "POST", f"{NOTICES}/read", {"ids": numbers[:1]}).json() == {"marked": 1}
    assert alice.send(client, "POST", f"{NOTICES}/read", {"up_to": numbers[2]}).json() == {"marked": 2}
    unread = alice.send(client, "GET", f"{NOTICES}?unread=true").json()["notices"]
    assert [one["notice_id"] for one in unread] == numbers[1:2]


def test_anothers_notices_are_neither_seen_nor_marked(
    client: httpx.Client, alice: Person, bob: Person
) -> None:
    tell(alice.user, "a")
    number = alice.send(client, "GET", NOTICES).json()["notices"][0]["notice_id"]
    assert bob.send(client, "GET", NOTICES).json()["notices"] == []
    assert bob.send(client, "POST", f"{NOTICES}/read", {"ids": [number], "up_to": number}).json() == {
        "marked": 0
    }
    assert Row.objects.get(pk=number).read_at is None


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (400, "MISSING_FIELD")),
        ({"ids": []}, (400, "MISSING_FIELD")),
        ({"ids": [7]}, (400, "INVALID_TYPE")),
        ({"ids": ["x"]}, (404, "NOT_FOUND")),
        ({"up_to": "9" * 19}, (400, "OUT_OF_RANGE")),
        ({"up_to": "9" * 5000}, (400, "OUT_OF_RANGE")),
        ({"ids": ["1"] * 201}, (400, "OUT_OF_RANGE")),
        ({"all": True}, (400, "UNKNOWN_FIELD")),
    ],
)
def test_what_cannot_be_marked_is_refused(
    client: httpx.Client, shared: Person, body: object, answer: tuple[int, str]
) -> None:
    assert code(shared.send(client, "POST", f"{NOTICES}/read", body)) == answer


def test_every_kind_goes_everywhere_until_it_is_chosen(client: httpx.Client, alice: Person) -> None:
    before = alice.send(client, "GET", SETTINGS).json()
    kinds = {one["kind"]: one for one in before["choices"]}
    assert "WEBHOOK_TEST" not in kinds
    assert all(one["by_email"] and one["by_webhook"] for one in kinds.values())
    choice = {"kind": "WEBHOOK_DISABLED", "by_email": False, "by_webhook": True}
    for _ in range(2):
        after = alice.send(client, "PUT", SETTINGS, {"choices": [choice]})
        assert after.status_code == 200, after.text
    kinds = {one["kind"]: one for one in alice.send(client, "GET", SETTINGS).json()["choices"]}
    assert (kinds["WEBHOOK_DISABLED"]["by_email"], kinds["WEBHOOK_DISABLED"]["by_webhook"]) == (False, True)
    (entry,) = AuditEntry.objects.filter(action="notices.chosen", subject=f"user:{alice.user.pk}")
    assert entry.after == {"WEBHOOK_DISABLED": ["WEBHOOK"]}


def test_unknown_kinds_are_refused(client: httpx.Client, alice: Person) -> None:
    choice = {"kind": "NOTHING", "by_email": False, "by_webhook": True}
    refused = alice.send(client, "PUT", SETTINGS, {"choices": [choice]})
    assert code(refused) == (400, "INVALID_CHOICE")
    assert refused.json()["error"]["field"] == "choices[0].kind"


def test_a_key_that_only_reads_chooses_nothing(client: httpx.Client, db: None) -> None:
    reader = person("reader", scopes=[Scope.READ])
    choice = {"kind": "WEBHOOK_DISABLED", "by_email": False, "by_webhook": False}
    assert code(reader.send(client, "PUT", SETTINGS, {"choices": [choice]}))[0] == 403
    assert reader.send(client, "GET", SETTINGS).status_code == 200


@pytest.mark.usefixtures("local")
def test_a_key_that_only_reads_silences_no_webhook(
    client: httpx.Client, carol: User, login: dict[str, str]
) -> None:
    hook = client.post(HOOKS, json={"url": URL}, headers=login).json()["webhook_id"]
    reader = person("watcher", scopes=[Scope.READ])
    assert code(reader.send(client, "DELETE", f"{HOOKS}/{hook}")) == (403, "FORBIDDEN")
    trader = person("trader", scopes=[Scope.READ, Scope.TRADE])
    assert code(trader.send(client, "DELETE", f"{HOOKS}/{hook}")) == (404, "NOT_FOUND")
    assert client.delete(f"{HOOKS}/{hook}", headers=login).status_code == 204


@pytest.mark.usefixtures("local")
def test_a_webhook_is_made_from_a_login_shown_tried_and_deleted(
    client: httpx.Client, carol: User, login: dict[str, str]
) -> None:
    made = client.post(HOOKS, json={"url": URL, "label": "mine"}, headers=login)
    assert made.status_code == 201, made.text
    new = made.json()
    row = WebhookEndpoint.objects.get(pk=new["webhook_id"])
    assert secret_of(row) == new["secret"]
    assert new["secret"].encode() not in bytes(row.encrypted_secret)
    signature(new["secret"], "notice_1", 1, b"{}")
    listed = client.get(HOOKS, headers=login)
    assert "secret" not in listed.text
    (shown,) = listed.json()["webhooks"]
    assert (shown["url"], shown["label"], shown["is_enabled"]) == (URL, "mine", True)
    tried = client.post(f"{HOOKS}/{row.pk}/test", headers=login)
    assert tried.status_code == 202, tried.text
    assert NoticeDelivery.objects.get(notice_id=tried.json()["notice_id"]).is_test
    assert code(client.post(f"{HOOKS}/{row.pk}/test", headers=login)) == (409, "WEBHOOK_TEST_WAITS")
    assert client.delete(f"{HOOKS}/{row.pk}", headers=login).status_code == 204
    assert client.get(HOOKS, headers=login).json() == {"webhooks": []}
    assert code(client.delete(f"{HOOKS}/{row.pk}", headers=login)) == (404, "NOT_FOUND")
    row.refresh_from_db()
    assert bytes(row.encrypted_secret) == b""
    actions = AuditEntry.objects.filter(subject=f"webhook:{row.pk}").values_list("action", flat=True)
    assert sorted(actions) == ["webhook.created", "webhook.deleted"]
    assert new["secret"] not in str(list(AuditEntry.objects.values()))


@pytest.mark.usefixtures("local")
def test_nobody_has_more_than_five(client: httpx.Client, login: dict[str, str]) -> None:
    for _ in range(MAX_WEBHOOKS):
        assert client.post(HOOKS, json={"url": URL}, headers=login).status_code == 201
    assert code(client.post(HOOKS, json={"url": URL}, headers=login)) == (409, "TOO_MANY_WEBHOOKS")


@pytest.mark.usefixtures("local")
def test_anothers_webhook_is_not_there(client: httpx.Client, login: dict[str, str], alice: Person) -> None:
    number = client.post(HOOKS, json={"url": URL}, headers=login).json()["webhook_id"]
    absent = alice.send(client, "DELETE", f"{HOOKS}/999999999")
    theirs = alice.send(client, "DELETE", f"{HOOKS}/{number}")
    assert code(absent) == code(theirs) == (404, "NOT_FOUND")
    assert code(alice.send(client, "POST", f"{HOOKS}/{number}/test")) == (404, "NOT_FOUND")
    assert WebhookEndpoint.objects.get(pk=number).deleted_at is None


def test_no_key_makes_a_webhook(client: httpx.Client, alice: Person) -> None:
    assert code(alice.send(client, "POST", HOOKS, {"url": "https://hooks.example.com/"}))[0] in (401, 403)
    assert not WebhookEndpoint.objects.filter(user=alice.user).exists()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://169.254.169.254/latest",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://hooks.example.com:5432/",
        "https://a@hooks.example.com/",
        "https://x.railway.internal/",
        "https://hooks.example.com/" + "x" * 600,
    ],
)
def test_a_url_that_leads_inside_is_refused_when_it_is_made(
    client: httpx.Client, login: dict[str, str], url: str
) -> None:
    assert code(client.post(HOOKS, json={"url": url}, headers=login)) == (400, "WEBHOOK_URL_FORBIDDEN")


@pytest.mark.parametrize(("number", "answer"), [("x", 404), ("-1", 404), ("9" * 30, 400), ("0", 404)])
def test_what_is_no_number_of_a_webhook_is_refused(
    client: httpx.Client, shared: Person, number: str, answer: int
) -> None:
    assert code(shared.send(client, "DELETE", f"{HOOKS}/{number}"))[0] == answer
