"""Requests that must happen once: repeats, races, other bodies, crashes and outages."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from access.idempotency import KEPT_FOR, forget_old_records
from access.models import IdempotencyRecord
from tests.access.people import Person, code

BOTH = pytest.mark.parametrize("path", ["/api/v1/test/pay", "/api/v1/test/view-pay"])


def pay(client: httpx.Client, who: Person, path: str, key: str | None, **fields: str) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return who.send(client, "POST", path, {"amount": "1", **fields}, headers=headers)


@BOTH
def test_a_repeat_gets_the_same_bytes_and_nothing_happens_twice(
    client: httpx.Client, alice: Person, path: str
) -> None:
    first, second = (pay(client, alice, path, "a") for _ in range(2))
    assert (first.status_code, first.json()["count"]) == (201, 1)
    assert (second.status_code, second.content) == (201, first.content)
    assert pay(client, alice, path, "b").json()["count"] == 2


@BOTH
@pytest.mark.parametrize("key", [None, "", "k" * 65, "k" * 10_000, "a b", "ä".encode().decode("latin-1")])
def test_a_plain_key_is_required(client: httpx.Client, alice: Person, path: str, key: str | None) -> None:
    body = b'{"amount":"1"}'
    headers = alice.headers("POST", path, body) | {"Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    assert code(client.post(path, content=body, headers=raw)) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert not IdempotencyRecord.objects.filter(user_id=alice.user.pk).exists()


@BOTH
def test_a_key_is_good_for_one_body_only(client: httpx.Client, alice: Person, path: str) -> None:
    pay(client, alice, path, "a")
    assert code(pay(client, alice, path, "a", amount="2")) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_key_is_good_for_one_endpoint_only(client: httpx.Client, alice: Person) -> None:
    pay(client, alice, "/api/v1/test/pay", "a")
    other = pay(client, alice, "/api/v1/test/view-pay", "a")
    assert code(other) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_the_keys_of_two_people_are_independent(client: httpx.Client, alice: Person, bob: Person) -> None:
    for who in (alice, bob):
        assert pay(client, who, "/api/v1/test/pay", "same").json()["count"] == 1


@BOTH
def test_twenty_at_once_have_one_effect(client: httpx.Client, alice: Person, path: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: pay(client, alice, path, "a"), range(20)))
    done = {answer.content for answer in answers if answer.status_code == 201}
    waiting = [answer for answer in answers if answer.status_code != 201]
    assert len(done) == 1
    assert json.loads(done.pop())["count"] == 1
    assert all(code(answer) == (409, "IN_FLIGHT") for answer in waiting)
    assert pay(client, alice, path, "c").json()["count"] == 2


@BOTH
def test_a_refusal_is_an_answer_and_is_repeated(client: httpx.Client, alice: Person, path: str) -> None:
    first, second = (pay(client, alice, path, "a", outcome="REFUSED") for _ in range(2))
    assert (first.status_code, first.json()["error"]["code"]) == (409, "BROKEN_RULE")
    assert second.content == first.content
    assert pay(client, alice, path, "b").json()["count"] == 2


@BOTH
def test_an_outage_is_not_remembered(client: httpx.Client, alice: Person, path: str) -> None:
    assert code(pay(client, alice, path, "a", outcome="AWAY")) == (503, "AWAY")
    assert code(pay(client, alice, path, "a", outcome="AWAY")) == (503, "AWAY")
    assert pay(client, alice, path, "b").json()["count"] == 3


@BOTH
def test_what_a_crash_left_in_flight_is_done_again_after_a_while(
    client: httpx.Client, alice: Person, path: str
) -> None:
    assert code(pay(client, alice, path, "a", outcome="BUG")) == (500, "INTERNAL")
    assert code(pay(client, alice, path, "a", outcome="BUG")) == (409, "IN_FLIGHT")
    record = IdempotencyRecord.objects.filter(user_id=alice.user.pk)
    record.update(claimed_at=timezone.now() - timedelta(seconds=11))
    assert code(pay(client, alice, path, "a", outcome="BUG")) == (500, "INTERNAL")
    assert pay(client, alice, path, "b").json()["count"] == 3


def test_old_records_are_forgotten(client: httpx.Client, alice: Person) -> None:
    pay(client, alice, "/api/v1/test/pay", "a")
    now = timezone.now()
    assert forget_old_records(now=now) == 0
    IdempotencyRecord.objects.filter(user_id=alice.user.pk).update(claimed_at=now - KEPT_FOR * 2)
    assert forget_old_records(now=now) == 1
