"""The real Redis behind a wire that breaks as soon as a script has been carried out: its answer is lost."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCRIPT = b"EVALSHA"


@asynccontextmanager
async def lossy_redis(breaks: int, *, after: int = 0) -> AsyncIterator[str]:
    """The path of a socket that answers `after` calls of scripts and then loses the next `breaks` answers."""
    calls = 0

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        upstream = await connect()
        answers = asyncio.create_task(_pour(upstream[0], writer))
        while request := await reader.read(65536):
            upstream[1].write(request)
            calls += _SCRIPT in request
            if _SCRIPT in request and after < calls <= after + breaks:
                answers.cancel()
                await upstream[0].read(1)
                break
        writer.close()
        upstream[1].close()

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "lossy.sock")
        async with await asyncio.start_unix_server(carry, path):
            yield path


async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    url = urlsplit(os.environ["REDIS_URL"])
    if url.scheme == "unix":
        return await asyncio.open_unix_connection(unquote(url.path))
    return await asyncio.open_connection(url.hostname, url.port)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while answer := await reader.read(65536):
        writer.write(answer)
