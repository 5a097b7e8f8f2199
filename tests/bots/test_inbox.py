"""What is heard of a source: silence is noticed, nonsense is not heard, and what broke is begun again."""

import asyncio

from exchange.bots.inbox import MOST_TRADES, SILENT_S, Inbox
from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import Level, OutsideBook
from exchange.bots.sources.source import SourceLost, listen
from exchange.engine.types import Side

BOOK = OutsideBook((Level(100, 1),), (Level(101, 1),))
MOVED = OutsideBook((Level(100, 2),), (Level(101, 1),))


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_source_that_has_said_nothing_is_silent() -> None:
    assert Inbox().is_silent


def test_it_is_silent_five_seconds_after_its_last_word() -> None:
    clock = Clock()
    inbox = Inbox(clock=clock)
    inbox.put_book(BOOK)
    clock.now += SILENT_S - 0.1
    assert not inbox.is_silent
    clock.now += 0.1
    assert inbox.is_silent


def test_the_same_book_again_is_a_word_and_no_change() -> None:
    clock = Clock()
    inbox = Inbox(clock=clock)
    inbox.put_book(BOOK)
    changed_at = inbox.changed_at
    clock.now += 3
    inbox.put_book(BOOK)
    assert (inbox.changed_at, inbox.heard_at) == (changed_at, clock.now)
    inbox.put_book(MOVED)
    assert inbox.changed_at == clock.now


def test_a_book_that_is_crossed_or_has_no_side_is_not_heard() -> None:
    inbox = Inbox()
    for book in (OutsideBook((), BOOK.asks), OutsideBook(BOOK.bids, ()), OutsideBook(BOOK.bids, BOOK.bids)):
        inbox.put_book(book)
    assert inbox.is_silent


def test_of_too_many_trades_the_oldest_are_forgotten() -> None:
    inbox = Inbox()
    for price in range(MOST_TRADES + 5):
        inbox.put_trade(OutsideTrade(Side.BUY, price, 1))
    assert inbox.take_trades()[0].price_e8 == 5
    assert inbox.take_trades() == []


class Breaking:
    """Fails in one way after the other, then speaks."""

    name = "breaking"

    def __init__(self) -> None:
        self.failures: list[Exception] = [SourceLost("gone"), ValueError("a bug"), SourceLost("gone again")]

    async def run(self, inbox: Inbox) -> None:
        if self.failures:
            raise self.failures.pop(0)
        inbox.put_book(BOOK)
        await asyncio.Event().wait()


def test_a_source_that_breaks_is_begun_again() -> None:
    async def hear() -> Inbox:
        inbox = Inbox()
        listening = asyncio.create_task(listen(Breaking(), inbox, first_delay_s=0.001))
        async with asyncio.timeout(10):
            await inbox.changed.wait()
        listening.cancel()
        return inbox

    assert asyncio.run(hear()).book == BOOK
