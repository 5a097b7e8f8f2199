"""Market data over the websocket API: the same as over HTTP, method by method."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.house import House
from tests.binance.api_socket import ApiSocket, opened
from tests.binance.house import FREE_SYMBOL, SYMBOL, Trader
from tests.binance.trades import Sweep, seen, sweep

BOTH = [FREE_SYMBOL, SYMBOL]
# The method, its line of HTTP, and parameters of either.
SAME: list[tuple[str, str, dict[str, Any]]] = [
    ("ping", "ping", {}),
    ("exchangeInfo", "exchangeInfo", {"symbol": SYMBOL}),
    ("exchangeInfo", "exchangeInfo", {"symbols": BOTH}),
    ("exchangeInfo", "exchangeInfo", {"permissions": ["SPOT"], "showPermissionSets": False}),
    ("depth", "depth", {"symbol": FREE_SYMBOL, "limit": 5}),
    ("trades.recent", "trades", {"symbol": FREE_SYMBOL, "limit": 3}),
    ("trades.aggregate", "aggTrades", {"symbol": FREE_SYMBOL, "fromId": 1, "limit": 3}),
    ("klines", "klines", {"symbol": FREE_SYMBOL, "interval": "1d", "timeZone": "-1:00"}),
    ("uiKlines", "uiKlines", {"symbol": FREE_SYMBOL, "interval": "1M", "limit": 1}),
    ("avgPrice", "avgPrice", {"symbol": FREE_SYMBOL}),
    ("ticker.24hr", "ticker/24hr", {"symbols": BOTH, "type": "MINI"}),
    ("ticker.tradingDay", "ticker/tradingDay", {"symbol": FREE_SYMBOL, "timeZone": "8"}),
    ("ticker", "ticker", {"symbols": BOTH, "windowSize": "7d"}),
    ("ticker.price", "ticker/price", {"symbols": BOTH}),
    ("ticker.book", "ticker/bookTicker", {}),
]
MOVES = {"serverTime", "openTime", "closeTime", "lastUpdateId"}  # with the clock, or with any command


@pytest.fixture
def socket(house: House) -> Iterator[ApiSocket]:
    with opened(house.url) as socket:
        yield socket


@pytest.fixture
def swept(alice: Trader, bob: Trader) -> Sweep:
    bob.person.fund(DOT="100")
    return sweep(alice, bob)


def still(content: Any) -> Any:
    if isinstance(content, list):
        return [still(one) for one in content]
    if isinstance(content, dict):
        return {name: value for name, value in content.items() if name not in MOVES}
    return content


def test_each_method_says_what_its_line_says(client: httpx.Client, socket: ApiSocket, swept: Sweep) -> None:
    for method, path, params in SAME:
        symbol = params.get("symbol")
        over_http = seen(client, f"/api/v3/{path}", **{**params, "symbol": symbol})
        assert still(socket.do(method, **params)) == still(over_http), method
    assert set(socket.do("time")) == {"serverTime"}


def test_history_is_for_those_with_a_key(socket: ApiSocket, reader: Trader, swept: Sweep) -> None:
    params = {"symbol": FREE_SYMBOL, "fromId": swept.ids[0]}
    found = socket.do("trades.historical", **params, apiKey=reader.key)
    assert [one["id"] for one in found] == swept.ids
    assert socket.ask("trades.historical", **params)["status"] != 200


@pytest.mark.parametrize(
    ("method", "params", "number"),
    [
        ("depth", {}, -1102),
        ("depth", {"symbol": "NOPE"}, -1121),
        ("klines", {"symbol": SYMBOL, "interval": "7m"}, -1120),
        ("ticker.24hr", {"symbol": SYMBOL, "symbols": [SYMBOL]}, -1128),
        ("ticker.price", {"symbols": []}, -1105),
        ("ticker.price", {"symbols": [1]}, -1100),
        ("ticker", {}, -1102),
    ],
)
def test_refusals_are_the_same(socket: ApiSocket, method: str, params: dict[str, Any], number: int) -> None:
    answer = socket.ask(method, **params)
    assert (answer["status"], answer["error"]["code"]) == (400, number)
