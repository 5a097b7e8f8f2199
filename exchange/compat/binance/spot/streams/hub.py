"""All market streams of one web process, and the clock that they are told by."""

import asyncio
import logging
import time
from contextlib import suppress

from access.threads import in_thread
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.sockets.dialect import now_ms
from exchange.compat.binance.spot.streams import tickers
from exchange.compat.binance.spot.streams.averages import AverageStream
from exchange.compat.binance.spot.streams.market import MarketStreams
from exchange.compat.binance.spot.streams.names import WINDOWS, Kind, StreamName
from exchange.compat.binance.spot.streams.tickers import TickerStreams
from exchange.compat.binance.spot.streams.topic import StreamTopic
from exchange.compat.binance.symbols import market_of_symbol, markets_by_symbol, symbol_of
from exchange.feeds.hub import hub
from exchange.models import Market
from exchange.tickers import DAY_S

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
TICKS_A_SECOND = 10
MARKETS_SECONDS = 10.0
WINDOW_SECONDS = dict(zip(WINDOWS, (3_600, 4 * 3_600, DAY_S), strict=True))


class StreamHub:
    def __init__(self) -> None:
        self._markets: dict[str, MarketStreams] = {}
        self._averages: dict[str, AverageStream] = {}
        self._tickers = {
            (Kind.TICKER, ""): TickerStreams("ticker", "!ticker@arr", DAY_S, tickers.full),
            (Kind.MINI_TICKER, ""): TickerStreams("miniTicker", "!miniTicker@arr", DAY_S, tickers.mini),
        }
        for window, seconds in WINDOW_SECONDS.items():
            self._tickers[Kind.TICKER, window] = TickerStreams(
                f"ticker_{window}", f"!ticker_{window}@arr", seconds, tickers.rolling(f"{window}Ticker")
            )
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks.append(asyncio.create_task(self._run(), name="the streams' clock"))
        self._tasks.append(asyncio.create_task(self._watch_markets(), name="the streams' markets"))

    async def stop(self) -> None:
        while self._tasks:
            task = self._tasks.pop()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def find(self, name: StreamName) -> StreamTopic | None:
        """Ready to be listened to: what happens from now on is told. None: there is no such symbol."""
        if not name.symbol:
            known = await in_thread(markets_by_symbol)
            await asyncio.gather(*(self._of(market).attend() for market in known.values()))
            of_all = self._tickers[name.kind, name.interval].of_all
            assert of_all is not None
            return of_all
        try:
            found = await market_of_symbol(name.symbol)
        except Refusal:
            return None
        streams = self._of(found)
        await streams.attend()
        if name.kind is Kind.AVERAGE:
            return self._average(found).topic
        if (name.kind, name.interval) in self._tickers:
            return self._tickers[name.kind, name.interval].topic(name.symbol)
        return streams.topic(name)

    def _of(self, market: Market) -> MarketStreams:
        symbol = symbol_of(market)
        found = self._markets.get(symbol)
        if found is None:
            found = self._markets[symbol] = MarketStreams(hub().market(market))
        return found

    def _average(self, market: Market) -> AverageStream:
        symbol = symbol_of(market)
        found = self._averages.get(symbol)
        if found is None:
            found = self._averages[symbol] = AverageStream(market)
        return found

    async def _watch_markets(self) -> None:
        """A market that opens while somebody listens to all of them is one of them."""
        while True:
            await asyncio.sleep(MARKETS_SECONDS)
            if not any(board.of_all for board in self._tickers.values()):
                continue
            try:
                known = await in_thread(markets_by_symbol)
            except Exception as error:  # noqa: BLE001 (it is looked at again)
                logger.warning("the markets cannot be read: %s", error)
            else:
                for market in known.values():
                    self._of(market)

    async def _run(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(TICK_SECONDS - time.time() % TICK_SECONDS)
            number += 1
            try:
                self._tick(is_second=number % TICKS_A_SECOND == 0)
            except Exception:  # a clock that ended would leave everybody without live data
                logger.exception("a round of the streams failed")

    def _tick(self, *, is_second: bool) -> None:
        now, time_ms = time.monotonic(), now_ms()
        if is_second:
            for board in self._tickers.values():
                board.tick(self._markets)
            for average in self._averages.values():
                average.tick()
        for streams in self._markets.values():
            streams.tick(now, time_ms, is_second=is_second)


_hubs: list[StreamHub] = []


async def open_streams() -> None:
    """When a web process starts, after the exchange's live data."""
    _hubs.append(StreamHub())
    _hubs[0].start()


async def close_streams() -> None:
    while _hubs:
        await _hubs.pop().stop()


def stream_hub() -> StreamHub:
    return _hubs[0]
