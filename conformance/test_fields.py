"""No payload lacks a field that a released client (nautilus_trader) cannot read it without."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from conformance import quiet
from conformance.house import House
from conformance.quiet import PAIR, PRICE, SYMBOL

LIVING = "BTCUSDB"
SECONDS = 30
_FILE = Path(__file__).parent.parent / "tests" / "cases" / "binance_payload_fields.json"
FIELDS: dict[str, dict[str, list[str]]] = json.loads(_FILE.read_text())
# What of the list spot does not serve: lists of orders, listed in docs/binance.md.
NOT_SERVED = {"BinanceSpotOrderOco", "BinanceExchangeFilter"}
# Names of places in an array, and of wrappers whose insides are checked by their own names.
UNNAMED = {"BinanceKline": 12, "BinanceOrderBookDelta": 2}

Read = Callable[[Any], list[dict[str, Any]]]
REST: dict[str, Read] = {
    "BinanceTime": lambda c: [c.publicGetTime()],
    "BinanceDepth": lambda c: [c.publicGetDepth({"symbol": LIVING})],
    "BinanceTrade": lambda c: c.publicGetTrades({"symbol": LIVING}),
    "BinanceAggTrade": lambda c: c.publicGetAggTrades({"symbol": LIVING}),
    "BinanceTicker24hr": lambda c: c.publicGetTicker24hr({}),
    "BinanceTickerBook": lambda c: c.publicGetTickerBookTicker({}),
    "BinanceTickerPrice": lambda c: c.publicGetTickerPrice({}),
    "BinanceSpotAvgPrice": lambda c: [c.publicGetAvgPrice({"symbol": LIVING})],
    "BinanceSpotExchangeInfo": lambda c: [c.publicGetExchangeInfo()],
    "BinanceSpotSymbolInfo": lambda c: c.publicGetExchangeInfo()["symbols"],
    "BinanceRateLimit": lambda c: c.publicGetExchangeInfo()["rateLimits"],
    "BinanceSymbolFilter": lambda c: [
        one for symbol in c.publicGetExchangeInfo()["symbols"] for one in symbol["filters"]
    ],
    "BinanceOrder": lambda c: c.privateGetAllOrders({"symbol": PAIR}),
    "BinanceUserTrade": lambda c: c.privateGetMyTrades({"symbol": PAIR}),
    "BinanceSpotAccountInfo": lambda c: [c.privateGetAccount()],
    "BinanceSpotBalanceInfo": lambda c: c.privateGetAccount()["balances"],
    "BinanceSpotTradeFee": lambda c: c.sapiGetAssetTradeFee(),
    "BinanceListenKey": lambda c: [c.publicPostUserDataStream()],
}
# By the name of the payload: the stream, and where in its message the payload is.
STREAMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "BinanceAggregatedTradeMsg": ("aggTrade", ()),
    "BinanceAggregatedTradeData": ("aggTrade", ("data",)),
    "BinanceCandlestickMsg": ("kline_1m", ()),
    "BinanceCandlestickData": ("kline_1m", ("data",)),
    "BinanceCandlestick": ("kline_1m", ("data", "k")),
    "BinanceOrderBookMsg": ("depth@100ms", ()),
    "BinanceOrderBookData": ("depth@100ms", ("data",)),
    "BinanceSpotOrderBookPartialDepthMsg": ("depth5", ()),
    "BinanceSpotOrderBookPartialDepthData": ("depth5", ("data",)),
    "BinanceQuoteMsg": ("bookTicker", ()),
    "BinanceQuoteData": ("bookTicker", ("data",)),
    "BinanceTickerMsg": ("ticker", ()),
    "BinanceTickerData": ("ticker", ("data",)),
    "BinanceSpotTradeMsg": ("trade", ()),
    "BinanceSpotTradeData": ("trade", ("data",)),
    "BinanceDataMsgWrapper": ("trade", ()),
}
USER = {
    "BinanceSpotAccountUpdateMsg": "outboundAccountPosition",
    "BinanceSpotOrderUpdateData": "executionReport",
    "BinanceSpotUserMsgData": "executionReport",
}
WRAPPED = {"BinanceSpotAccountUpdateWrapper", "BinanceSpotOrderUpdateWrapper", "BinanceSpotUserMsgWrapper"}


def lacking(name: str, payload: dict[str, Any]) -> list[str]:
    return [field for field in FIELDS[name]["required"] if field not in payload]


def all_have(name: str, payloads: list[dict[str, Any]]) -> bool:
    assert payloads, name
    assert [lacking(name, one) for one in payloads if lacking(name, one)] == []
    return True


def test_every_payload_of_the_list_is_looked_at() -> None:
    looked_at = {*REST, *STREAMS, *USER, *WRAPPED, *UNNAMED, *NOT_SERVED}
    looked_at |= {"BinanceSpotBalance", "BinanceStatusCode"}
    assert set(FIELDS) == looked_at


@pytest.fixture(scope="module")
def traded(anna: Any, bert: Any) -> Any:
    """Her client, with an order and a fill behind it."""
    quiet.empty(anna, bert)
    quiet.last_price(anna, bert)
    return anna


@pytest.mark.parametrize("name", REST)
def test_answers(name: str, traded: Any) -> None:
    assert all_have(name, REST[name](traded))


def test_candles_have_twelve_places_and_levels_two(nobody: Any) -> None:
    candles = nobody.publicGetKlines({"symbol": LIVING, "interval": "1m"})
    assert {len(one) for one in candles} == {UNNAMED["BinanceKline"]}
    assert {len(one) for one in nobody.publicGetDepth({"symbol": LIVING})["bids"]} == {2}


def test_refusals(house: House) -> None:
    refusal = httpx.get(f"{house.url}/api/v3/depth").json()
    assert lacking("BinanceStatusCode", refusal) == []


async def messages(url: str, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """One message of each of these streams."""
    seen: dict[str, dict[str, Any]] = {}
    async with asyncio.timeout(SECONDS), websockets.connect(url) as socket:
        while set(seen) != wanted:
            message = json.loads(await socket.recv())
            seen.setdefault(message["stream"], message)
    return seen


def test_market_streams(house: House) -> None:
    streams = {f"{LIVING.lower()}@{stream}" for stream, _ in STREAMS.values()}
    url = f"{house.url.replace('http', 'ws', 1)}/stream?streams={'/'.join(sorted(streams))}"
    seen = asyncio.run(messages(url, streams))
    for name, (stream, way) in STREAMS.items():
        payload = seen[f"{LIVING.lower()}@{stream}"]
        for step in way:
            payload = payload[step]
        assert lacking(name, payload) == [], name


async def events(url: str, work: Callable[[], None], number: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(SECONDS), websockets.connect(url) as socket:
        await asyncio.to_thread(work)
        return [json.loads(await socket.recv()) for _ in range(number)]


@pytest.mark.parametrize("is_combined", [False, True])
def test_user_streams(house: House, anna: Any, bert: Any, is_combined: bool) -> None:
    quiet.empty(anna, bert)
    key = anna.publicPostUserDataStream()["listenKey"]
    path = f"stream?streams={key}" if is_combined else f"ws/{key}"

    def work() -> None:
        bert.create_order(SYMBOL, "limit", "sell", 0.1, PRICE)
        anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE)
        placed = anna.create_order(SYMBOL, "limit", "buy", 0.1, PRICE - 100)
        anna.cancel_order(placed["id"], SYMBOL)

    told = asyncio.run(events(f"{house.url.replace('http', 'ws', 1)}/{path}", work, 7))
    if is_combined:
        assert [one["stream"] for one in told] == [key] * len(told)
        told = [one["data"] for one in told]
    for name, event in USER.items():
        assert all_have(name, [one for one in told if one["e"] == event])
    lines = [line for one in told if one["e"] == "outboundAccountPosition" for line in one["B"]]
    assert all_have("BinanceSpotBalance", lines)
    assert "TRADE" in {one.get("x") for one in told}
