"""The house asks whether the other end is still there, in words that every client can answer."""

import queue
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from access.sockets.guard import PING_SECONDS
from tests.api.house import House


class Listening(ClientConnection):
    """Keeps what it is asked."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.asked: queue.Queue[bytes] = queue.Queue()
        super().__init__(*arguments, **options)

    def process_event(self, event: Any) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.asked.put(bytes(event.data))
        super().process_event(event)


def test_a_ping_is_the_time_as_text(house: House) -> None:
    url = f"{house.url.replace('http', 'ws', 1)}/ws/v1/"
    with connect(url, create_connection=Listening, ping_interval=None) as wire:
        assert isinstance(wire, Listening)
        assert wire.asked.get(timeout=PING_SECONDS * 2).decode().isdigit()
