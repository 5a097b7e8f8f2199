"""The Channels consumer that holds a connection's wire. What is said over it is the connection's affair."""

import asyncio
import time
from contextlib import suppress
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from uvicorn.protocols.utils import ClientDisconnected

from access.errors import DomainError
from access.http import refusal
from access.meters import SOCKET_CLOSES
from access.sockets import frames
from access.sockets.census import census
from access.sockets.connection import (
    CONTROL_RATE,
    MAX_IN_FLIGHT,
    MAX_SUBSCRIPTIONS,
    Connection,
)
from access.sockets.guard import FRAMES, MAX_FRAME_BYTES
from access.sockets.protocol import receive
from access.sockets.watch import HEARTBEAT_SECONDS

UNSUPPORTED_DATA = 1003
GATE, HEAD = "ballast.gate", "ballast.head"  # the scope's names under which the front door hands them over


class SocketConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    _connection: Connection | None = None
    _writer: asyncio.Task[None] | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the hop into a thread that Channels makes before each message: nothing here has a database
        connection."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        connection = Connection(self.scope[GATE], self.scope[HEAD], self._write, self._end)
        try:
            census.enter(connection)
        except DomainError as error:
            await deny(self.base_send, error)
            return
        self._connection = connection
        await self.accept()
        connection.send(frames.encode(_welcome(connection)))
        self._writer = asyncio.create_task(self._run_writer(connection), name="socket writer")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        connection = self._connection
        if connection is None or connection.is_closing:
            return
        if text_data is None:
            connection.close(UNSUPPORTED_DATA, "send text")
        else:
            await receive(connection, text_data)

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


def _welcome(connection: Connection) -> dict[str, object]:
    return {
        "type": "welcome",
        "connection_id": connection.connection_id,
        "time_ms": time.time_ns() // 1_000_000,
        "limits": {
            "frame_bytes": MAX_FRAME_BYTES,
            "subscriptions": MAX_SUBSCRIPTIONS,
            "messages_per_second": CONTROL_RATE[0],
            "orders_in_flight": MAX_IN_FLIGHT,
            "heartbeat_ms": int(HEARTBEAT_SECONDS * 1000),
        },
    }
