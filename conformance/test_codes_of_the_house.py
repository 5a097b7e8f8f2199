"""Numbers that a client gets because of the whole house: its limits, an engine that is full, slow or away."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ccxt
import pytest
import redis

from conformance.clients import ccxt_of
from conformance.house import House, environment_of
from conformance.quiet import SYMBOL
from exchange.queue import MAX_QUEUE_LENGTH, stream_key

_FILL = "for _ = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', 'c', '', 'made', 'up') end"
_EMPTY = """
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  if entry[2][3] == 'made' then redis.call('XDEL', KEYS[1], entry[1]) end
end
"""
ADDRESSES = iter(f"203.0.113.{number}" for number in range(1, 200))


@pytest.fixture(scope="module")
def strict(house: House) -> Iterator[str]:
    """The URL of a web process with low limits, behind a proxy of ours, so that each test has an address."""
    limits = "weight=60,orders_10s=3,orders_1d=1000"
    with house.another_web(BALLAST_BINANCE_LIMITS=limits, BALLAST_TRUSTED_PROXY_HOPS="1") as url:
        yield url


def client_from(url: str, house: House, name: str, address: str = "") -> Any:
    headers = {"X-Forwarded-For": address or next(ADDRESSES)}
    return ccxt_of(url, house.people[name], headers=headers)


def asked_until(text: str, work: Callable[[], object], times: int = 100) -> Exception:
    """The first refusal that says so."""
    for _ in range(times):
        try:
            work()
        except (ccxt.ExchangeError, ccxt.NetworkError) as error:
            refusal: Exception = error
            if text in str(refusal):
                return refusal
    raise AssertionError(f"never {text}")


def test_too_much_weight_is_429_and_going_on_is_a_ban(strict: str, house: House) -> None:
    client = client_from(strict, house, "olga")
    refused = asked_until(" 429 ", client.publicGetPing)
    assert type(refused) is ccxt.DDoSProtection
    assert '"code":-1003,"msg":"Too much request weight used; current limit is 60' in str(refused)
    assert int(client.last_response_headers["Retry-After"]) > 0
    banned = asked_until(" 418 ", client.publicGetPing)
    assert type(banned) is ccxt.DDoSProtection
    assert '"code":-1003,"msg":"Way too much request weight used; IP banned until ' in str(banned)
    assert client_from(strict, house, "olga").publicGetPing() == {}, "somebody else's address goes on"


def test_the_weight_is_told_with_every_answer(house: House) -> None:
    client = ccxt_of(house.url)
    client.publicGetPing()
    first = int(client.last_response_headers["X-Mbx-Used-Weight-1m"])
    client.publicGetPing()
    assert int(client.last_response_headers["X-Mbx-Used-Weight-1m"]) > first >= 1


def test_too_many_orders(strict: str, house: House) -> None:
    client = client_from(strict, house, "olga")
    client.load_markets()
    refused = asked_until("-1015", lambda: client.create_order(SYMBOL, "limit", "buy", 0.1, 1000), 5)
    assert type(refused) is ccxt.DDoSProtection
    assert "Too many new orders; current limit is 3 orders per 10 SECOND." in str(refused)
    other = client_from(house.url, house, "olga")
    other.cancel_all_orders(SYMBOL)


@pytest.mark.kills
def test_an_engine_that_is_slow_and_one_that_is_away(house: House, anna: Any) -> None:
    with held(house):
        with pytest.raises(ccxt.RequestTimeout, match="-1007"):
            anna.create_order(SYMBOL, "limit", "buy", 0.1, 1000)
        with pytest.raises(ccxt.OperationFailed, match="-1001"):
            anna.create_order(SYMBOL, "limit", "buy", 0.1, 1001)
    assert anna.fetch_ticker("BTC/USDB")["last"] > 0


@pytest.mark.kills
def test_a_queue_that_is_full(house: House, anna: Any) -> None:
    anna.load_markets()
    url = environment_of(house.process("web"))["REDIS_URL"]
    with redis.Redis.from_url(url) as client, held(house):
        client.eval(_FILL, 1, stream_key(0), MAX_QUEUE_LENGTH)  # at once: soon the engine counts as away
        try:
            with pytest.raises(ccxt.OperationFailed, match="-1008"):
                anna.create_order(SYMBOL, "limit", "buy", 0.1, 1000)
        finally:
            client.eval(_EMPTY, 1, stream_key(0))


@contextmanager
def held(house: House) -> Iterator[None]:
    """The engine does not move meanwhile."""
    engine = house.process("engine")
    os.kill(engine, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(engine, signal.SIGCONT)
