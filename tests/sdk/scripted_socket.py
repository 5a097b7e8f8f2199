"""A websocket server that answers as it was told to, and goes silent or away when it is told to."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from ballast_sdk import Socket, SocketOptions

Frame = dict[str, Any]


def accepted(request: Frame) -> Frame:
    return {"id": request["id"], "ok": True, "result": {"time_ms": 7}}


def refused(request: Frame, code: str, **details: object) -> Frame:
    error = {**details, "code": code, "message": "No.", "field": ""}
    return {"id": request["id"], "ok": False, "error": error}


@dataclass
class House:
    """`answer` says what each request gets (None: nothing). `heard` is what came, of all connections."""

    url: str = ""
    answer: Callable[[Frame], Frame | None] = accepted
    heard: list[Frame] = field(default_factory=list)
    wires: list[ServerConnection] = field(default_factory=list)

    async def serve(self, wire: ServerConnection) -> None:
        self.wires.append(wire)
        await wire.send('{"type": "welcome"}')
        async for text in wire:
            request = json.loads(text)
            self.heard.append(request)
            answer = self.answer(request)
            if answer is not None:
                await wire.send(json.dumps(answer))

    async def tell(self, **frame: object) -> None:
        await self.wires[-1].send(json.dumps(frame))

    async def hang_up(self) -> None:
        self.wires[-1].transport.abort()

    def asked(self, operation: str) -> list[Frame]:
        return [request for request in self.heard if request["op"] == operation]


@asynccontextmanager
async def scripted_house() -> AsyncIterator[House]:
    house = House()
    async with serve(house.serve, "127.0.0.1", 0, compression=None, close_timeout=0.1) as server:
        house.url = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield house


@asynccontextmanager
async def scene(**options: Any) -> AsyncIterator[tuple[House, Socket]]:
    """A house and a socket with a key that is connected to it."""
    chosen = SocketOptions(most_wait_seconds=0.1, **options)
    async with scripted_house() as house, Socket(house.url, key="bk_1", secret="s", options=chosen) as socket:
        yield house, socket
