"""TLS to a PostgreSQL for programs that speak none: a socket in a private folder, and TLS from there on.

The wheel's pg_dump is built without OpenSSL, and hosted servers demand TLS.
"""

import asyncio
import shutil
import ssl
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from config.backups.database import Database
from config.backups.errors import BackupError

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_PIECE = 65_536
_SECONDS = 10.0


@contextmanager
def tunnel_to(database: Database) -> Iterator[Database]:
    """The same database by a socket here, while the block lasts. Nobody else on this machine reaches it."""
    folder = tempfile.mkdtemp(prefix="ballast-tls-")  # readable by its owner alone
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="tunnel", daemon=True)
    thread.start()
    path = f"{folder}/.s.PGSQL.{database.port}"
    carrier = _Carrier(database, context_of(database))
    try:
        starting = asyncio.run_coroutine_threadsafe(asyncio.start_unix_server(carrier.carry, path), loop)
        server = starting.result(_SECONDS)
        try:
            yield replace(database, host=folder, sslmode="", sslrootcert="")
        finally:
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(_end(server), loop).result(_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


async def _end(server: asyncio.Server) -> None:
    """Whatever is still carried ends with it."""
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def context_of(database: Database) -> ssl.SSLContext:
    """As libpq understands sslmode: `require` encrypts, `verify-ca` and `verify-full` ask who it is."""
    context = ssl.create_default_context(cafile=_authorities(database))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = database.sslmode == "verify-full"
    if not database.sslmode.startswith("verify-"):
        context.verify_mode = ssl.CERT_NONE
    return context


def _authorities(database: Database) -> str | None:
    return None if database.sslrootcert in ("", "system") else database.sslrootcert


class _Carrier:
    def __init__(self, database: Database, context: ssl.SSLContext) -> None:
        self._database = database
        self._context = context

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a program, until either side ends it."""
        try:
            far_reader, far_writer = await asyncio.wait_for(self._reach(), _SECONDS)
        except (OSError, ssl.SSLError, TimeoutError, BackupError, asyncio.IncompleteReadError):
            writer.close()
            return
        try:
            ways = (_pump(reader, far_writer), _pump(far_reader, writer))
            tasks = [asyncio.ensure_future(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            far_writer.close()
            writer.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(self._database.host, self._database.port)
        writer.write(_SSL_REQUEST)
        await writer.drain()
        if await reader.readexactly(1) != b"S":
            writer.close()
            raise BackupError("The server speaks no TLS.")
        await writer.start_tls(self._context, server_hostname=self._database.host)
        return reader, writer


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
