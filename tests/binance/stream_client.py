"""A client of the streams, as careful customers write one."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.api.house import House

WAIT_SECONDS = 20.0
NARROW = 3  # connections of an address that the fixture `narrow` lets in

Frame = Any


class Streams:
    """One connection. What comes and is no answer stands in `heard`, in its order."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire
        self.heard: list[Frame] = []
        self.answers: dict[object, Frame] = {}
        self._numbers = itertools.count(1)
        self._read = 0

    def send(self, method: str, params: Any = None, number: object = None) -> object:
        number = next(self._numbers) if number is None else number
        members = {"method": method, "id": number}
        self.wire.send(json.dumps(members if params is None else {**members, "params": params}))
        return number

    def ask(self, method: str, params: Any = None, number: object = None) -> Frame:
        """The answer."""
        number = self.send(method, params, number)
        while number not in self.answers:
            self.take(WAIT_SECONDS)
        return self.answers.pop(number)

    def ask_raw(self, text: str) -> Frame:
        """The answer to a message without a usable id."""
        self.wire.send(text)
        while None not in self.answers:
            self.take(WAIT_SECONDS)
        return self.answers.pop(None)

    def take(self, seconds: float) -> None:
        frame = json.loads(self.wire.recv(timeout=seconds))
        if type(frame) is dict and "id" in frame and ("result" in frame or "error" in frame):
            self.answers[frame["id"]] = frame
        else:
            self.heard.append(frame)

    def hear(self) -> Frame:
        """The next event that was not heard yet."""
        while len(self.heard) <= self._read:
            self.take(WAIT_SECONDS)
        self._read += 1
        return self.heard[self._read - 1]

    def wait_for(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The next event that is wanted."""
        while True:
            frame = self.hear()
            if wanted(frame):
                return frame

    def listen(self, seconds: float) -> None:
        """To whatever comes in that time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                self.take(left)

    def closed_with(self) -> int:
        """The code that the server closes with."""
        with suppress(ConnectionClosed):
            while True:
                self.take(WAIT_SECONDS)
        assert self.wire.close_code is not None
        return self.wire.close_code


@contextmanager
def streams(house: House | str, path: str, **options: Any) -> Iterator[Streams]:
    url = house if isinstance(house, str) else house.url
    target = url.replace("http://", "ws://") + path
    with connect(target, open_timeout=WAIT_SECONDS, max_size=None, max_queue=None, **options) as wire:
        yield Streams(wire)


def enter(stack: ExitStack, url: str, path: str) -> bool:
    """Whether it was let in."""
    try:
        stack.enter_context(streams(url, path))
    except InvalidStatus as refused:
        if refused.response.status_code != 429:
            raise
        return False
    return True
