"""The Channels consumer that holds a connection's wire. What is said over it is the connection's affair."""

import asyncio
from contextlib import suppress
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from uvicorn.protocols.utils import ClientDisconnected

from access.errors import DomainError
from access.http import refusal
from access.meters import SOCKET_CLOSES
from access.sockets import frames
from access.sockets.census import census
from access.sockets.connection import Connection
from access.sockets.dialect import Dialect
from access.sockets.guard import FAREWELL, FRAMES

UNSUPPORTED_DATA, NEVER_OPENED = 1003, 1006
GATE, HEAD = "ballast.gate", "ballast.head"  # the scope's names under which the front door hands them over


class SocketConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """A path's consumer says with `open_dialect` what is spoken there, and with `refuse_early` how somebody
    is turned away before there is a connection."""

    _connection: Connection | None = None
    _writer: asyncio.Task[None] | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the hop into a thread that Channels makes before each message: nothing here has a database
        connection."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def open_dialect(self) -> Dialect:
        """Before the connection is accepted. What it raises turns it away."""
        raise NotImplementedError

    async def refuse_early(self, error: Exception) -> None:
        if not isinstance(error, DomainError):
            raise error
        await deny(self.base_send, error)

    async def begin(self, connection: Connection) -> None:
        """The connection is open, and nothing was read from it."""

    async def connect(self) -> None:
        try:
            dialect = await self.open_dialect()
            connection = Connection(self.scope[GATE], self.scope[HEAD], dialect, self._write, self._end)
            census.enter(connection)
        except Exception as error:  # noqa: BLE001 (the path's own refusals too)
            await self.refuse_early(error)
            return
        self._connection = connection
        connection.begin_work()
        extension = self.scope["extensions"].get(FRAMES)
        if extension is not None:
            extension[FAREWELL] = dialect.shutdown
        try:
            await self.accept()
            welcome = dialect.welcome(connection)
            if welcome is not None:
                connection.send(welcome)
            await self.begin(connection)
        except BaseException:  # who has left before he was let in is not said to disconnect
            await self.disconnect(NEVER_OPENED)
            raise
        self._writer = asyncio.create_task(self._run_writer(connection), name="socket writer")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        connection = self._connection
        if connection is None or connection.is_closing:
            return
        if text_data is None:
            connection.close(UNSUPPORTED_DATA, "send text")
        else:
            await connection.dialect.receive(connection, text_data)

    async def disconnect(self, code: int) -> None:
        if self._connection is not None:
            self._connection.cease()
            census.leave(self._connection)
        if self._writer is not None:
            self._writer.cancel()

    async def _run_writer(self, connection: Connection) -> None:
        with suppress(ClientDisconnected):
            await connection.outbox.run()

    async def _write(self, data: bytes) -> None:
        if FRAMES in self.scope["extensions"]:
            await self.base_send({"type": "websocket.send", "frames": data})
        else:  # another server than ours: one by one, as text
            for frame in frames.split(data):
                await self.base_send({"type": "websocket.send", "text": frames.payload_of(frame).decode()})

    async def _end(self, code: int, reason: str) -> None:
        SOCKET_CLOSES.labels(str(code)).inc()
        with suppress(ClientDisconnected, RuntimeError):  # it has closed by itself
            await self.base_send({"type": "websocket.close", "code": code, "reason": reason})


async def deny(send: Any, error: DomainError) -> None:
    """Before the connection is accepted: the same answer as to any request of HTTP."""
    response = refusal(error, "")
    headers = [(name.lower().encode(), value.encode()) for name, value in response.headers.items()]
    await send({"type": "websocket.http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": response.content})
