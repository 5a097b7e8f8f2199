"""A machine whose clock is wrong signs by that of the house."""

import time
from typing import Any

import pytest

from ballast_sdk import ApiError, Client, Options
from ballast_sdk import options as clocks
from tests.api.house import House
from tests.api.people import Trader


@pytest.fixture
def wrong_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the SDK alone: a minute behind."""

    class Behind:
        @staticmethod
        def time_ns() -> int:
            return time.time_ns() - 60 * 10**9

    monkeypatch.setattr(clocks, "time", Behind)


def speaking_for(house: House, person: Trader, **options: Any) -> Client:
    return Client(house.url, key=person.key, secret=person.secret, options=Options(**options))


@pytest.mark.usefixtures("wrong_clock")
def test_it_learns_from_a_refusal(house: House, alice: Trader) -> None:
    with speaking_for(house, alice, retries=0) as client:
        assert client.wallet.balances()
        assert 55_000 < client.clock_offset_ms < 65_000


@pytest.mark.usefixtures("wrong_clock")
def test_it_asks_for_the_time(house: House, alice: Trader) -> None:
    with speaking_for(house, alice, retries=0) as client:
        client.synchronize()
        assert 55_000 < client.clock_offset_ms < 65_000
        assert client.wallet.balances()


def test_a_window_is_sent(house: House, alice: Trader) -> None:
    with speaking_for(house, alice, window_ms=70_000) as client, pytest.raises(ApiError) as caught:
        client.wallet.balances()
    assert caught.value.code == "RECV_WINDOW"
