"""The load's client finds where an answer ends, however it comes, and counts each once."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.http_load import Connection, content_length
from bench.report import figures

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "length"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 17", 17),
        (b"HTTP/1.1 200 OK\r\ncontent-length:0\r\nServer: x", 0),
        (b"HTTP/1.1 200 OK\r\nX-Content-Length: 9\r\nCONTENT-LENGTH:   12  ", 12),
        (b"HTTP/1.1 204 No Content", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain", 0),
    ],
)
def test_the_length_of_a_body_is_read_from_its_head(head: bytes, length: int) -> None:
    assert content_length(head) == length


class Wire(asyncio.Transport):
    """What is written to it is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True


class Client:
    def __init__(self, requests: Iterator[bytes], until: float = float("inf")) -> None:
        self.latencies: list[float] = []
        self.bad: list[bytes] = []
        self.wire = Wire()
        self.connection = Connection(requests, until, self.latencies, self.bad)
        self.connection.connection_made(self.wire)


def in_loop(scenario: Callable[[], None]) -> None:
    async def work() -> None:
        scenario()

    asyncio.run(work())


@pytest.mark.parametrize("size", [1, 2, 7, 19, 38, 60, 1_000])
def test_an_answer_is_whole_however_it_is_cut(size: int) -> None:
    def scenario() -> None:
        client = Client(iter([b"a", b"b", b"c"]))
        for place in range(0, len(OK), size):
            assert client.latencies == []
            client.connection.data_received(OK[place : place + size])
        assert len(client.latencies) == 1
        assert client.wire.written == [b"a", b"b"]
        assert client.bad == []

    in_loop(scenario)


def test_the_next_request_waits_for_the_answer() -> None:
    def scenario() -> None:
        client = Client(iter([b"a", b"b"]))
        assert client.wire.written == [b"a"]
        client.connection.data_received(OK[:-1])
        assert client.wire.written == [b"a"]
        client.connection.data_received(OK[-1:])
        assert client.wire.written == [b"a", b"b"]

    in_loop(scenario)


def test_after_the_last_request_the_connection_is_closed() -> None:
    def scenario() -> None:
        client = Client(iter([b"a"]))
        client.connection.data_received(OK)
        assert client.wire.is_closed
        assert len(client.latencies) == 1

    in_loop(scenario)


def test_when_the_time_is_over_nothing_more_is_sent() -> None:
    def scenario() -> None:
        client = Client(iter([b"a", b"b"]), until=0.0)
        assert client.wire.written == []
        assert client.wire.is_closed

    in_loop(scenario)


def test_an_answer_that_is_not_200_is_kept_as_bad() -> None:
    def scenario() -> None:
        client = Client(iter([b"a", b"b", b"c"]))
        client.connection.data_received(OK)
        client.connection.data_received(CREATED)
        assert client.bad == [CREATED]
        assert len(client.latencies) == 2

    in_loop(scenario)


def test_the_end_of_a_connection_is_told_once() -> None:
    def scenario() -> None:
        client = Client(iter([b"a"]))
        client.connection.connection_lost(None)
        client.connection.connection_lost(OSError())
        assert client.connection.done.done()

    in_loop(scenario)


@pytest.mark.parametrize(
    ("measured", "shown"),
    [
        ([1_000], ("1,000", "1,000 .. 1,000")),
        ([3, 1, 2], ("2", "1 .. 3")),
        ([10_000.4, 20_000.6], ("15,000", "10,000 .. 20,001")),
        ([1_234_567.8, 999.5, 5_000], ("5,000", "1,000 .. 1,234,568")),
    ],
)
def test_figures_are_the_median_and_the_ends(measured: list[float], shown: tuple[str, str]) -> None:
    assert figures(measured) == shown
