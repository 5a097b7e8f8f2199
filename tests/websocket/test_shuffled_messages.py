"""Messages that come late, twice, out of order or not at all never leave a wrong book behind."""

import asyncio
import json
import random

import pytest

from access.sockets.frames import payload_of, split
from access.sockets.outbox import Outbox
from exchange.feeds.loading import LoadedMarket
from exchange.feeds.market import BookSubscription, MarketFeed, TradesSubscription
from exchange.live_wire import MarketMessage, PublicTrade
from exchange.models import Market
from tests.websocket.keeper import BookKeeper

WINDOW = 50
MESSAGES = 600


class Truth:
    """An engine's book, what it says of it, and a database that has all of what was said."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.sequence = 0
        self.bids: dict[int, int] = {}
        self.trades: list[PublicTrade] = []
        self.loads = 0

    def step(self) -> MarketMessage:
        first = self.sequence + 1
        self.sequence += self._chance.randrange(1, 4)
        touched = [self._chance.randrange(1, 40) for _ in range(self._chance.randrange(0, 4))]
        for price in touched:
            self.bids[price] = self._chance.randrange(0, 5)
        made = [
            PublicTrade(len(self.trades) + 1 + number, 5, 1, 5, 0, self.sequence, 64)
            for number in range(self._chance.randrange(0, 3))
        ]
        self.trades += made
        levels = [(price, self.bids[price]) for price in touched]
        return MarketMessage(first, self.sequence, self.sequence, levels, [], made)

    async def load(self, market: Market, after_trade: int) -> LoadedMarket:
        """As it was when the statement began, and answered later."""
        self.loads += 1
        bids = [(price, lots) for price, lots in self.bids.items() if lots]
        trades = [trade for trade in self.trades if trade.trade_id > after_trade]
        loaded = LoadedMarket(self.sequence, self.sequence, bids, [], trades[-1000:])
        await asyncio.sleep(0.001)
        return loaded


def market() -> Market:
    return Market(
        id=1, symbol="BTC-USDB", quote_decimals=8, price_decimals=0, quantity_decimals=0, base_decimals=8
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_client_ends_with_the_engines_book_and_every_trade(seed: int) -> None:
    chance = random.Random(seed)
    truth = Truth(chance)
    heard: list[bytes] = []

    async def write(data: bytes) -> None:
        heard.append(data)

    async def work() -> None:
        outbox = Outbox(write, lambda: None)
        writer = asyncio.create_task(outbox.run())
        feed = MarketFeed(market(), truth.load)
        BookSubscription(outbox, feed, None).begin()
        TradesSubscription(outbox, feed).begin()
        on_their_way: list[MarketMessage] = []
        for _ in range(MESSAGES):
            on_their_way.append(truth.step())
            if chance.random() < 0.02:
                on_their_way.append(chance.choice(on_their_way))
            while len(on_their_way) > WINDOW or (on_their_way and chance.random() < 0.4):
                late = chance.random() < 0.05
                message = on_their_way.pop(chance.randrange(len(on_their_way)) if late else 0)
                if chance.random() > 0.01:
                    feed.take(message)
            if chance.random() < 0.2:
                await asyncio.sleep(0.001)
        for message in [*on_their_way, truth.step()]:
            feed.take(message)
            await asyncio.sleep(0)
        while feed.sequence != truth.sequence:
            await asyncio.sleep(0.001)
        await outbox.flushed()
        writer.cancel()

    asyncio.run(asyncio.wait_for(work(), 20))
    frames = [json.loads(payload_of(frame)) for frame in split(b"".join(heard))]
    keeper = BookKeeper()
    for frame in frames:
        keeper.hear(frame)
    assert keeper.sequence == truth.sequence
    assert keeper.bids == {price: lots for price, lots in truth.bids.items() if lots}
    assert truth.loads > 1, "nothing was lost: the test shows nothing"
    numbers = [
        int(trade["trade_id"])
        for frame in frames
        if frame["channel"] == "trades"
        for trade in frame.get("trades", [])
    ]
    assert numbers == list(range(numbers[0], len(truth.trades) + 1))
