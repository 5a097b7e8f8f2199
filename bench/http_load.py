"""A load of prepared HTTP requests: each connection sends its next one as soon as an answer is whole."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any

OK = b"HTTP/1.1 200"


class Connection(asyncio.Protocol):
    def __init__(
        self,
        requests: Iterator[bytes],
        until: float,
        latencies: list[float],
        bad: list[bytes],
        good: bytes = OK,
    ) -> None:
        self.requests, self.until, self.latencies, self.bad, self.good = requests, until, latencies, bad, good
        self.done = asyncio.get_running_loop().create_future()
        self.received = b""
        self.missing = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._next()

    def _next(self) -> None:
        self.sent = time.perf_counter()
        request = next(self.requests, None)
        if request is None or self.sent >= self.until:
            self.transport.close()
            return
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.missing:
            self.missing -= len(data)
            if self.missing > 0:
                return
        else:
            self.received += data
            head, separator, body = self.received.partition(b"\r\n\r\n")
            if not separator:
                return
            self.missing = content_length(head) - len(body)
            if self.missing > 0:
                return
        self._whole()

    def _whole(self) -> None:
        self.missing = 0
        self.latencies.append(time.perf_counter() - self.sent)
        if not self.received.startswith(self.good):
            self.bad.append(self.received)
        self.received = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def load(
    port: int, clients: Sequence[Iterator[bytes]], seconds: float, good: bytes = OK
) -> list[float]:
    """Seconds of each answer. Every answer must be `good`. Clients may share one iterator."""
    latencies: list[float] = []
    bad: list[bytes] = []
    until = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    ends = []
    for requests in clients:
        _, client = await loop.create_connection(
            lambda requests=requests: Connection(requests, until, latencies, bad, good),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        ends.append(client.done)
    await asyncio.gather(*ends)
    if bad:
        raise RuntimeError(f"{len(bad)} of {len(latencies)} answers were refusals: {bad[0]!r}")
    return latencies


async def wait_until_served(port: int) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("the server did not start")
