"""Weight over the websocket API: told with each answer, refused with the time to come back, then banned."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from access.sockets.connection import POLICY
from tests.api.house import House
from tests.binance.api_socket import PATH, WAIT_SECONDS, ApiSocket, Frame, refusal_of
from tests.binance.house import SYMBOL
from tests.binance.strict import GRACE, WEIGHT, await_room


@contextmanager
def opened_from(url: str, address: str) -> Iterator[ApiSocket]:
    """A connection of an address of nobody else's."""
    target = url.replace("http://", "ws://") + PATH
    headers = {"X-Forwarded-For": address}
    with connect(target, additional_headers=headers, open_timeout=WAIT_SECONDS) as wire:
        yield ApiSocket(wire)


@pytest.fixture(autouse=True)
def _enough_of_the_minute(house: House) -> None:
    await_room(house)


def test_who_goes_on_past_the_weight_is_refused_then_banned_and_closed(strict_url: str) -> None:
    with opened_from(strict_url, "203.0.113.7") as socket:
        refused = [answer for answer in pings(socket, WEIGHT + GRACE + 10) if answer["status"] != 200]
        first = refused[0]
        assert refusal_of(first)[:2] == (429, -1003)
        data = first["error"]["data"]
        assert 0 < data["retryAfter"] - data["serverTime"] <= 60_000
        assert first["rateLimits"][0]["count"] <= WEIGHT
        assert refusal_of(refused[-1])[:2] == (418, -1003)
        assert socket.closed_with() == POLICY
    with pytest.raises(InvalidStatus) as turned_away, opened_from(strict_url, "203.0.113.7"):
        pass
    assert turned_away.value.response.status_code == 418


def pings(socket: ApiSocket, count: int) -> list[Frame]:
    """Their answers, until the connection is closed."""
    answers: list[Frame] = []
    with suppress(ConnectionClosed):
        answers.extend(socket.ask("ping") for _ in range(count))
    return answers


def test_what_cannot_be_read_has_a_weight_too(strict_url: str) -> None:
    with opened_from(strict_url, "203.0.113.8") as socket:
        for _ in range(WEIGHT - 2):
            assert refusal_of(socket.ask_raw("nonsense"))[1] == -1135
        assert refusal_of(socket.ask("ping"))[1] == -1003


def test_each_answer_says_the_weight_of_the_minute(strict_url: str) -> None:
    with opened_from(strict_url, "203.0.113.9") as socket:
        counts = [socket.ask("depth", symbol=SYMBOL, limit=5)["rateLimits"][0]["count"] for _ in range(2)]
        assert counts == [2 + 5, 2 + 10]
