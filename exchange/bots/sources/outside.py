"""An exchange outside as a source: its book and its trades by websocket, through ccxt.

ccxt gives what a websocket says as binary fractions; their shortest decimals are what was sent.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import ccxt.pro
from ccxt.base import errors

from exchange.bots.inbox import Inbox
from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import Level, OutsideBook, e8_of
from exchange.bots.sources.source import SourceLost
from exchange.engine.types import Side

SILENT_S = 10.0  # a book of bitcoin that says nothing for so long has lost its connection
CLOSING_S = 3.0
LEVELS = 200  # of each side that are looked at
_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


class NoExchange(ValueError):
    """ccxt knows none of this name, or none whose book and trades can be heard."""


def ccxt_exchange(name: str) -> Any:
    """Raises NoExchange."""
    if name not in ccxt.pro.exchanges:
        raise NoExchange(f"ccxt knows no exchange {name!r} whose websocket it could hear")
    exchange = getattr(ccxt.pro, name)({"newUpdates": True})
    if not (exchange.has.get("watchOrderBook") and exchange.has.get("watchTrades")):
        raise NoExchange(f"the book or the trades of {name!r} cannot be heard")
    return exchange


class OutsideSource:
    """`make` gives a new client of the exchange: one that broke is not used again."""

    def __init__(
        self, name: str, symbol: str, make: Callable[[], Any], *, silent_s: float = SILENT_S
    ) -> None:
        self.name = name
        self._symbol = symbol
        self._make = make
        self._silent_s = silent_s

    async def run(self, inbox: Inbox) -> None:
        exchange = self._make()
        ways: list[Coroutine[Any, Any, None]] = [self._books(exchange, inbox), self._trades(exchange, inbox)]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            failure = next(task.exception() for task in tasks if task.done())
            raise SourceLost(f"{type(failure).__name__}: {str(failure)[:200]}")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _closed(exchange)

    async def _books(self, exchange: Any, inbox: Inbox) -> None:
        while True:
            book = await asyncio.wait_for(exchange.watch_order_book(self._symbol), self._silent_s)
            inbox.put_book(OutsideBook(levels_of(book["bids"]), levels_of(book["asks"])))

    async def _trades(self, exchange: Any, inbox: Inbox) -> None:
        """Nobody may trade for long, so silence says nothing here."""
        while True:
            for trade in await exchange.watch_trades(self._symbol):
                if trade.get("side") in _SIDES:
                    price_e8, quantity_e8 = e8_of(str(trade["price"])), e8_of(str(trade["amount"]))
                    inbox.put_trade(OutsideTrade(_SIDES[trade["side"]], price_e8, quantity_e8))


def levels_of(rows: Iterable[Sequence[Any]]) -> tuple[Level, ...]:
    """The best ones, without those that are empty."""
    found = []
    for row in rows:
        level = Level(e8_of(str(row[0])), e8_of(str(row[1])))
        if min(level) > 0:
            found.append(level)
        if len(found) == LEVELS:
            break
    return tuple(found)


async def _closed(exchange: Any) -> None:
    try:
        await asyncio.wait_for(exchange.close(), CLOSING_S)
    except (TimeoutError, OSError, errors.BaseError):
        return  # it is forgotten all the same
