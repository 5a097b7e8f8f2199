"""Who begins to observe a market is told of every message since, also of those that its loading book has."""

import asyncio
from collections.abc import Sequence

from exchange.feeds.book import AssembledBook
from exchange.feeds.loading import LoadedMarket
from exchange.feeds.market import MarketFeed
from exchange.live_wire import MarketMessage, PublicTrade
from exchange.models import Market
from tests.websocket.test_shuffled_messages import market


class Listener:
    def __init__(self) -> None:
        self.began_at: list[int] = []
        self.told: list[tuple[int, int]] = []

    def begin(self, book: AssembledBook) -> None:
        self.began_at.append(book.sequence)

    def change(self, book: AssembledBook, message: MarketMessage) -> None:
        self.told.append((message.first_sequence, message.last_sequence))

    def trade(self, made: Sequence[PublicTrade], *, follows: bool) -> None:
        pass

    def lose(self) -> None:
        pass


def message(first: int, last: int) -> MarketMessage:
    return MarketMessage(first, last, last, [(last, 1)], [], [])


async def observed(loaded: list[int], heard: list[tuple[int, int]]) -> tuple[MarketFeed, Listener]:
    """`loaded`: what each loading knows of; all messages come before the first is done."""
    may_go_on = asyncio.Event()
    answers = iter(loaded)

    async def load(market: Market, after_trade: int) -> LoadedMarket:
        await may_go_on.wait()
        return LoadedMarket(next(answers), 0, [], [], [])

    feed, listener = MarketFeed(market(), load), Listener()
    feed.observe(listener)
    for first, last in heard:
        feed.take(message(first, last))
    may_go_on.set()
    while feed.sequence is None:
        await asyncio.sleep(0.01)
    return feed, listener


def test_messages_that_the_loaded_book_has_are_told_too() -> None:
    heard = [(11, 12), (13, 15), (16, 16)]
    feed, listener = asyncio.run(observed([15], heard))
    assert listener.began_at == [16]
    assert listener.told == heard
    assert feed.sequence == 16


def test_they_are_told_where_a_lost_one_makes_it_load_again() -> None:
    heard = [(11, 12), (16, 16)]
    _, listener = asyncio.run(observed([12, 16], heard))
    assert listener.began_at == [16]
    assert listener.told == heard
