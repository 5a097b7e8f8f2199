"""Many websocket clients in one process: they read frames and only count them.

`-m bench.fanout.subscribers WAY PORT REDIS_URL CLIENTS MESSAGES PID` publishes the messages itself, a few on
the way at a time, waits until every client has each of them, and prints deliveries a second as JSON. PID is
the server's process.
"""

import asyncio
import json
import os
import sys
import time
from base64 import b64encode
from typing import Any

import uvloop

from bench.fanout.publishing import Publish, publisher
from bench.house import cpu_seconds

ON_THE_WAY = 10
_MARK = b'"trade_id"'
_PATIENCE_S = 60


class Subscriber(asyncio.Protocol):
    """`seen` trades have arrived; the mark of each is counted in the stream of bytes."""

    def __init__(self, path: str, hello: bytes) -> None:
        self.path, self.hello = path, hello
        self.seen = 0
        self.rest = b""
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = b64encode(os.urandom(16)).decode()
        lines = [f"GET {self.path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", ""]
        transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        if self.ready.done():
            data = self.rest + data
            self.seen += data.count(_MARK)
            self.rest = data[-len(_MARK) + 1 :]
            return
        if data.startswith(b"HTTP/1.1 101"):
            if self.hello:
                self.transport.write(_masked(self.hello))
            self.ready.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("refused"))


def _masked(text: bytes) -> bytes:
    """A text frame of a client; a mask of zeros leaves the text as it is."""
    assert len(text) < 126
    return bytes((0x81, 0x80 | len(text))) + bytes(4) + text


async def measure(
    path: str,
    hello: bytes,
    port: int,
    clients: int,
    messages: int,
    publish: Publish,
) -> tuple[float, int]:
    """Seconds until everybody has had every message, and how many those were."""
    loop = asyncio.get_running_loop()
    subscribers = []
    for _ in range(clients):
        _, one = await loop.create_connection(lambda: Subscriber(path, hello), "127.0.0.1", port)
        await one.ready
        subscribers.append(one)
    await asyncio.sleep(1.0)  # until the last one is subscribed
    for one in subscribers:
        one.seen = 0
    started_at = time.perf_counter()
    for number in range(messages):
        await publish(number)
        while min(one.seen for one in subscribers) < number + 1 - ON_THE_WAY:
            await asyncio.sleep(0.001)
            assert time.perf_counter() < started_at + _PATIENCE_S, "messages were lost"
    while min(one.seen for one in subscribers) < messages:
        await asyncio.sleep(0.001)
        assert time.perf_counter() < started_at + _PATIENCE_S, "messages were lost"
    return time.perf_counter() - started_at, sum(one.seen for one in subscribers)


async def main() -> None:
    way, port, redis_url, clients, messages, pid = sys.argv[1:]
    path, hello, publish = publisher(way, redis_url)
    before = cpu_seconds(int(pid))
    seconds, seen = await measure(path, hello, int(port), int(clients), int(messages), publish)
    cpu_us = (cpu_seconds(int(pid)) - before) / seen * 1e6
    assert seen == int(clients) * int(messages), "a message came twice"
    json.dump({"per_second": seen / seconds, "cpu_us": cpu_us}, sys.stdout)


if __name__ == "__main__":
    uvloop.run(main())
