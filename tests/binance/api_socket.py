"""A client of the websocket API: requests by id, and the user data events that come between their answers."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.binance.house import Trader

PATH = "/ws-api/v3"
WAIT_SECONDS = 20.0

Frame = dict[str, Any]


class ApiSocket:
    """What is no answer stands in `events` as it came. `who` signs."""

    def __init__(self, wire: ClientConnection, who: Trader | None = None) -> None:
        self.wire = wire
        self.who = who
        self.events: list[Frame] = []
        self._answers: dict[object, Frame] = {}
        self._numbers = itertools.count(1)

    @property
    def signer(self) -> Trader:
        assert self.who is not None
        return self.who

    # Requests.

    def send(self, method: str, params: dict[str, Any] | None = None, number: object = None) -> object:
        """Its id."""
        number = next(self._numbers) if number is None else number
        message = {"id": number, "method": method, **({} if params is None else {"params": params})}
        self.wire.send(json.dumps(message))
        return number

    def send_signed(self, method: str, **params: Any) -> object:
        return self.send(method, self.signer.signed_members(params))

    def ask(self, method: str, **params: Any) -> Frame:
        return self.answer_to(self.send(method, params or None))

    def ask_signed(self, method: str, **params: Any) -> Frame:
        return self.answer_to(self.send_signed(method, **params))

    def do(self, method: str, **params: Any) -> Any:
        """The result of a request without signature."""
        return result_of(self.ask(method, **params))

    def do_signed(self, method: str, **params: Any) -> Any:
        return result_of(self.ask_signed(method, **params))

    def ask_raw(self, text: str) -> Frame:
        """What is answered next."""
        self.wire.send(text)
        while not self._answers:
            self.hear()
        return self._answers.popitem()[1]

    def log_on(self) -> Any:
        return self.do_signed("session.logon")

    def subscribe(self) -> Any:
        """With a signature, as released clients do."""
        return self.do_signed("userDataStream.subscribe.signature")["subscriptionId"]

    # What comes.

    def hear(self, seconds: float = WAIT_SECONDS) -> Frame:
        frame: Frame = json.loads(self.wire.recv(timeout=seconds))
        if "status" in frame:
            self._answers[frame["id"]] = frame
        else:
            self.events.append(frame)
        return frame

    def answer_to(self, number: object) -> Frame:
        while number not in self._answers:
            self.hear()
        return self._answers.pop(number)

    def await_event(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The first event, of those heard already too, that is wanted; without what it is wrapped in."""
        for place in itertools.count():
            while place >= len(self.events):
                self.hear()
            event = unwrapped(self.events[place])
            if wanted(event):
                return event
        raise AssertionError

    def await_report(self, **wanted: Any) -> Frame:
        """The executionReport with these values."""

        def fits(event: Frame) -> bool:
            return event["e"] == "executionReport" and all(event[k] == v for k, v in wanted.items())

        return self.await_event(fits)

    def listen_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.events[-3:]
            with suppress(TimeoutError):
                self.hear(0.05)

    @property
    def reports(self) -> list[Frame]:
        return [event for event in map(unwrapped, self.events) if event["e"] == "executionReport"]

    def closed_with(self) -> int:
        with suppress(ConnectionClosed):
            while True:
                self.hear()
        assert self.wire.close_code is not None
        return self.wire.close_code


def unwrapped(frame: Frame) -> Frame:
    inner: Frame = frame.get("event") or frame.get("data") or frame
    return inner


def result_of(answer: Frame) -> Any:
    assert answer["status"] == 200, answer
    return answer["result"]


def refusal_of(answer: Frame) -> tuple[int, int, str]:
    assert answer["status"] != 200, answer
    return answer["status"], answer["error"]["code"], answer["error"]["msg"]


@contextmanager
def opened(house_url: str, who: Trader | None = None, *, path: str = PATH) -> Iterator[ApiSocket]:
    url = house_url.replace("http://", "ws://") + path
    with connect(url, open_timeout=WAIT_SECONDS, max_size=None) as wire:
        yield ApiSocket(wire, who)


@contextmanager
def listening(house_url: str, who: Trader) -> Iterator[ApiSocket]:
    with opened(house_url, who) as socket:
        socket.subscribe()
        yield socket
