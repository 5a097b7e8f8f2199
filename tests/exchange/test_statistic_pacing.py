"""Tickers and candles are looked at when they may have changed, not too often, and only for listeners.

The clock is the test's own: `tick` is told the time.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from access.sockets.frames import Frame, payload_of, split
from access.sockets.outbox import Outbox, Subscription
from exchange.feeds.statistics import Content, Statistic, StatisticSubscription

PAUSE_S, STALE_S = 1.0, 30.0
Scenario = Callable[["Desk"], Awaitable[None]]


class Listener(Subscription):
    """Keeps what it is sent."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__(outbox)
        self.heard: list[dict[str, Any]] = []

    def send(self, frame: Frame) -> None:
        self.heard += [json.loads(payload_of(one)) for one in split(frame)]

    @property
    def kinds(self) -> list[str]:
        return [str(one["type"]) for one in self.heard]


class Desk:
    """A statistic of a price that the test sets, and how often somebody has looked."""

    def __init__(self) -> None:
        self.price = 100
        self.looks = 0
        self.is_broken = False
        self.statistic = Statistic({"channel": "ticker"}, self.look, pause_s=PAUSE_S, stale_s=STALE_S)

    async def look(self) -> Content:
        self.looks += 1
        if self.is_broken:
            raise OSError("the database is away")
        return {"price": self.price}

    def listener(self) -> Listener:
        return Listener(Outbox(_nowhere, lambda: None))

    async def tick(self, now: float) -> int:
        """Looks so far, once what this tick began is done."""
        self.statistic.tick(now)
        for _ in range(3):
            await asyncio.sleep(0)
        return self.looks


async def _nowhere(data: bytes) -> None:
    """Nobody reads it."""


def run(scenario: Scenario) -> None:
    async def work() -> None:
        await scenario(Desk())

    asyncio.run(work())


def test_nobody_listens_so_nobody_looks() -> None:
    async def scenario(desk: Desk) -> None:
        desk.statistic.note_change()
        assert await desk.tick(0) == 0
        assert await desk.tick(1_000) == 0

    run(scenario)


def test_the_first_listener_is_answered_at_once_with_a_snapshot() -> None:
    async def scenario(desk: Desk) -> None:
        listener = desk.listener()
        desk.statistic.topic.join(listener)
        assert await desk.tick(0) == 1
        assert listener.kinds == ["snapshot"]
        assert (listener.heard[0]["channel"], listener.heard[0]["price"]) == ("ticker", 100)

    run(scenario)


def test_a_change_is_looked_at_when_the_pause_is_over() -> None:
    async def scenario(desk: Desk) -> None:
        listener = desk.listener()
        desk.statistic.topic.join(listener)
        await desk.tick(0)
        desk.price = 101
        desk.statistic.note_change()
        assert await desk.tick(0.5) == 1
        assert await desk.tick(0.99) == 1
        assert await desk.tick(PAUSE_S) == 2
        assert listener.kinds == ["snapshot", "update"]
        assert listener.heard[-1]["price"] == 101

    run(scenario)


def test_a_hundred_changes_in_a_pause_are_one_look() -> None:
    async def scenario(desk: Desk) -> None:
        desk.statistic.topic.join(desk.listener())
        await desk.tick(0)
        for hundredth in range(1, 101):
            desk.price += 1
            desk.statistic.note_change()
            await desk.tick(hundredth / 100)
        assert desk.looks == 2

    run(scenario)


def test_without_a_change_time_alone_makes_it_stale() -> None:
    async def scenario(desk: Desk) -> None:
        listener = desk.listener()
        desk.statistic.topic.join(listener)
        await desk.tick(0)
        assert await desk.tick(STALE_S - 0.1) == 1
        assert await desk.tick(STALE_S) == 2
        assert listener.kinds == ["snapshot"]  # what is as it was is not said again

    run(scenario)


def test_who_comes_later_gets_what_is_known_without_a_look() -> None:
    async def scenario(desk: Desk) -> None:
        desk.statistic.topic.join(desk.listener())
        await desk.tick(0)
        later = desk.listener()
        desk.statistic.topic.join(later)
        desk.statistic.send_to(later)
        assert (desk.looks, later.kinds) == (1, ["snapshot"])

    run(scenario)


def test_a_look_that_fails_is_repeated_after_the_pause() -> None:
    async def scenario(desk: Desk) -> None:
        listener = desk.listener()
        desk.statistic.topic.join(listener)
        await desk.tick(0)
        desk.is_broken, desk.price = True, 105
        desk.statistic.note_change()
        assert await desk.tick(1) == 2
        assert await desk.tick(1.5) == 2
        desk.is_broken = False
        assert await desk.tick(2) == 3  # though nobody has said again that there was a change
        assert [one["price"] for one in listener.heard] == [100, 105]

    run(scenario)


def test_when_the_last_listener_goes_nothing_old_is_kept_for_the_next() -> None:
    async def scenario(desk: Desk) -> None:
        first, second = desk.listener(), desk.listener()
        desk.statistic.topic.join(first)
        await desk.tick(0)
        desk.statistic.topic.leave(first)
        await desk.tick(0.1)
        desk.price = 90
        desk.statistic.topic.join(second)
        desk.statistic.send_to(second)
        assert second.heard == []
        assert await desk.tick(0.2) == 2  # at once: nobody knows it
        assert [(one["type"], one["price"]) for one in second.heard] == [("snapshot", 90)]

    run(scenario)


def test_only_one_look_is_under_way() -> None:
    async def scenario(desk: Desk) -> None:
        desk.statistic.topic.join(desk.listener())
        for moment in range(100):
            desk.statistic.note_change()
            desk.statistic.tick(float(moment))  # no look has had a chance to end
        await asyncio.sleep(0)
        assert desk.looks == 1

    run(scenario)


def test_a_subscription_joins_and_leaves() -> None:
    async def scenario(desk: Desk) -> None:
        subscription = StatisticSubscription(Outbox(_nowhere, lambda: None), desk.statistic)
        subscription.begin()
        assert desk.statistic.topic
        subscription.close()
        assert not desk.statistic.topic
        assert await desk.tick(1) <= 1

    run(scenario)
