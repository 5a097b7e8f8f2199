"""A client of the socket as a careful customer writes one."""

import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from access.signing import sign_request
from tests.api.people import Trader

WAIT_SECONDS = 20.0
PATH = "/ws/v1/"

Frame = dict[str, Any]


class Socket:
    """One connection. What comes and is no answer stands in `heard`, in its order."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire
        self.heard: list[Frame] = []
        self.answers: dict[object, Frame] = {}
        self._numbers = itertools.count(1)

    def send(self, **members: Any) -> None:
        self.wire.send(json.dumps(members))

    def hear(self) -> Frame:
        """The next frame, whatever it is."""
        frame: Frame = json.loads(self.wire.recv(timeout=WAIT_SECONDS))
        if "ok" in frame:
            self.answers[frame["id"]] = frame
        else:
            self.heard.append(frame)
        return frame

    def ask(self, op: str, **members: Any) -> Frame:
        """The answer to a request."""
        number = next(self._numbers)
        self.send(op=op, id=number, **members)
        return self.answer_to(number)

    def answer_to(self, number: object) -> Frame:
        while number not in self.answers:
            self.hear()
        return self.answers.pop(number)

    def do(self, op: str, **members: Any) -> Any:
        """The result of a request that succeeds."""
        answer = self.ask(op, **members)
        assert answer["ok"], answer
        return answer["result"]

    def refusal(self, op: str, **members: Any) -> str:
        """The code of a request that is refused."""
        answer = self.ask(op, **members)
        assert not answer["ok"], answer
        return str(answer["error"]["code"])

    def wait_for(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The first frame, of those heard already too, that is wanted."""
        for place in itertools.count():
            while place >= len(self.heard):
                self.hear()
            if wanted(self.heard[place]):
                return self.heard[place]
        raise AssertionError

    def wait_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.heard[-3:]
            try:
                self.wire_hear(0.05)
            except TimeoutError:
                continue

    def wire_hear(self, seconds: float) -> None:
        frame: Frame = json.loads(self.wire.recv(timeout=seconds))
        if "ok" in frame:
            self.answers[frame["id"]] = frame
        else:
            self.heard.append(frame)

    def closed_with(self) -> int:
        """The code that the server closes with."""
        with suppress(ConnectionClosed):
            self.wait_for(lambda _: False)
        assert self.wire.close_code is not None
        return self.wire.close_code


def listen(socket: Socket, seconds: float) -> None:
    """To whatever comes in that time."""
    until = time.monotonic() + seconds
    socket.wait_until(lambda: time.monotonic() > until)


def url_of(house_url: str, path: str = PATH) -> str:
    return house_url.replace("http://", "ws://") + path


@contextmanager
def opened(house_url: str, *, path: str = PATH, **options: Any) -> Iterator[Socket]:
    """Whatever waits to be heard, so is the end: a queue that is full would keep it out for ten seconds."""
    target = url_of(house_url, path)
    with connect(target, open_timeout=WAIT_SECONDS, max_size=None, max_queue=None, **options) as wire:
        yield Socket(wire)


def signature(trader: Trader, *, age_ms: int = 0, nonce: str | None = None, target: str = PATH) -> Frame:
    """The members of an auth."""
    headers = sign_request(
        key=trader.key,
        secret=trader.secret,
        method="GET",
        target=target,
        timestamp_ms=time.time_ns() // 1_000_000 - age_ms,
        nonce=nonce or secrets.token_hex(8),
    )
    return {
        "key": headers["X-API-KEY"],
        "timestamp": int(headers["X-TIMESTAMP"]),
        "nonce": headers["X-NONCE"],
        "signature": headers["X-SIGNATURE"],
    }


@contextmanager
def speaking_for(house_url: str, trader: Trader) -> Iterator[Socket]:
    with opened(house_url) as socket:
        socket.do("auth", **signature(trader))
        yield socket
