"""The router of a platform: it ends TLS, says from where and how a request came, and passes websockets on.

What a client says of either itself is dropped. A connection goes to one web process for as long as it lasts.
"""

import asyncio
import itertools
from contextlib import suppress

from tests.platform.deploy.wires import join_streams, pass_on

_SAID_BY_ROUTERS = (b"x-forwarded-proto:", b"x-forwarded-port:")
_UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Router:
    """`targets` are the ports of the web processes that new connections go to."""

    def __init__(self) -> None:
        self.targets: list[int] = []
        self._turns = itertools.count()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = await self._connect()
        if far is None:
            writer.write(_UNAVAILABLE)
            writer.close()
            return
        host = writer.get_extra_info("peername")[0].encode()
        await join_streams(_forward(reader, far[1], host), pass_on(far[0], writer), [writer, far[1]])

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """By turns, past those that do not listen (any more)."""
        targets = list(self.targets)
        first = next(self._turns)
        for number in range(len(targets)):
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", targets[(first + number) % len(targets)])
        return None


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: bytes) -> None:
    """Every head of a kept connection gets what a router says; after an upgrade all passes as it is."""
    with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head[:-4].split(b"\r\n")
            names = [line.lower() for line in lines]
            came = [b"X-Forwarded-For: " + _chain(lines, host), b"X-Forwarded-Proto: https"]
            kept = [
                line
                for line in lines
                if not line.lower().startswith((*_SAID_BY_ROUTERS, b"x-forwarded-for:"))
            ]
            writer.write(b"\r\n".join([first, *kept, *came]) + b"\r\n\r\n")
            if any(name.startswith(b"upgrade:") for name in names):
                await pass_on(reader, writer)
                return
            length = next((int(name[15:]) for name in names if name.startswith(b"content-length:")), 0)
            writer.write(await reader.readexactly(length))
            await writer.drain()


def _chain(lines: list[bytes], host: bytes) -> bytes:
    """What a client claims stands before what the router has seen."""
    said = [line.partition(b":") for line in lines]
    claimed = [value.strip() for name, _, value in said if name.lower() == b"x-forwarded-for"]
    return b", ".join([*claimed, host])
