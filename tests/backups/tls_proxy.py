"""A server that demands TLS in front of a PostgreSQL that speaks none, as hosted databases do."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")


@dataclass(slots=True)
class TlsProxy:
    """`refused` counts who spoke without TLS."""

    socket: str
    context: ssl.SSLContext
    port: int = 0
    carried: int = 0
    refused: int = 0
    speaks_tls: bool = True
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readexactly(8) != _SSL_REQUEST:
            self.refused += 1
            writer.close()
            return
        writer.write(b"S" if self.speaks_tls else b"N")
        await writer.drain()
        if not self.speaks_tls:
            writer.close()
            return
        with suppress(ssl.SSLError, OSError):
            await writer.start_tls(self.context)
            near_reader, near_writer = await asyncio.open_unix_connection(self.socket)
            self.carried += 1
            await asyncio.gather(_pump(reader, near_writer), _pump(near_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()


@contextmanager
def demanding_tls(socket: str, context: ssl.SSLContext) -> Iterator[TlsProxy]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = TlsProxy(socket, context)
    starting = asyncio.run_coroutine_threadsafe(asyncio.start_server(proxy.serve, "127.0.0.1", 0), loop)
    server = starting.result(10)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
