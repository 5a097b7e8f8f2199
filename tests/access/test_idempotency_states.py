"""A request that must happen once, state by state: new, in flight, abandoned, answered, freed."""

import itertools
import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from access.errors import DomainError, InFlight, NotFound, RateLimited, ServiceUnavailable
from access.http import ApiAnswer, ApiRequest, Caller
from access.idempotency import ABANDONED_AFTER, once
from access.models import IdempotencyRecord


class Till:
    """What is to happen once: it counts how often it did."""

    def __init__(self, *refusals: DomainError) -> None:
        self.refusals = list(refusals)
        self.payments = itertools.count(1)

    def pay(self) -> ApiAnswer:
        if self.refusals:
            raise self.refusals.pop(0)
        return ApiAnswer({"payment": next(self.payments)}, 201)


@pytest.fixture
def asked(db: None) -> Callable[..., ApiRequest]:
    """Requests of one person, who has never asked for anything before."""
    caller = Caller(secrets.randbelow(2**60) + 1, 1, frozenset({"trade"}), "203.0.113.9")

    def request(body: bytes = b"{}", key: str = "k", path: str = "/pay", query: bytes = b"") -> ApiRequest:
        headers = {"idempotency-key": key}
        return ApiRequest("POST", path, query, headers, body, caller, "request", {}, {})

    return request


def records(request: ApiRequest) -> list[IdempotencyRecord]:
    return list(IdempotencyRecord.objects.filter(user_id=request.caller.user_id))


def test_the_first_answer_is_the_answer_to_every_repeat(asked: Callable[..., ApiRequest]) -> None:
    till = Till()
    answers = [once(asked(), till.pay) for _ in range(3)]
    assert [(answer.status, answer.encoded()) for answer in answers] == [(201, b'{"payment":1}')] * 3
    (record,) = records(asked())
    assert (record.status, bytes(record.body)) == (201, b'{"payment":1}')


@pytest.mark.parametrize("change", [{"body": b"{ }"}, {"path": "/pay/"}, {"query": b"a=1"}])
def test_a_key_belongs_to_one_request_to_the_byte(
    asked: Callable[..., ApiRequest], change: dict[str, object]
) -> None:
    till = Till()
    once(asked(), till.pay)
    with pytest.raises(DomainError) as refused:
        once(asked(**change), till.pay)
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"
    assert next(till.payments) == 2


def test_a_refusal_is_kept_as_an_answer(asked: Callable[..., ApiRequest]) -> None:
    till = Till(NotFound())
    first, second = once(asked(), till.pay), once(asked(), till.pay)
    assert (first.status, second.status) == (404, 404)
    assert first.encoded() == second.encoded()


@pytest.mark.parametrize("passing", [RateLimited(retry_after=1), ServiceUnavailable("redis")])
def test_what_may_pass_frees_the_key(asked: Callable[..., ApiRequest], passing: DomainError) -> None:
    till = Till(passing)
    with pytest.raises(type(passing)):
        once(asked(), till.pay)
    assert records(asked()) == []
    assert once(asked(), till.pay).status == 201


def test_while_it_is_carried_out_a_repeat_has_to_wait(asked: Callable[..., ApiRequest]) -> None:
    def pay_and_repeat() -> ApiAnswer:
        with pytest.raises(InFlight):
            once(asked(), Till().pay)
        return ApiAnswer({"payment": 1}, 201)

    assert once(asked(), pay_and_repeat).status == 201


def test_who_was_thought_dead_does_not_write_over_who_took_over(asked: Callable[..., ApiRequest]) -> None:
    def slow() -> ApiAnswer:
        abandoned = timezone.now() - ABANDONED_AFTER - timedelta(seconds=1)
        IdempotencyRecord.objects.filter(user_id=asked().caller.user_id).update(claimed_at=abandoned)
        assert once(asked(), Till().pay).status == 201
        return ApiAnswer({"payment": "late"}, 200)

    once(asked(), slow)
    assert once(asked(), Till().pay).encoded() == b'{"payment":1}'
