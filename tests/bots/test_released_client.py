"""An exchange outside through the released ccxt: a market of the house as Binance is copied into another."""

from typing import Any

import ccxt.pro

from exchange.bots.sources.outside import OutsideSource
from tests.api.house import FREE_MARKET, House
from tests.api.people import Trader
from tests.bots.conftest import MakeTrader
from tests.bots.stage import book_of, bots
from tests.support.waiting import pause, wait_for


def binance_of(url: str) -> Any:
    """As ccxt makes it, with the house's addresses."""
    rest = {"public": "/api/v3", "private": "/api/v3", "v1": "/api/v1", "sapi": "/sapi/v1"}
    api: dict[str, Any] = {name: url + path for name, path in rest.items()}
    api["ws"] = {"spot": url.replace("http", "ws", 1) + "/stream/ws"}
    options = {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}}
    return ccxt.pro.binance({"newUpdates": True, "urls": {"api": api}, "options": options})


def test_the_book_and_the_trades_of_another_exchange_are_copied(
    house: House, trader: MakeTrader, taker: Trader
) -> None:
    alice, bob = trader("alice", USDB="1000"), trader("bob", BTC="10")
    alice.place(side="BUY", price="99.50", quantity="2")
    bob.place(side="SELL", price="100.50", quantity="9")
    maker = trader("maker", DOT="10", USDB="1000")
    taker.fund(DOT="10")
    source = OutsideSource("the house", "BTC/USDB", lambda: binance_of(house.url))
    with bots(house, maker, taker, source, market=FREE_MARKET):
        wanted = {"bids": [["99", "2.00000000"]], "asks": [["101", "9.00000000"]]}
        wait_for("the copy", lambda: book_of(house, FREE_MARKET) == wanted)
        wait_for("a trade", lambda: traded(alice, taker))
        left = book_of(house)["asks"][0][1]
        wait_for("what is left", lambda: book_of(house, FREE_MARKET)["asks"] == [["101", f"{left}000"]])
    assert book_of(house, FREE_MARKET) == {"bids": [], "asks": []}


def traded(outside: Trader, taker: Trader) -> Any:
    """Somebody trades outside once more: the first trades may be missed, for a stream begins when it does.

    Not so often that nothing would be left to trade with before it has begun.
    """
    outside.place(side="BUY", price="100.50", quantity="0.05")
    pause(0.3)
    return taker.get(f"/api/v1/fills?market={FREE_MARKET}")["fills"]
