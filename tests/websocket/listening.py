"""A connection that answers pings, as every client does, and keeps what it was asked."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from tests.api.house import House
from tests.websocket.client import url_of


class Listening(ClientConnection):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.asked: queue.Queue[bytes] = queue.Queue()
        super().__init__(*arguments, **options)

    def process_event(self, event: Any) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.asked.put(bytes(event.data))
        super().process_event(event)


@contextmanager
def asked_by(house: House) -> Iterator[Listening]:
    with connect(url_of(house.url), create_connection=Listening, ping_interval=None) as wire:
        assert isinstance(wire, Listening)
        yield wire
