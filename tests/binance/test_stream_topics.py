"""A stream's frames are made once for all listeners; who does not read misses what may be missed, or goes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from access.sockets.frames import payload_of, split
from access.sockets.outbox import CONFLATE_BYTES, KEPT_BYTES, Outbox
from exchange.compat.binance.spot.streams.topic import StreamSubscription, StreamTopic

CROWD = 500
NAME = "btcusdb@bookTicker"


@dataclass
class Holder:
    combined: bool


class Client:
    """Reads only once `opened` is set."""

    def __init__(
        self, topic: StreamTopic, *, combined: bool = False, reads: bool = True, name: str = ""
    ) -> None:
        self.written: list[bytes] = []
        self.given_up = 0
        self.opened = asyncio.Event()
        if reads:
            self.opened.set()
        self.outbox = Outbox(self._write, self._give_up)
        self.subscription = StreamSubscription(self.outbox, topic, Holder(combined), name)
        self._task = asyncio.create_task(self.outbox.run())
        self.subscription.begin()

    async def _write(self, data: bytes) -> None:
        await self.opened.wait()
        self.written.append(data)

    def _give_up(self) -> None:
        self.given_up += 1

    @property
    def heard(self) -> list[object]:
        return [json.loads(payload_of(frame)) for data in self.written for frame in split(data)]


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 20))


def test_five_hundred_listeners_get_one_encoding() -> None:
    async def work() -> None:
        topic = StreamTopic(NAME, conflates=False)
        plain = [Client(topic) for _ in range(CROWD)]
        wrapped = [Client(topic, combined=True) for _ in range(CROWD)]
        topic.publish({"u": 1})
        for client in (*plain, *wrapped):
            await client.outbox.flushed()
        assert len({id(client.written[0]) for client in plain}) == 1
        assert len({id(client.written[0]) for client in wrapped}) == 1
        assert plain[0].heard == [{"u": 1}]
        assert wrapped[0].heard == [{"stream": NAME, "data": {"u": 1}}]

    run(work)


def test_a_frame_is_wrapped_with_the_name_that_was_asked_for() -> None:
    """nautilus_trader reads from `@depth@1000ms` what is in the frame."""

    async def work() -> None:
        topic = StreamTopic("btcusdb@depth", conflates=False)
        names = ["btcusdb@depth", "btcusdb@depth@1000ms", "btcusdb@depth@1000ms"]
        clients = [Client(topic, combined=True, name=name) for name in names]
        topic.publish({"u": 1})
        for client in clients:
            await client.outbox.flushed()
        assert [client.heard for client in clients] == [
            [{"stream": name, "data": {"u": 1}}] for name in names
        ]
        assert clients[1].written[0] is clients[2].written[0]

    run(work)


def test_who_comes_is_told_the_latest_or_what_there_is() -> None:
    async def work() -> None:
        topic = StreamTopic(NAME, conflates=True, look=lambda: {"u": 0})
        first = Client(topic)
        topic.publish({"u": 1})
        second = Client(topic)
        for client in (first, second):
            await client.outbox.flushed()
        assert first.heard == [{"u": 0}, {"u": 1}]
        assert second.heard == [{"u": 1}]

    run(work)


def test_who_has_left_is_told_nothing() -> None:
    async def work() -> None:
        topic = StreamTopic(NAME, conflates=True)
        client = Client(topic)
        client.subscription.close()
        topic.publish({"u": 1})
        await asyncio.sleep(0)
        assert client.heard == []
        assert not topic

    run(work)


def test_who_does_not_read_gets_only_the_latest_and_what_is_final() -> None:
    async def work() -> None:
        topic = StreamTopic("btcusdb@kline_1m", conflates=True)
        client = Client(topic, reads=False)
        piece = "x" * 10_000
        count = 3 * CONFLATE_BYTES // len(piece)
        for number in range(count):
            topic.publish({"number": number, "piece": piece}, is_final=number == count // 2)
        await asyncio.sleep(0)
        client.opened.set()
        while client.outbox.conflations and (not client.heard or _number(client.heard[-1]) != count - 1):
            await asyncio.sleep(0.01)
        numbers = [_number(frame) for frame in client.heard]
        assert numbers.count(count // 2) == 1
        assert len(numbers) < count
        assert numbers == sorted(numbers)
        assert not client.given_up

    run(work)


def _number(frame: object) -> int:
    assert isinstance(frame, dict)
    return int(frame["number"])


def test_who_does_not_read_what_counts_is_given_up() -> None:
    async def work() -> None:
        topic = StreamTopic("btcusdb@depth", conflates=False)
        client, reader = Client(topic, reads=False), Client(topic)
        for _ in range(2 * KEPT_BYTES // 10_000):
            topic.publish({"piece": "x" * 10_000})
            await reader.outbox.flushed()
        assert client.given_up == 1
        assert not reader.given_up

    run(work)
