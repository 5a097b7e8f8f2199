"""The windows themselves: when they end, how bans grow and are forgotten, and what is left without Redis."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_django import Settings
from redis import Redis

from exchange.compat.binance import limits as of_limits
from exchange.compat.binance.limits import Counted, LimitReached, Limits
from exchange.compat.binance.refusals import Refusal
from tests.support.clocks import RedisClock, stop_module, stop_new_rounds

AWAY = "redis://127.0.0.1:1/0"
IP = "10.0.0.1"
ACCOUNT = 7


@pytest.fixture(autouse=True)
def _small(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BINANCE_LIMITS = {"weight": 10, "orders_10s": 2, "orders_1d": 3}
    monkeypatch.setattr(of_limits, "BAN_BELIEVED_SECONDS", 0.0)
    monkeypatch.setattr(of_limits, "PAUSE_SECONDS", 60.0)


@pytest.fixture(autouse=True)
def clock(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> RedisClock:
    """No window ends while a test works, however long it takes."""
    stop_new_rounds(monkeypatch)
    stop_module(of_limits, monkeypatch)
    return RedisClock(redis)


def with_limits(work: Callable[[Limits], Awaitable[Any]], url: str = "") -> Any:
    async def run() -> Any:
        limits = Limits(url or os.environ["REDIS_URL"])
        try:
            return await work(limits)
        finally:
            await limits.close()

    return asyncio.run(run())


async def tried(
    limits: Limits, weight: int = 1, orders: int = 0, *, is_safe: bool = True
) -> Counted | Refusal:
    try:
        return await limits.count(IP, ACCOUNT, weight, orders, is_safe=is_safe)
    except Refusal as refusal:
        return refusal


def ban(redis: Redis) -> tuple[int, int]:
    """Until when, and the how manyth."""
    until_ms, offences = str(redis.get(f"binance:ban:{IP}"), "ascii").split(":")  # type: ignore[arg-type]
    return int(until_ms), int(offences)


async def ban_length_s(limits: Limits, redis: Redis, clock: RedisClock) -> int:
    """After as much as it takes to be banned."""
    while True:
        outcome = await tried(limits, 10)
        if isinstance(outcome, LimitReached) and outcome.status == 418:
            until_ms, _ = ban(redis)
            return until_ms // 1000 - clock.seconds


def test_a_window_that_has_ended_counts_for_nothing(redis: Redis, clock: RedisClock) -> None:
    async def work(limits: Limits) -> None:
        assert await tried(limits, 10, 2)
        assert redis.get(f"binance:weight:{IP}") == f"{clock.seconds // 60}:10:0".encode()
        clock.advance(59)
        assert isinstance(await tried(limits, 1), LimitReached)
        clock.advance(1)
        counted = await tried(limits, 1, 1)
        assert isinstance(counted, Counted)
        assert (counted.weight, counted.orders_10s, counted.orders_1d) == (1, 1, 3)
        assert (await tried(limits, 1, 1)).number == -1015  # type: ignore[union-attr]

    with_limits(work)


def test_what_is_counted_does_not_stay_for_ever(redis: Redis, clock: RedisClock) -> None:
    async def work(limits: Limits) -> None:
        await tried(limits, 1, 1)
        await ban_length_s(limits, redis, clock)

    with_limits(work)
    for key in redis.scan_iter("binance:*"):
        assert 0 < redis.pttl(key) <= 3 * 86_400_000 + 120_000


def test_a_light_request_still_fits_where_a_heavy_one_did_not(redis: Redis) -> None:
    async def work(limits: Limits) -> list[int]:
        outcomes = [await tried(limits, weight) for weight in (8, 5, 2, 1)]
        return [one.weight if isinstance(one, Counted) else one.number for one in outcomes]

    assert with_limits(work) == [8, -1003, 10, -1003]


def test_orders_that_are_too_many_take_weight_and_no_order(redis: Redis) -> None:
    async def work(limits: Limits) -> None:
        await tried(limits, 1, 2)
        refused = await tried(limits, 1, 1)
        assert isinstance(refused, LimitReached)
        assert refused.number == -1015
        assert (refused.counted.weight, refused.counted.orders_10s, refused.counted.orders) == (2, 2, 0)

    with_limits(work)


def test_each_ban_is_twice_as_long_as_the_last_and_none_longer_than_three_days(
    redis: Redis, clock: RedisClock
) -> None:
    async def work(limits: Limits) -> list[int]:
        lengths = []
        for _ in range(13):
            lengths.append(await ban_length_s(limits, redis, clock) // 60)
            clock.advance(ban(redis)[0] // 1000 - clock.seconds)  # it has ended
        return lengths

    assert with_limits(work) == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 4320]


def test_a_ban_that_an_operator_lifts_is_over(redis: Redis, clock: RedisClock) -> None:
    async def work(limits: Limits) -> None:
        await ban_length_s(limits, redis, clock)
        redis.delete(f"binance:ban:{IP}", f"binance:weight:{IP}")
        assert isinstance(await tried(limits), Counted)

    with_limits(work)


def test_a_banned_address_costs_no_round_trip(
    redis: Redis, clock: RedisClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_limits, "BAN_BELIEVED_SECONDS", 60.0)

    def trips() -> int:
        statistics = redis.info("commandstats").get("cmdstat_evalsha", {"calls": 0})
        return int(statistics["calls"])

    async def work(limits: Limits) -> None:
        await ban_length_s(limits, redis, clock)
        before = trips()
        refused = [await tried(limits) for _ in range(100)]
        assert {one.status for one in refused} == {418}  # type: ignore[union-attr]
        assert trips() == before

    with_limits(work)


def test_many_that_wait_share_a_few_trips(redis: Redis, settings: Settings) -> None:
    settings.BINANCE_LIMITS = {"weight": 10_000, "orders_10s": 100, "orders_1d": 1_000}

    async def work(limits: Limits) -> None:
        before = redis.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"]
        outcomes = await asyncio.gather(*(tried(limits) for _ in range(500)))
        after = redis.info("commandstats")["cmdstat_evalsha"]["calls"]
        assert sorted(one.weight for one in outcomes if isinstance(one, Counted)) == list(range(1, 501))
        assert after - before <= 7

    with_limits(work)


def test_without_redis_reads_go_on_within_windows_of_this_process(caplog: pytest.LogCaptureFixture) -> None:
    async def work(limits: Limits) -> list[object]:
        return [await tried(limits) for _ in range(12)]

    outcomes = with_limits(work, AWAY)
    assert [one.weight for one in outcomes if isinstance(one, Counted)] == list(range(1, 11))
    assert {one.epoch for one in outcomes if isinstance(one, Counted)} == {None}
    assert [one.number for one in outcomes if isinstance(one, LimitReached)] == [-1003, -1003]
    said = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(said) == 1


def test_without_redis_whatever_changes_something_is_refused() -> None:
    async def work(limits: Limits) -> object:
        return await tried(limits, 1, 1, is_safe=False)

    refused = with_limits(work, AWAY)
    assert (refused.number, refused.status, refused.retry_after) == (-1001, 503, 1)


def test_what_is_kept_in_the_process_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_limits, "MAX_LOCAL_ENTRIES", 5)

    async def work(limits: Limits) -> int:
        for number in range(20):
            await limits.count(f"10.0.0.{number}", 0, 1, 0)
        return len(limits._local)

    assert with_limits(work, AWAY) == 5
