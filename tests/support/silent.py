"""The real Redis behind a wire that falls silent: connections stay open, and nothing comes through."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.lossy import connect


@asynccontextmanager
async def silent_redis() -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """The path of a socket, and what silences the connections there are; those made later are served."""
    pumps: list[asyncio.Task[None]] = []

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await connect()
        pumps.append(asyncio.create_task(pour(upstream[0], writer)))
        pumps.append(asyncio.create_task(pour(reader, upstream[1])))

    def hold() -> None:
        while pumps:
            pumps.pop().cancel()

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "silent.sock")
        async with await asyncio.start_unix_server(carry, path):
            try:
                yield path, hold
            finally:
                hold()
