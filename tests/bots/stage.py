"""Bots that run in a thread beside a test, and a source that says what the test wants."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import httpx
from django.conf import settings

from exchange.bots.inbox import Inbox
from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import Level, OutsideBook, e8_of
from exchange.bots.running import Bots, Key, Keys
from exchange.bots.sources.source import Source
from exchange.bots.terms import Terms, terms_of
from exchange.engine.types import Side
from tests.api.house import MARKET, House
from tests.api.people import Trader

STEP_S = 0.02
Rows = list[tuple[str, str]]


class Puppet:
    """A source. `book` is said again and again, and nothing while that is None; `trades` are said once."""

    name = "puppet"

    def __init__(self) -> None:
        self.book: OutsideBook | None = None
        self.trades: list[OutsideTrade] = []

    async def run(self, inbox: Inbox) -> None:
        while True:
            if self.book is not None:
                inbox.put_book(self.book)
            while self.trades:
                inbox.put_trade(self.trades.pop(0))
            await asyncio.sleep(STEP_S)

    def say(self, bids: Rows, asks: Rows) -> None:
        self.book = OutsideBook(_levels(bids), _levels(asks))

    def trade(self, side: Side, price: str, quantity: str) -> None:
        self.trades.append(OutsideTrade(side, e8_of(price), e8_of(quantity)))


def _levels(rows: Rows) -> tuple[Level, ...]:
    return tuple(Level(e8_of(price), e8_of(quantity)) for price, quantity in rows)


def ladder(middle: int, levels: int = 5, quantity: str = "0.1") -> tuple[Rows, Rows]:
    """Prices a dollar apart on both sides of the middle."""
    bids = [(f"{middle - place}.50", quantity) for place in range(1, levels + 1)]
    asks = [(f"{middle + place}.50", quantity) for place in range(levels)]
    return bids, asks


class Running:
    """The bots in a thread of their own, in which they end as at a SIGTERM."""

    def __init__(self, terms: Terms, keys: Keys, source: Source) -> None:
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._bots = Bots(terms, lambda: source, lambda: keys, self._stopping)
        self._thread = threading.Thread(target=self._run, name="bots", daemon=True)

    def __enter__(self) -> "Running":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._bots.run())
        self._loop.run_until_complete(asyncio.wait([self._task]))

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(30)
        assert not self._thread.is_alive(), "the bots do not end"


def terms_for(house: House, **changes: str) -> Terms:
    quick = {
        "url": house.url,
        "market": MARKET,
        "period_ms": "50",
        "tolerance_ppm": "0",
        "quantity_ppm": "1000000",
    }
    return terms_of(settings.BOTS_TERMS | quick | {"taker_quantity_ppm": "1000000"} | changes)


@contextmanager
def bots(house: House, maker: Trader, taker: Trader, source: Source, **changes: str) -> Iterator[Running]:
    keys = Keys(Key(maker.key, maker.secret), Key(taker.key, taker.secret))
    with Running(terms_for(house, **changes), keys, source) as running:
        yield running


def book_of(house: House, market: str = MARKET) -> dict[str, list[list[str]]]:
    found: dict[str, Any] = httpx.get(f"{house.url}/api/v1/markets/{market}/book", timeout=10).json()
    return {side: found[side] for side in ("bids", "asks")}


def shown(rows: Rows, *, decimals: int = 5) -> list[list[str]]:
    """As a book shows them."""
    return [[f"{float(price):.2f}", f"{float(quantity):.{decimals}f}"] for price, quantity in rows]


def open_orders(trader: Trader) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = trader.get("/api/v1/orders?status=open&limit=200")["orders"]
    return found
