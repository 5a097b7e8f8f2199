"""A web process's one subscription: each listener hears his own channels, and when they are lost and back."""

import asyncio
import os
from collections.abc import Callable

import pytest
from pytest_django import Settings
from redis import Redis

from access.sockets.wire import Wire
from tests.support.silent import silent_redis


@pytest.fixture(autouse=True)
def _one_redis(redis: Redis, settings: Settings) -> None:
    """The wire's is that of the test, whichever house runs meanwhile."""
    settings.REDIS_URL = os.environ["REDIS_URL"]


class Ear:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def take(self, channel: bytes, data: bytes) -> None:
        self.heard.append(f"{channel.decode()}={data.decode()}")

    def lose(self) -> None:
        self.heard.append("lost")

    def recover(self) -> None:
        self.heard.append("there")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def test_each_listener_hears_his_own_channels(redis: Redis) -> None:
    first, second = Ear(), Ear()

    async def listen() -> None:
        wire = Wire()
        wire.add(("wire-test:a:*", "wire-test:b"), first)
        wire.add(["wire-test:c"], second)
        wire.start()
        await until(lambda: first.heard == second.heard == ["there"])
        for channel in ("a:1", "b", "c", "d", "a:2"):
            redis.publish(f"wire-test:{channel}", "x")
        await until(lambda: "wire-test:a:2=x" in first.heard)
        await wire.stop()

    asyncio.run(listen())
    assert first.heard == ["there", "wire-test:a:1=x", "wire-test:b=x", "wire-test:a:2=x", "lost"]
    assert second.heard == ["there", "wire-test:c=x", "lost"]


def test_a_listener_that_fails_costs_the_others_nothing(redis: Redis) -> None:
    class Broken(Ear):
        def take(self, channel: bytes, data: bytes) -> None:
            raise RuntimeError("a mistake")

    ear = Ear()

    async def listen() -> None:
        wire = Wire()
        wire.add(["wire-test:a"], Broken())
        wire.add(["wire-test:b"], ear)
        wire.start()
        await until(lambda: ear.heard == ["there"])
        redis.publish("wire-test:a", "x")
        redis.publish("wire-test:b", "x")
        await until(lambda: ear.heard == ["there", "wire-test:b=x"])
        await wire.stop()

    asyncio.run(listen())


def test_a_wire_that_falls_silent_is_lost_and_made_anew(redis: Redis, settings: Settings) -> None:
    ear = Ear()

    async def listen() -> None:
        async with silent_redis() as (path, silence):
            settings.REDIS_URL = f"unix://{path}"
            wire = Wire()
            wire.add(["wire-test:c"], ear)
            wire.start()
            await until(lambda: ear.heard == ["there"])
            silence()
            await until(lambda: ear.heard == ["there", "lost", "there"])
            redis.publish("wire-test:c", "x")
            await until(lambda: ear.heard[-1] == "wire-test:c=x")
            await wire.stop()

    asyncio.run(listen())


def test_a_wire_that_is_not_there_yet_is_waited_for_and_that_is_said_once(
    redis: Redis, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    ear, right = Ear(), settings.REDIS_URL

    async def listen() -> None:
        settings.REDIS_URL = "unix:///nowhere/valkey.sock"
        wire = Wire()
        wire.add(["wire-test:c"], ear)
        wire.start()
        await until(lambda: ear.heard.count("lost") > 2)
        settings.REDIS_URL = right
        await until(lambda: ear.heard[-1] == "there")
        await wire.stop()

    asyncio.run(listen())
    said = [one for one in caplog.messages if one.startswith("lost live data")]
    assert len(said) == 1
