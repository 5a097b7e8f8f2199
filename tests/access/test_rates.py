"""Rate limits, and what is left of the front door's promises when Redis is away."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from access import admission, limits
from access.door import FrontDoor
from access.errors import RateLimited, ServiceUnavailable
from access.key_errors import NonceReused
from access.limits import MAX_LOCAL_ENTRIES, Bucket, Limits, LocalLimits, block_of
from access.rounds import NONCE_MS
from access.services import Origin, revoke_api_key
from tests.access.people import ORDER, Person, code
from tests.support.clocks import RedisClock, stop_module, stop_rounds

ORDERS = "/api/v1/test/orders"
PUBLIC = "/api/v1/test/public"
SLOW = {"key": (1, 3), "user": (1, 3), "ip": (1, 3)}


@pytest.fixture(autouse=True)
def clock(front_door: FrontDoor, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> RedisClock:
    """No token comes back while a test works, however long it takes."""
    stop_rounds(front_door.gate.limits._rounds, monkeypatch)
    stop_module(limits, monkeypatch)
    front_door.gate.limits.local.buckets.clear()
    return RedisClock(redis)


def test_a_key_has_a_bucket_of_its_own(
    client: httpx.Client, alice: Person, bob: Person, settings: Any, clock: RedisClock
) -> None:
    settings.RATE_LIMITS = SLOW
    answers = [alice.send(client, "GET", ORDERS) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers[:3]] == ["2", "1", "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers[:3]} == {"3"}
    assert answers[2].headers["x-ratelimit-reset"] == "3"
    assert code(answers[3]) == (429, "RATE_LIMITED")
    assert answers[3].headers["retry-after"] == "1"
    assert bob.send(client, "GET", ORDERS).status_code == 200
    clock.advance(1)
    assert [alice.send(client, "GET", ORDERS).status_code for _ in range(2)] == [200, 429]


def test_nobody_is_limited_by_address(client: httpx.Client, db: None, settings: Any) -> None:
    settings.RATE_LIMITS = SLOW
    answers = [client.get(PUBLIC).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_a_dear_operation_takes_more_tokens(client: httpx.Client, db: None, settings: Any) -> None:
    settings.RATE_LIMITS = {**SLOW, "ip": (1, 9)}
    answers = [client.get("/api/openapi.json").status_code for _ in range(2)]
    assert answers == [200, 429]


def test_a_limited_request_may_be_sent_again_as_it_was(
    client: httpx.Client, alice: Person, settings: Any, clock: RedisClock
) -> None:
    settings.RATE_LIMITS = {**SLOW, "key": (1, 1)}
    headers = alice.headers("GET", ORDERS)
    assert alice.send(client, "GET", ORDERS).status_code == 200
    assert client.get(ORDERS, headers=headers).status_code == 429
    clock.advance(1)
    assert client.get(ORDERS, headers=headers).status_code == 200


def test_a_replayer_cannot_empty_the_owners_bucket(
    client: httpx.Client, alice: Person, settings: Any
) -> None:
    settings.RATE_LIMITS = SLOW
    headers = alice.headers("GET", ORDERS)
    answers = [client.get(ORDERS, headers=headers).status_code for _ in range(10)]
    assert answers == [200] + [401] * 9
    assert alice.send(client, "GET", ORDERS).status_code == 200


def test_guessing_keys_is_limited_by_address(
    client: httpx.Client, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "LOOKUPS", (1, 10))
    answers = [
        client.get(ORDERS, headers=alice.headers("GET", ORDERS) | {"X-API-KEY": f"bk_{number:032x}"})
        for number in range(20)
    ]
    assert {answer.status_code for answer in answers} == {401, 429}


def test_marking_keys_that_stand_in_urls_is_limited_by_address(
    client: httpx.Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "LOOKUPS", (1, 10))
    answers = [code(client.get(f"{PUBLIC}?x=bk_{number:032x}"))[0] for number in range(20)]
    assert answers[-1] == 429
    assert set(answers) <= {400, 429}


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address:1", "no address:1"),
        ("", ""),
    ],
)
def test_the_addresses_of_one_customer_count_as_one(address: str, block: str) -> None:
    assert block_of(address) == block


def test_another_address_of_the_same_customer_has_no_tokens_of_its_own(
    client: httpx.Client, db: None, settings: Any
) -> None:
    settings.RATE_LIMITS, settings.TRUSTED_PROXY_HOPS = SLOW, 1
    asked = [client.get(PUBLIC, headers={"X-Forwarded-For": f"2001:db8:9::{n:x}"}) for n in range(4)]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]


def test_ten_thousand_orders_of_bad_input_still_count(
    client: httpx.Client, alice: Person, settings: Any
) -> None:
    settings.RATE_LIMITS = SLOW
    answers = [code(alice.send(client, "POST", ORDERS, body=b"[")) for _ in range(4)]
    assert answers == [(400, "INVALID_JSON")] * 3 + [(429, "RATE_LIMITED")]


@pytest.fixture
def without_redis(front_door: FrontDoor) -> Iterator[None]:
    """The front door's own connection leads nowhere, as when the server is down."""
    gate = front_door.gate
    kept = gate.limits
    gate.limits = Limits("redis://127.0.0.1:1/0")
    yield
    gate.limits = kept


@pytest.mark.usefixtures("without_redis")
class TestWithoutRedis:
    def test_reads_go_on_with_local_limits(self, client: httpx.Client, alice: Person, settings: Any) -> None:
        settings.RATE_LIMITS = SLOW
        answers = [alice.send(client, "GET", ORDERS).status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]
        assert client.get(PUBLIC).status_code == 200

    def test_what_changes_something_is_refused_and_the_part_named(
        self, client: httpx.Client, alice: Person
    ) -> None:
        for path in (ORDERS, "/api/v1/test/view-orders"):
            response = alice.send(client, "POST", path, ORDER)
            assert code(response) == (503, "SERVICE_UNAVAILABLE")
            assert response.json()["error"]["part"] == "redis"
            assert response.headers["retry-after"] == "1"

    def test_a_replay_is_still_refused(self, client: httpx.Client, alice: Person) -> None:
        headers = alice.headers("GET", ORDERS)
        assert client.get(ORDERS, headers=headers).status_code == 200
        assert code(client.get(ORDERS, headers=headers)) == (401, "NONCE_REUSED")

    def test_a_revoked_key_still_ends_at_once(self, client: httpx.Client, alice: Person) -> None:
        assert alice.send(client, "GET", ORDERS).status_code == 200
        revoke_api_key(user_id=alice.user.pk, key_id=alice.key_id, origin=Origin())
        assert code(alice.send(client, "GET", ORDERS)) == (401, "INVALID_KEY")

    def test_the_process_still_says_that_it_lives(self, client: httpx.Client) -> None:
        assert client.get("/healthz/live").status_code == 200


def test_a_key_revoked_while_redis_was_away_is_refused_when_it_is_back(
    client: httpx.Client, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert alice.send(client, "GET", ORDERS).status_code == 200
    monkeypatch.setattr("access.services.change_key_epoch", lambda: None)
    monkeypatch.setattr("access.keyring.MAX_AGE_SECONDS", 0.0)
    revoke_api_key(user_id=alice.user.pk, key_id=alice.key_id, origin=Origin())
    assert code(alice.send(client, "GET", ORDERS)) == (401, "INVALID_KEY")


def test_an_emptied_redis_does_not_revive_what_was_cached(
    client: httpx.Client, alice: Person, redis: Redis
) -> None:
    assert alice.send(client, "GET", ORDERS).status_code == 200
    revoke_api_key(user_id=alice.user.pk, key_id=alice.key_id, origin=Origin())
    redis.flushdb()
    assert code(alice.send(client, "GET", ORDERS)) == (401, "INVALID_KEY")


BUCKET = Bucket("b", 10, 20)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 5)), max_size=60))
def test_a_bucket_never_gives_more_than_its_size_and_what_came_back(
    calls: list[tuple[int, int]],
) -> None:
    limits, now, taken = LocalLimits(), 1_000_000, 0
    for pause, cost in calls:
        now += pause
        try:
            limits.take(BUCKET, cost, now)
            taken += cost
        except RateLimited:
            continue
    assert taken * 1000 <= BUCKET.size * 1000 + (now - 1_000_000) * BUCKET.rate


def test_the_local_buckets_are_bounded() -> None:
    limits = LocalLimits()
    for number in range(MAX_LOCAL_ENTRIES + 10):
        limits.take(Bucket(str(number), 1, 1), 1, 0)
    assert len(limits.buckets) == MAX_LOCAL_ENTRIES


def test_a_local_nonce_is_forgotten_when_no_window_reaches_it() -> None:
    limits = LocalLimits()
    limits.use_nonce("n", 0)
    with pytest.raises(NonceReused):
        limits.use_nonce("n", NONCE_MS - 1)
    limits.use_nonce("n", NONCE_MS)


def test_rather_than_forget_a_nonce_it_refuses() -> None:
    limits = LocalLimits()
    for number in range(MAX_LOCAL_ENTRIES):
        limits.use_nonce(str(number), 0)
    with pytest.raises(ServiceUnavailable):
        limits.use_nonce("one more", 1)


def test_a_key_is_looked_up_once_while_nothing_is_revoked(
    client: httpx.Client, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.send(client, "GET", ORDERS)
    looked_up: list[str] = []
    monkeypatch.setattr("access.keyring.find_key", looked_up.append)
    assert alice.send(client, "GET", ORDERS).status_code == 200
    assert looked_up == []
