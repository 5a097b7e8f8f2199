"""What waits on one connection for tokens takes them in one trip to Redis, each in its turn."""

import asyncio
from collections.abc import Callable

import msgspec
from pytest_django import Settings
from redis import Redis

from access.admission import Gate
from access.fields import IntegerField
from access.http import Caller
from access.messages import Head
from access.serializers import StrictSerializer
from access.sockets import frames
from access.sockets.channels import SocketOperation, Values
from access.sockets.connection import MAX_IN_FLIGHT, Connection
from access.sockets.identities import Identity
from access.sockets.protocol import HouseDialect, job_of
from tests.support.waiting import WAIT_S

HEAD = Head("GET", "/ws", "/ws", b"", {}, "127.0.0.1", "http")
MANY = 200


class NumberForm(StrictSerializer):
    number = IntegerField(0, MAX_IN_FLIGHT)


class Wire:
    """What a connection says, and the order in which its requests were carried out."""

    def __init__(self, wanted: int) -> None:
        self.ran: list[int] = []
        self.answers: list[dict[str, object]] = []
        self.all_answered = asyncio.Event()
        self._wanted = wanted

    async def run(self, connection: Connection, values: Values, queued: Callable[[], None]) -> object:
        self.ran.append(values["number"])
        queued()
        return None

    async def write(self, data: bytes) -> None:
        for frame in frames.split(data):
            self.answers.append(msgspec.json.decode(frames.payload_of(frame)))
        if len(self.answers) >= self._wanted:
            self.all_answered.set()

    async def end(self, code: int, reason: str) -> None:
        raise AssertionError(reason)


def trips(redis: Redis) -> int:
    statistics = redis.info("commandstats").get("cmdstat_evalsha", {"calls": 0})
    return int(statistics["calls"])


async def asked(count: int, cost: int) -> Wire:
    """So many requests that have come in before any was answered."""
    wire = Wire(count)
    gate = Gate()
    connection = Connection(gate, HEAD, HouseDialect(), wire.write, wire.end)
    connection.identity = Identity(Caller(7, 0, frozenset(), "127.0.0.1"), "")
    operation = SocketOperation("number", NumberForm, None, wire.run, cost)
    writer = asyncio.create_task(connection.outbox.run())
    for number in range(count):
        connection.take_in(job_of(connection, operation, number, {"number": number}))
    async with asyncio.timeout(WAIT_S):
        await wire.all_answered.wait()
    connection.cease()
    writer.cancel()
    await gate.limits.close()
    return wire


def test_many_that_wait_share_a_few_trips_and_keep_their_order(redis: Redis) -> None:
    before = trips(redis)
    wire = asyncio.run(asked(MANY, 1))
    assert wire.ran == list(range(MANY))
    assert all(answer["ok"] for answer in wire.answers)
    assert 0 < trips(redis) - before <= 5


def test_the_first_get_what_is_left_and_the_others_are_refused(redis: Redis, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": (200, 1000), "user": (50, 200)}
    wire = asyncio.run(asked(MAX_IN_FLIGHT, 100))
    assert wire.ran == list(range(len(wire.ran)))
    assert 0 < len(wire.ran) < MAX_IN_FLIGHT
    refused = [answer for answer in wire.answers if not answer["ok"]]
    assert len(refused) == MAX_IN_FLIGHT - len(wire.ran)
    assert {answer["error"]["code"] for answer in refused} == {"RATE_LIMITED"}  # type: ignore[index]
