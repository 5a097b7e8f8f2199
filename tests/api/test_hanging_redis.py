"""Redis is there and does not answer: what needs it says so soon, and the connections are good afterwards."""

import os
import signal
import time

import pytest

from tests.api.house import House
from tests.api.people import Trader, in_parallel, refusal
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.long]
PROMPT_SECONDS = 3.0


def test_a_redis_that_hangs_is_not_waited_for(house: House, alice: Trader) -> None:
    os.kill(house.servers.valkey.pid, signal.SIGSTOP)
    try:
        for path in ("markets/BTC-USDB/book", "orders/by-client-id/lost"):
            began = time.monotonic()
            (answer,) = in_parallel(lambda _, path=path: alice.send("GET", f"/api/v1/{path}"), 1)  # type: ignore[misc]
            assert refusal(answer) == (503, "SERVICE_UNAVAILABLE")
            assert time.monotonic() - began < PROMPT_SECONDS
    finally:
        os.kill(house.servers.valkey.pid, signal.SIGCONT)
        house.await_engine()
    until(lambda: in_parallel(lambda _: alice.try_order(client_order_id="lost"), 1)[0].is_success)
