"""The house asks whether the other end is still there, in words that every client can answer."""

from access.sockets.guard import PING_SECONDS
from tests.websocket.listening import Listening


def test_a_ping_is_the_time_as_text(asked: Listening) -> None:
    assert asked.asked.get(timeout=PING_SECONDS * 3).decode().isdigit()
