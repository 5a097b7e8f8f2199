"""Market streams over real websockets: what each tells, and that it tells it in the fields that clients need."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import House
from tests.binance.house import SYMBOL, Trader
from tests.binance.stream_client import Streams, streams

FIELDS = json.loads((Path(__file__).parents[1] / "cases/binance_payload_fields.json").read_text())
BTC = SYMBOL.lower()


def has_all(payload: str, content: dict[str, Any]) -> bool:
    return set(FIELDS[payload]["required"]) <= set(content)


def trade(alice: Trader, bob: Trader, price: str = "100.00", quantity: str = "0.01") -> None:
    alice.person.place(side="BUY", type="LIMIT", price=price, quantity=quantity)
    bob.person.place(side="SELL", type="LIMIT", price=price, quantity=quantity)


@pytest.mark.parametrize(
    ("stream", "payload"),
    [
        ("trade", "BinanceSpotTradeData"),
        ("aggTrade", "BinanceAggregatedTradeData"),
        ("kline_1m", "BinanceCandlestickData"),
        ("ticker", "BinanceTickerData"),
        ("bookTicker", "BinanceQuoteData"),
        ("depth@100ms", "BinanceOrderBookData"),
        ("depth", "BinanceOrderBookData"),
        ("depth5@100ms", "BinanceSpotOrderBookPartialDepthData"),
    ],
)
def test_each_stream_has_the_fields_that_clients_need(
    house: House, alice: Trader, bob: Trader, stream: str, payload: str
) -> None:
    with streams(house, f"/ws/{BTC}@{stream}") as socket:
        trade(alice, bob)
        content = socket.hear()
        assert has_all(payload, content), content
        if "k" in content:
            assert has_all("BinanceCandlestick", content["k"])
