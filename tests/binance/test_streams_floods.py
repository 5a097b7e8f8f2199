"""What one stranger may cost everybody else: connections, names that lead nowhere, guesses at listen keys."""

import os
import secrets
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from websockets.exceptions import InvalidStatus

from tests.api.house import House
from tests.binance.stream_client import NARROW, enter, streams
from tests.support.waiting import until

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


@pytest.mark.parametrize("path", ["/ws", "/stream?streams=btcusdb@trade", "/ws-api/v3"])
def test_too_many_connections_are_refused_in_binances_words(narrow: str, path: str) -> None:
    with ExitStack() as stack:
        for _ in range(NARROW):
            until(lambda: enter(stack, narrow, path))
        with pytest.raises(InvalidStatus) as turned_away:
            stack.enter_context(streams(narrow, path))
    response = turned_away.value.response
    assert response.status_code == 429
    assert response.headers["retry-after"] == "1"
    assert response.body == b'{"code":-1003,"msg":"Too many connections."}'


def test_a_thousand_names_that_lead_nowhere_are_refused_together(house: House) -> None:
    before = processor_seconds(house.web.pid)
    with streams(house, "/ws") as socket:
        for _ in range(8):
            names = [f"{secrets.token_hex(4)}@trade" for _ in range(1_000)]
            answer = socket.ask("SUBSCRIBE", ["btcusdb@trade", *names])
            assert answer["error"]["msg"] == f"Invalid request: unknown stream `{names[0]}`"
        assert socket.ask("LIST_SUBSCRIPTIONS")["result"] == []
    assert processor_seconds(house.web.pid) - before < 1.0


def test_nobody_tries_many_listen_keys_at_once(house: House) -> None:
    with redis.Redis.from_url(house.servers.redis_url) as server:
        before = server.info("clients")["connected_clients"]
        with streams(house, "/ws") as socket:
            answer = socket.ask("SUBSCRIBE", [secrets.token_hex(32) for _ in range(900)])
            assert answer["error"] == {"code": -1130, "msg": "A request asks for at most 16 listen keys."}
            for _ in range(6):
                answer = socket.ask("SUBSCRIBE", [secrets.token_hex(32) for _ in range(16)])
                assert answer["error"]["code"] == -1125
        assert server.info("clients")["connected_clients"] <= before + 16
