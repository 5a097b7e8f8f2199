"""Ticker streams: each second what has changed of any market, read from its stored candles for all."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from access.threads import in_thread
from exchange.compat.binance.sockets.dialect import now_ms
from exchange.compat.binance.spot.streams.frames import Content
from exchange.compat.binance.spot.streams.market import MarketStreams
from exchange.compat.binance.spot.streams.topic import StreamTopic
from exchange.compat.binance.spot.ticker_words import day_only, movement, statistic
from exchange.compat.binance.symbols import symbol_of
from exchange.tickers import DAY_S, NO_TRADE, DayStatistics, day_since_s, statistics_since

logger = logging.getLogger(__name__)

STALE_SECONDS = 30.0  # then a market is looked at again though nothing happened: the time has moved
_TIMES = ("E", "O", "C")  # what changes though nothing happens
_SHORT = {
    "prevClosePrice": "x",
    "lastQty": "Q",
    "bidPrice": "b",
    "bidQty": "B",
    "askPrice": "a",
    "askQty": "A",
}

Render = Callable[[MarketStreams, DayStatistics, int], Content]


class Seen(NamedTuple):
    day: DayStatistics
    trades_heard: int
    at: float
    since_s: int


class TickerStreams:
    """One kind: `suffix` of the names of its streams, and the name of the one with every market, if there is
    one. `window_s`: how far back it looks, to the minute."""

    def __init__(self, suffix: str, name_of_all: str, window_s: int, render: Render) -> None:
        self.of_all = StreamTopic(name_of_all, conflates=True, look=self._everything) if name_of_all else None
        self._suffix = suffix
        self._window_s = window_s
        self._render = render
        self._topics: dict[str, StreamTopic] = {}
        self._seen: dict[str, Seen] = {}
        self._shown: dict[str, Content] = {}
        self._is_whole = False  # every market is shown, not only those that are listened to one by one
        self._task: asyncio.Task[None] | None = None

    def topic(self, symbol: str) -> StreamTopic:
        found = self._topics.get(symbol)
        if found is None:
            name = f"{symbol.lower()}@{self._suffix}"
            found = self._topics[symbol] = StreamTopic(name, conflates=True)
        return found

    def _everything(self) -> list[Content] | None:
        """For who comes: the others hear what changes."""
        return list(self._shown.values()) if self._is_whole else None

    def tick(self, markets: Mapping[str, MarketStreams]) -> None:
        """Each second."""
        is_whole = bool(self.of_all)
        wanted = [one for symbol, one in markets.items() if is_whole or self._topics.get(symbol)]
        if not wanted:
            self._forget()
            return
        for one in wanted:
            one.keep()
        if self._task is None:
            self._task = asyncio.create_task(self._run(wanted, is_whole), name="tickers")

    def _forget(self) -> None:
        self._is_whole = False
        self._seen.clear()
        self._shown.clear()
        for topic in self._topics.values():
            topic.forget()

    async def _run(self, wanted: Sequence[MarketStreams], is_whole: bool) -> None:
        try:
            await self._look(wanted)
            self._tell_all(self._tell(wanted), is_whole)
        except Exception as error:  # noqa: BLE001 (it is looked at again)
            logger.warning("the tickers %s cannot be read: %s", self._suffix, error)
        finally:
            self._task = None

    async def _look(self, wanted: Sequence[MarketStreams]) -> None:
        now = time.monotonic()
        due = {one: one.trades_heard for one in wanted if self._is_due(one, now)}
        if not due:
            return
        since_s = day_since_s() + DAY_S - self._window_s
        found = await in_thread(statistics_since, [one.market.pk for one in due], since_s)
        for one, heard in due.items():
            day = found.get(one.market.pk, NO_TRADE)
            self._seen[symbol_of(one.market)] = Seen(day, heard, now, since_s)

    def _is_due(self, one: MarketStreams, now: float) -> bool:
        seen = self._seen.get(symbol_of(one.market))
        return seen is None or seen.trades_heard != one.trades_heard or now - seen.at >= STALE_SECONDS

    def _tell(self, wanted: Sequence[MarketStreams]) -> list[Content]:
        """What has changed."""
        changed: list[Content] = []
        for one in wanted:
            symbol = symbol_of(one.market)
            seen = self._seen[symbol]
            content = self._render(one, seen.day, seen.since_s * 1_000)
            topic = self._topics.get(symbol)
            if _lasting(content) == _lasting(self._shown.get(symbol, {})):
                continue
            self._shown[symbol] = content
            changed.append(content)
            if topic:
                topic.publish(content)
            elif topic is not None:
                topic.forget()
        return changed

    def _tell_all(self, changed: list[Content], is_whole: bool) -> None:
        """`is_whole`: every market was looked at. Before that was so nobody has heard of all of them."""
        if self.of_all is None:
            return
        told = changed if self._is_whole else list(self._shown.values())
        if is_whole and told:
            self.of_all.publish(told)
        self.of_all.forget()
        self._is_whole = is_whole


def _lasting(content: Content) -> Content:
    return {name: value for name, value in content.items() if name not in _TIMES}


def rolling(kind: str) -> Render:
    def render(one: MarketStreams, day: DayStatistics, open_ms: int) -> Content:
        return _full(kind, one, day, open_ms)

    return render


def full(one: MarketStreams, day: DayStatistics, open_ms: int) -> Content:
    """Of the last 24 hours."""
    more = day_only(one.market, day, one.best())
    named = {_SHORT[name]: value for name, value in more.items()}
    return {**_full("24hrTicker", one, day, open_ms), **named}


def _full(kind: str, one: MarketStreams, day: DayStatistics, open_ms: int) -> Content:
    close_ms = now_ms()
    whole, moved = statistic(one.market, day, open_ms, close_ms), movement(one.market, day)
    return {
        "e": kind,
        "E": close_ms,
        "s": whole["symbol"],
        "p": moved["priceChange"],
        "P": moved["priceChangePercent"],
        "w": moved["weightedAvgPrice"],
        "c": whole["lastPrice"],
        "o": whole["openPrice"],
        "h": whole["highPrice"],
        "l": whole["lowPrice"],
        "v": whole["volume"],
        "q": whole["quoteVolume"],
        "O": open_ms,
        "C": close_ms,
        "F": whole["firstId"],
        "L": whole["lastId"],
        "n": whole["count"],
    }


def mini(one: MarketStreams, day: DayStatistics, open_ms: int) -> Content:
    whole = _full("24hrMiniTicker", one, day, open_ms)
    return {name: whole[name] for name in ("e", "E", "s", "c", "o", "h", "l", "v", "q")}
