"""One candle stream: looked at again when there was a trade, and when an interval is over.

A closed candle is told as such once, also one in which nothing happened, and only when no trade can be added
to it any more: the engine has been heard after its end, or has had a second to be.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from access.intervals import Interval
from access.threads import in_thread
from exchange.candles import Bar
from exchange.compat.binance.spot.streams import frames
from exchange.compat.binance.spot.streams.topic import StreamTopic
from exchange.models import Market
from exchange.selectors_candles import candles_of

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
SECOND_PAUSE_SECONDS = 1.0  # of candles of a second
GRACE_MS = 1_000
MAX_BEHIND = 1_000  # candles that are made up for after a time without data

Read = Callable[[Market, str, int, int], list[Bar]]


class Clock(Protocol):
    @property
    def is_live(self) -> bool:
        """Whether messages come."""
        ...

    @property
    def heard_ms(self) -> int:
        """Until when everything that the engine did is known."""
        ...


def read_bars(market: Market, interval: str, start_ms: int, now_ms: int) -> list[Bar]:
    """From the candle that begins at `start_ms` to the current one. Blocks."""
    return candles_of(market=market, interval=interval, start_ms=start_ms, limit=MAX_BEHIND, now_ms=now_ms)


class KlineStream:
    def __init__(
        self, market: Market, name: str, interval: Interval, clock: Clock, read: Read = read_bars
    ) -> None:
        self.topic = StreamTopic(name, conflates=True)
        self._market = market
        self._interval = interval
        self._clock = clock
        self._read = read
        self._open_s: int | None = None  # the first candle that was not told as closed
        self._shown: Bar | None = None
        self._pause_s = SECOND_PAUSE_SECONDS if interval.width_s == 1 else PAUSE_SECONDS
        self._looked_at = float("-inf")
        self._is_dirty = True
        self._task: asyncio.Task[None] | None = None

    def note_change(self) -> None:
        self._is_dirty = True

    def tick(self, now: float, now_ms: int) -> None:
        """Called often."""
        if not self.topic:
            self._open_s = self._shown = None
            self._is_dirty = True
            self.topic.forget()
            return
        if self._task is not None or not self._clock.is_live:
            return
        if self._open_s is None:
            self._open_s = self._interval.start(now_ms // 1_000)
        is_due = self._is_dirty and now - self._looked_at >= self._pause_s
        if is_due or self._is_over(self._open_s, now_ms):
            self._looked_at = now
            self._is_dirty = False
            self._task = asyncio.create_task(self._run(now_ms), name="candles")

    def _is_over(self, start_s: int, now_ms: int) -> bool:
        """Whether the candle that begins there cannot change any more."""
        end_ms = self._interval.after(start_s) * 1_000
        return now_ms >= end_ms and (self._clock.heard_ms >= end_ms or now_ms >= end_ms + GRACE_MS)

    async def _run(self, now_ms: int) -> None:
        start_s = self._open_s
        assert start_s is not None
        over_s = start_s  # judged before it is read: what is over then is whole in what is read
        while self._is_over(over_s, now_ms):
            over_s = self._interval.after(over_s)
        try:
            bars: Awaitable[list[Bar]] = in_thread(
                self._read, self._market, self._interval.name, start_s * 1_000, now_ms
            )
            self._tell(await bars, over_s)
        except Exception as error:  # noqa: BLE001 (it is looked at again)
            logger.warning("the candles of %s cannot be read: %s", self.topic.name, error)
            self._is_dirty = True
            self._looked_at = time.monotonic()
        finally:
            self._task = None

    def _tell(self, bars: list[Bar], over_s: int) -> None:
        """Those before `over_s` as closed, the next one as it is."""
        if self._open_s is None:  # nobody listens any more
            return
        for bar in bars:
            is_closed = bar.start_s < over_s
            if is_closed or bar != self._shown:
                end_s = self._interval.after(bar.start_s)
                content = frames.kline(self._market, self._interval.name, bar, end_s, is_closed=is_closed)
                self.topic.publish(content, is_final=is_closed)
            if not is_closed:
                self._shown = bar
                break
        self._open_s = min(over_s, self._interval.after(bars[-1].start_s)) if bars else over_s
