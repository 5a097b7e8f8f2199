"""A small HTTP server on this machine that answers with whatever bytes a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
Handler = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def page(body: object, *, status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    """A whole answer: bytes and text as they are, anything else as JSON."""
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    data = text if isinstance(text, bytes) else text.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + data


class Server:
    """`asked` are the paths of the requests, with their queries."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.address = ""

    async def take(self, reader: asyncio.StreamReader) -> str:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.headers.append(dict(line.split(": ", 1) for line in lines[1:] if line))
        self.asked.append(lines[0].split(" ")[1])
        return self.asked[-1]


@asynccontextmanager
async def serving(handler: Handler | bytes, scheme: str = "http") -> AsyncIterator[Server]:
    """`handler` writes the answer, or is the answer to everything."""
    server = Server()
    tasks: set[asyncio.Task[Any]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            path = await server.take(reader)
            if isinstance(handler, bytes):
                writer.write(handler)
            else:
                await handler(path, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            tasks.discard(task)

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    server.address = f"{scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(tuple(tasks), timeout=1)
