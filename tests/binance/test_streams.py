"""Market streams over real websockets: what each tells, in the fields that clients need."""

import itertools
import json
import time
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.house import House
from tests.binance.house import SMALL_SYMBOL, SYMBOL, Trader, public
from tests.binance.stream_client import streams

FIELDS = json.loads((Path(__file__).parents[1] / "cases/binance_payload_fields.json").read_text())
BTC = SYMBOL.lower()


def has_all(payload: str, content: dict[str, Any]) -> bool:
    return set(FIELDS[payload]["required"]) <= set(content)


def meet(alice: Trader, bob: Trader, price: str = "100.00", quantity: str = "0.01") -> None:
    """They trade, and the book is as before."""
    alice.person.place(side="BUY", price=price, quantity=quantity)
    bob.person.place(side="SELL", price=price, quantity=quantity)


@pytest.mark.parametrize(
    ("stream", "payload"),
    [
        ("trade", "BinanceSpotTradeData"),
        ("aggTrade", "BinanceAggregatedTradeData"),
        ("kline_1m", "BinanceCandlestickData"),
        ("kline_1M", "BinanceCandlestickData"),
        ("ticker", "BinanceTickerData"),
        ("bookTicker", "BinanceQuoteData"),
        ("depth@100ms", "BinanceOrderBookData"),
        ("depth", "BinanceOrderBookData"),
        ("depth@1000ms", "BinanceOrderBookData"),
        ("depth5@100ms", "BinanceSpotOrderBookPartialDepthData"),
        ("depth20", "BinanceSpotOrderBookPartialDepthData"),
    ],
)
def test_each_stream_has_the_fields_that_clients_need(
    house: House, alice: Trader, bob: Trader, stream: str, payload: str
) -> None:
    with streams(house, f"/ws/{BTC}@{stream}") as socket:
        meet(alice, bob)
        content = socket.hear()
        assert has_all(payload, content), content
        if "k" in content:
            assert has_all("BinanceCandlestick", content["k"])


def test_a_trade_is_told_once_as_the_list_has_it(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    with streams(house, f"/ws/{BTC}@trade") as socket:
        for price in ("100.00", "101.00", "102.00"):
            meet(alice, bob, price)
        told = [socket.hear() for _ in range(3)]
        listed = public(client, "/api/v3/trades", symbol=SYMBOL, limit=3).json
        for one, row in zip(told, listed, strict=True):
            assert (one["e"], one["s"], one["M"]) == ("trade", SYMBOL, True)
            assert (one["t"], one["p"], one["q"]) == (row["id"], row["price"], row["qty"])
            assert (one["T"], one["m"]) == (row["time"], row["isBuyerMaker"])
        socket.listen(0.3)
        assert len(socket.heard) == 3


def test_what_one_order_took_at_one_price_is_one_aggregate(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    with streams(house, f"/ws/{BTC}@aggTrade") as socket:
        for price in ("101.00", "101.00", "100.00"):
            alice.person.place(price=price, quantity="0.01")
        bob.person.place(side="SELL", price="100.00", quantity="0.03")
        told = [socket.hear(), socket.hear()]
        listed = public(client, "/api/v3/aggTrades", symbol=SYMBOL, limit=2).json
        assert [{name: one[name] for name in listed[0]} for one in told] == listed
        assert [one["l"] - one["f"] for one in told] == [1, 0]


def test_a_ticker_says_what_the_list_says(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    with streams(house, f"/ws/{BTC}@ticker/{BTC}@miniTicker/{BTC}@ticker_1h/{BTC}@avgPrice") as socket:
        meet(alice, bob, "103.00", "0.02")
        day = socket.wait_for(lambda frame: frame["e"] == "24hrTicker" and Decimal(frame["c"]) == 103)
        listed = public(client, "/api/v3/ticker/24hr", symbol=SYMBOL).json
        names = {
            "p": "priceChange",
            "P": "priceChangePercent",
            "w": "weightedAvgPrice",
            "x": "prevClosePrice",
            "c": "lastPrice",
            "Q": "lastQty",
            "o": "openPrice",
            "h": "highPrice",
            "l": "lowPrice",
            "v": "volume",
            "q": "quoteVolume",
            "F": "firstId",
            "L": "lastId",
            "n": "count",
        }
        assert {name: day[name] for name in names} == {name: listed[long] for name, long in names.items()}
        socket.listen(2.5)
        kinds = {frame["e"]: frame for frame in socket.heard}
        assert set(kinds["24hrMiniTicker"]) == set("eEscohlvq")
        assert kinds["24hrMiniTicker"]["c"] == kinds["1hTicker"]["c"] == day["c"]
        assert set(kinds["avgPrice"]) == set("eEsiwT")
        average = public(client, "/api/v3/avgPrice", symbol=SYMBOL).json
        assert kinds["avgPrice"]["w"] == average["price"]


@pytest.mark.parametrize(
    ("name", "kind"), [("!ticker@arr", "24hrTicker"), ("!miniTicker@arr", "24hrMiniTicker")]
)
def test_every_symbol_is_told_first_and_then_what_changes(
    house: House, alice: Trader, bob: Trader, name: str, kind: str
) -> None:
    of_one = name.strip("!").removesuffix("@arr")
    with ExitStack() as stack:
        early = stack.enter_context(streams(house, f"/ws/{BTC}@{of_one}"))
        assert early.hear()["s"] == SYMBOL  # that one is told already hides none of the others
        socket = stack.enter_context(streams(house, f"/ws/{name}"))
        first = socket.hear()
        assert {one["s"] for one in first} >= {SYMBOL, SMALL_SYMBOL}
        assert {one["e"] for one in first} == {kind}
        meet(alice, bob, "104.00")
        changed = socket.wait_for(lambda frame: any(Decimal(one["c"]) == 104 for one in frame))
        assert [one["s"] for one in changed] == [SYMBOL]


def test_each_candle_is_closed_once_and_is_the_stored_one(
    house: House, client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    """Of a second, so also of seconds in which nothing happens."""
    meet(alice, bob)
    with streams(house, f"/ws/{BTC}@kline_1s") as socket:
        until = time.monotonic() + 4
        price = 100
        while time.monotonic() < until:
            price += 1
            meet(alice, bob, f"{price}.00")
            socket.listen(0.15)
        socket.listen(3.5)
        closed = [frame["k"] for frame in socket.heard if frame["k"]["x"]]
        starts = [one["t"] for one in closed]
        assert len(starts) >= 6
        assert starts == list(range(starts[0], starts[0] + len(starts) * 1_000, 1_000))
        listed = public(client, "/api/v3/klines", symbol=SYMBOL, interval="1s", startTime=starts[0]).json
        order = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q")
        for one, row in zip(closed, listed, strict=False):
            assert [one[name] for name in order] == row[:11]
            assert (one["f"] == -1) == (one["n"] == 0)
            assert one["n"] == 0 or one["L"] - one["f"] + 1 == one["n"]
        assert any(one["n"] for one in closed)
        assert not all(one["n"] for one in closed)
        filled = [one for one in closed if one["n"]]
        assert all(after["f"] == before["L"] + 1 for before, after in itertools.pairwise(filled))
