"""A candle is told as closed once, when nothing can be added to it any more. The clock is the test's own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from access.sockets.frames import Frame, payload_of
from access.sockets.outbox import Outbox, Subscription
from access.threads import in_thread
from exchange.candles import INTERVALS, Bar, empty
from exchange.compat.binance.spot.streams.klines import GRACE_MS, KlineStream
from exchange.compat.binance.spot.streams.topic import StreamSubscription
from exchange.models import Market

MARKET = Market(symbol="BTC-USDB", price_decimals=0, quantity_decimals=0, quote_decimals=0)
START_MS = 1_800_000_000_000
MINUTE_MS = 60_000
Told = tuple[int, int, bool]  # start in minutes, trades, closed


class Plain:
    combined = False


class Listener(StreamSubscription):
    """Keeps what it is sent, and whether it may be missed."""

    def __init__(self, stream: KlineStream) -> None:
        self.kept = Kept()
        super().__init__(self.kept, stream.topic, Plain())

    @property
    def told(self) -> list[Told]:
        return self.kept.told


class Kept(Outbox):
    def __init__(self) -> None:
        super().__init__(_nowhere, lambda: None)
        self.told: list[Told] = []
        self.final: list[bool] = []

    def put(self, frame: Frame, subscription: Subscription | None = None) -> None:
        candle: dict[str, Any] = msgspec.json.decode(payload_of(frame))["k"]
        self.told.append(((candle["t"] - START_MS) // MINUTE_MS, candle["n"], candle["x"]))
        self.final.append(subscription is None)


async def _nowhere(data: bytes) -> None:
    pass


class Desk:
    """Trades by minute, and a stream that looks at them."""

    def __init__(self) -> None:
        self.is_live = True
        self.heard_ms = 0
        self.trades: dict[int, int] = {}
        self.is_broken = False
        self.now = 0.0
        self.stream = KlineStream(MARKET, "btcusdb@kline_1m", INTERVALS["1m"], self, self.read)
        self.listener = Listener(self.stream)
        self.listener.begin()

    def read(self, market: Market, interval: str, start_ms: int, now_ms: int) -> list[Bar]:
        if self.is_broken:
            raise OSError("the database is away")
        first, last = (start_ms - START_MS) // MINUTE_MS, (now_ms - START_MS) // MINUTE_MS
        return [self.bar(minute) for minute in range(first, last + 1)]

    def bar(self, minute: int) -> Bar:
        start_s = START_MS // 1_000 + minute * 60
        count = self.trades.get(minute, 0)
        return empty(start_s, 7)._replace(trades=count, volume_lots=count, first_trade_id=1 if count else 0)

    async def at(self, minute: int, ms: int = 0) -> list[Told]:
        """What is new at that time."""
        before = len(self.listener.told)
        self.now += 1
        self.stream.tick(self.now, START_MS + minute * MINUTE_MS + ms)
        for _ in range(3):
            await in_thread(lambda: None)
            await asyncio.sleep(0.01)
        return self.listener.told[before:]


def run(work: Callable[[Desk], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await work(Desk())

    asyncio.run(asyncio.wait_for(bounded(), 20))


def test_it_is_told_as_it_is_and_again_when_it_changes() -> None:
    async def work(desk: Desk) -> None:
        assert await desk.at(0) == [(0, 0, False)]
        assert await desk.at(0, 1_000) == []
        desk.trades[0] = 2
        desk.stream.note_change()
        assert await desk.at(0, 2_000) == [(0, 2, False)]

    run(work)


def test_it_is_closed_when_the_engine_was_heard_after_its_end() -> None:
    async def work(desk: Desk) -> None:
        await desk.at(0)
        desk.trades[0] = 1
        desk.heard_ms = START_MS + MINUTE_MS - 1
        assert await desk.at(1, 1) == []
        desk.heard_ms = START_MS + MINUTE_MS
        assert await desk.at(1, 2) == [(0, 1, True), (1, 0, False)]
        assert await desk.at(1, 300) == []
        assert desk.listener.kept.final == [False, True, False]

    run(work)


def test_it_is_closed_after_a_second_where_nothing_is_heard() -> None:
    async def work(desk: Desk) -> None:
        await desk.at(0)
        assert await desk.at(1, GRACE_MS - 1) == []
        assert await desk.at(1, GRACE_MS) == [(0, 0, True), (1, 0, False)]

    run(work)


def test_candles_that_ended_meanwhile_are_each_closed_once_in_their_order() -> None:
    async def work(desk: Desk) -> None:
        await desk.at(0)
        desk.trades.update({0: 1, 2: 3})
        desk.is_live = False
        assert await desk.at(3, 2_000) == []
        desk.is_live = True
        expected = [(0, 1, True), (1, 0, True), (2, 3, True), (3, 0, False)]
        assert await desk.at(3, 2_100) == expected
        assert await desk.at(3, 9_000) == []

    run(work)


def test_a_look_that_fails_is_made_again() -> None:
    async def work(desk: Desk) -> None:
        await desk.at(0)
        desk.is_broken = True
        assert await desk.at(1, 2_000) == []
        desk.is_broken = False
        assert await desk.at(1, 3_000) == [(0, 0, True), (1, 0, False)]

    run(work)


def test_who_comes_later_is_told_nothing_of_before() -> None:
    async def work(desk: Desk) -> None:
        await desk.at(0)
        desk.listener.close()
        assert await desk.at(1, 5_000) == []
        desk.listener.begin()
        assert await desk.at(4) == [(4, 0, False)]

    run(work)
