"""The token buckets of one process, figure by figure."""

import pytest

from access.errors import RateLimited, ServiceUnavailable
from access.limits import MAX_LOCAL_ENTRIES, Admitted, Bucket, LocalLimits
from access.rounds import NONCE_MS

NOW = 1_700_000_000_000
SLOW = Bucket("key:7", 2, 10)  # two tokens a second, ten at once


def left(limits: LocalLimits, cost: int, after_ms: int, bucket: Bucket = SLOW) -> int:
    return limits.take(bucket, cost, NOW + after_ms).remaining


def wait_for(limits: LocalLimits, cost: int, after_ms: int, bucket: Bucket = SLOW) -> object:
    with pytest.raises(RateLimited) as refused:
        limits.take(bucket, cost, NOW + after_ms)
    return refused.value.details["retry_after"]


def test_a_full_bucket_is_emptied_and_fills_by_its_rate() -> None:
    limits = LocalLimits()
    assert [left(limits, 1, 0) for _ in range(10)] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert wait_for(limits, 1, 0) == 1
    assert wait_for(limits, 1, 499) == 1  # 0.998 of a token
    assert left(limits, 1, 500) == 0
    assert left(limits, 2, 2_000) == 1  # three more came in a second and a half
    assert left(limits, 1, 3_600_000) == 9  # an hour later it is full and not fuller


def test_a_refused_request_takes_nothing() -> None:
    limits = LocalLimits()
    assert left(limits, 8, 0) == 2
    assert [wait_for(limits, 3, 0) for _ in range(50)] == [1] * 50
    assert left(limits, 2, 0) == 0


@pytest.mark.parametrize(
    ("cost", "after_ms", "seconds"), [(1, 0, 1), (2, 0, 1), (3, 0, 2), (10, 0, 5), (10, 1, 5), (10, 1_000, 4)]
)
def test_it_says_how_many_whole_seconds_to_wait(cost: int, after_ms: int, seconds: int) -> None:
    limits = LocalLimits()
    left(limits, 10, 0)
    assert wait_for(limits, cost, after_ms) == seconds


@pytest.mark.parametrize(
    ("cost", "remaining", "reset"), [(0, 10, 0), (1, 9, 1), (2, 8, 1), (3, 7, 2), (9, 1, 5), (10, 0, 5)]
)
def test_the_headers_tell_what_is_left_and_when_all_is_back(cost: int, remaining: int, reset: int) -> None:
    admitted = LocalLimits().take(SLOW, cost, NOW)
    assert admitted == Admitted(None, 10, remaining, reset)
    assert admitted.headers() == [
        ("x-ratelimit-limit", "10"),
        ("x-ratelimit-remaining", str(remaining)),
        ("x-ratelimit-reset", str(reset)),
    ]


def test_a_clock_that_goes_back_neither_gives_nor_takes_tokens() -> None:
    limits = LocalLimits()
    assert left(limits, 6, 10_000) == 4
    assert left(limits, 1, 0) == 3
    assert left(limits, 0, 500) == 4


def test_everybody_has_a_bucket_of_his_own() -> None:
    limits = LocalLimits()
    other = Bucket("key:8", 2, 10)
    assert left(limits, 10, 0) == 0
    assert left(limits, 1, 0, other) == 9
    assert left(limits, 1, 0, Bucket("user:7", 2, 10)) == 9


def test_when_there_is_no_room_the_bucket_unused_for_longest_goes() -> None:
    limits = LocalLimits()
    for number in range(MAX_LOCAL_ENTRIES):
        limits.buckets[f"ip:{number}"] = (0, NOW)
    limits.take(Bucket("ip:0", 1, 5), 0, NOW)  # used again, so no longer the oldest
    limits.take(Bucket("ip:new", 1, 5), 1, NOW)
    assert len(limits.buckets) == MAX_LOCAL_ENTRIES
    assert "ip:0" in limits.buckets
    assert "ip:1" not in limits.buckets


def test_old_nonces_make_room_and_without_room_nothing_is_admitted() -> None:
    limits = LocalLimits()
    limits.nonces = {str(number): NOW + 10 for number in range(MAX_LOCAL_ENTRIES)}
    with pytest.raises(ServiceUnavailable):
        limits.use_nonce("new", NOW)
    assert "new" not in limits.nonces
    limits.use_nonce("new", NOW + 10)
    assert limits.nonces == {"new": NOW + 10 + NONCE_MS}
