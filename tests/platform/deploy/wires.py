"""What platforms put in front of servers: TLS with certificates of their own, a router before the house.

All wires of a test run in one event loop in a thread of its own.
"""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.platform.processes import free_port

_SSL_REQUEST = (80877103).to_bytes(4, "big")
_PIECE = 64 * 1024
_MOMENT_SECONDS = 0.2
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def self_signed(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate that signs itself, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime.now(UTC) - timedelta(days=1))
    builder = builder.not_valid_after(datetime.now(UTC) + timedelta(days=2)).add_extension(names, False)
    file = folder / f"{name}.pem"
    file.write_bytes(
        builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


class Wires:
    """Servers of one event loop, until `close`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wires", daemon=True)
        self._thread.start()

    def listen(self, serve: Serve, context: ssl.SSLContext | None = None) -> int:
        port = free_port()
        self._do(asyncio.start_server(serve, "127.0.0.1", port, ssl=context))
        return port

    def redis(self, context: ssl.SSLContext, target: int) -> int:
        return self.listen(lambda reader, writer: join(reader, writer, target), context)

    def postgres(self, context: ssl.SSLContext, target: int) -> int:
        """Whoever does not ask for TLS is turned away."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked = await reader.read(8)
            if asked[4:] != _SSL_REQUEST:
                writer.close()
                return
            writer.write(b"S")
            await writer.start_tls(context)
            await join(reader, writer, target)

        return self.listen(serve)

    def close(self) -> None:
        self._do(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
    """Both ways, until one end closes; then both are closed."""
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
    except OSError:
        writer.close()
        return
    await join_streams(pass_on(reader, far_writer), pass_on(far_reader, writer), [writer, far_writer])


async def join_streams(
    there: Coroutine[Any, Any, None], back: Coroutine[Any, Any, None], ends: list[asyncio.StreamWriter]
) -> None:
    """Until one way ends; then the other has a moment for what is still on it, and all is closed."""
    ways = [asyncio.ensure_future(there), asyncio.ensure_future(back)]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait(ways, timeout=_MOMENT_SECONDS)
    for way in ways:
        way.cancel()
    for end in ends:
        end.close()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
