"""An exchange outside as a source: what ccxt gives is heard, and what breaks or falls silent is said."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from ccxt.base import errors

from exchange.bots.inbox import Inbox
from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import E8, Level
from exchange.bots.sources.naming import make_source
from exchange.bots.sources.outside import NoExchange, OutsideSource, ccxt_exchange, levels_of
from exchange.bots.sources.source import SourceLost
from exchange.engine.types import Side


class Exchange:
    """At the border: a client as ccxt's. Says what it has, then nothing, or fails."""

    def __init__(self, book: dict[str, Any] | None, failure: Exception | None = None) -> None:
        self._books = [book] if book else []
        self._failure = failure
        self._trades: list[list[dict[str, Any]]] = [
            [{"side": "sell", "price": 99.5, "amount": 1e-05}, {"side": None, "price": 1, "amount": 1}]
        ]
        self.is_closed = False

    async def watch_order_book(self, symbol: str) -> dict[str, Any]:
        if self._books:
            return self._books.pop()
        if self._failure is not None:
            raise self._failure
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def watch_trades(self, symbol: str) -> list[dict[str, Any]]:
        if not self._trades:
            await asyncio.Event().wait()
        return self._trades.pop()

    async def close(self) -> None:
        self.is_closed = True


BOOK = {"bids": [[99.5, 0.1], [99.4, 0.0], [99.3, 2]], "asks": [[100.1, 0.3]]}


def heard(exchange: Exchange, *, silent_s: float = 10.0) -> tuple[Inbox, str]:
    inbox = Inbox()
    source = OutsideSource("test", "BTC/USDT", lambda: exchange, silent_s=silent_s)
    with pytest.raises(SourceLost) as lost:
        asyncio.run(source.run(inbox))
    assert exchange.is_closed
    return inbox, str(lost.value)


def test_books_and_trades_are_heard_until_it_breaks() -> None:
    inbox, why = heard(Exchange(BOOK, errors.NetworkError("gone")))
    assert inbox.book is not None
    assert inbox.book.bids == (Level(9_950_000_000, E8 // 10), Level(9_930_000_000, 2 * E8))
    assert inbox.book.asks == (Level(10_010_000_000, 3 * E8 // 10),)
    assert inbox.take_trades() == [OutsideTrade(Side.SELL, 9_950_000_000, 1_000)]
    assert "NetworkError" in why


def test_a_book_that_says_nothing_more_is_lost() -> None:
    inbox, why = heard(Exchange(BOOK), silent_s=0.05)
    assert inbox.book is not None
    assert "TimeoutError" in why


def test_levels_are_bounded() -> None:
    assert len(levels_of([[100 + place, 1] for place in range(1_000)])) == 200


def test_an_exchange_that_nobody_knows_is_said() -> None:
    with pytest.raises(NoExchange):
        ccxt_exchange("nowhere")


@pytest.mark.parametrize("text", ["nowhere:BTC/USDT", "binance", "recorded:/nowhere.csv", ""])
def test_a_setting_that_names_no_source_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        make_source(text, url="http://localhost", seed="")


@pytest.mark.parametrize("text", ["simulated", "binance:BTC/USDT", "kraken:BTC/USD"])
def test_a_setting_names_a_source(text: str) -> None:
    make: Callable[..., Any] = make_source
    assert make(text, url="http://localhost", seed="").name == text
