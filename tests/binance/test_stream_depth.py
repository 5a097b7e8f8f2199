"""Differences begin where the last one ended, also where the book had to be loaded anew. Pure."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from access.sockets.frames import Frame, payload_of
from access.sockets.outbox import Outbox
from exchange.compat.binance.spot.streams.depth import DepthStreams
from exchange.compat.binance.spot.streams.topic import StreamSubscription
from exchange.feeds.book import AssembledBook
from exchange.live_wire import Levels, MarketMessage
from exchange.models import Market

MARKET = Market(symbol="BTC-USDB", price_decimals=0, quantity_decimals=0)
Told = tuple[int, int, list[list[int]], list[list[int]]]


class Plain:
    combined = False


class Listener(StreamSubscription):
    """Keeps what it is sent."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(Outbox(_nowhere, desk.give_up), desk.depth.diffs, Plain())
        self.told: list[Told] = []

    def send(self, frame: Frame) -> None:
        one: dict[str, Any] = msgspec.json.decode(payload_of(frame))
        self.told.append((one["U"], one["u"], numbers(one["b"]), numbers(one["a"])))


def numbers(levels: list[list[str]]) -> list[list[int]]:
    return [[int(Decimal(text)) for text in level] for level in levels]


async def _nowhere(data: bytes) -> None:
    pass


class Desk:
    """A book that the test changes as its feed would."""

    def __init__(self) -> None:
        self.depth = DepthStreams(MARKET, "btcusdb", "")
        self.book = AssembledBook(0, 0, [], [])
        self.given_up = 0

    def give_up(self) -> None:
        self.given_up += 1

    def load(self, sequence: int, bids: Levels, asks: Levels) -> None:
        self.book = AssembledBook(sequence, 0, bids, asks)
        self.depth.begin(self.book)

    def change(self, first: int, last: int, bids: Levels, asks: Levels | None = None) -> None:
        message = MarketMessage(first, last, 0, bids, asks or [], [])
        self.book.apply(message)
        self.depth.change(message)


def run(work: Callable[[Desk], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await work(Desk())

    asyncio.run(asyncio.wait_for(bounded(), 10))


def listener(desk: Desk) -> Listener:
    found = Listener(desk)
    found.begin()
    return found


def test_a_window_merges_its_messages_into_the_last_quantities() -> None:
    async def work(desk: Desk) -> None:
        one = listener(desk)
        desk.load(10, [(5, 1)], [(9, 1)])
        desk.change(11, 12, [(5, 2), (4, 1)])
        desk.change(13, 20, [(5, 3)], [(9, 0)])
        desk.depth.flush()
        desk.depth.flush()
        desk.change(21, 21, [(4, 0)])
        desk.depth.flush()
        assert one.told == [
            (11, 20, [[5, 3], [4, 1]], [[9, 0]]),
            (21, 21, [[4, 0]], []),
        ]

    run(work)


def test_the_first_difference_begins_with_the_markets_message_not_with_what_was_loaded() -> None:
    async def work(desk: Desk) -> None:
        one = listener(desk)
        desk.load(200, [(5, 1)], [])
        desk.change(151, 210, [(5, 2)])
        desk.depth.flush()
        assert one.told == [(151, 210, [[5, 2]], [])]

    run(work)


def test_a_book_that_was_lost_is_told_as_what_is_different() -> None:
    async def work(desk: Desk) -> None:
        one = listener(desk)
        desk.load(10, [(5, 1), (4, 1)], [(9, 1)])
        desk.change(11, 11, [(5, 2)])
        desk.depth.flush()
        desk.change(12, 12, [(3, 7)])  # it was not told when the wire went
        desk.depth.lose()
        desk.depth.flush()
        desk.load(40, [(5, 2), (3, 8)], [(9, 1), (8, 2)])
        desk.depth.flush()
        desk.change(41, 42, [(5, 0)])
        desk.depth.flush()
        assert one.told == [
            (11, 11, [[5, 2]], []),
            (12, 40, [[4, 0], [3, 8]], [[8, 2]]),
            (41, 42, [[5, 0]], []),
        ]
        assert not desk.given_up

    run(work)


def test_a_book_that_is_loaded_as_it_was_is_not_told_and_the_next_follows() -> None:
    async def work(desk: Desk) -> None:
        one = listener(desk)
        desk.load(10, [(5, 1)], [])
        desk.change(11, 11, [(5, 2)])
        desk.depth.flush()
        desk.depth.lose()
        desk.load(50, [(5, 2)], [])
        desk.depth.flush()
        desk.change(51, 60, [(5, 3)])
        desk.depth.flush()
        assert [told[:2] for told in one.told] == [(11, 11), (12, 60)]

    run(work)


def test_a_book_that_is_lost_before_anything_was_told_is_told_from_there() -> None:
    """Who listened to a quiet market has the book as it was: the changes of an outage are not left out."""

    async def work(desk: Desk) -> None:
        one = listener(desk)
        desk.load(10, [(5, 1), (4, 1)], [(9, 1)])
        desk.depth.flush()
        desk.depth.lose()
        desk.load(40, [(5, 2)], [(9, 1)])
        desk.depth.flush()
        desk.change(36, 42, [(5, 3)])
        desk.depth.flush()
        assert one.told == [(11, 40, [[5, 2], [4, 0]], []), (41, 42, [[5, 3]], [])]

    run(work)


def test_where_the_past_is_another_one_by_now_listeners_are_given_up() -> None:
    async def work(desk: Desk) -> None:
        one = listener(desk)
        desk.load(10, [(5, 1)], [])
        desk.change(11, 30, [(5, 2)])
        desk.depth.flush()
        desk.depth.lose()
        desk.load(20, [(5, 9)], [])
        desk.depth.flush()
        assert len(one.told) == 1
        assert desk.given_up == 1

    run(work)


def test_who_comes_is_told_the_last_difference_and_then_those_that_follow() -> None:
    async def work(desk: Desk) -> None:
        desk.load(10, [(5, 1)], [])
        desk.change(11, 12, [(5, 2)])
        desk.depth.flush()
        late = listener(desk)
        desk.change(13, 13, [(5, 3)])
        desk.depth.flush()
        assert [told[:2] for told in late.told] == [(11, 12), (13, 13)]

    run(work)


@pytest.mark.parametrize("levels", [5, 10, 20])
def test_a_part_has_the_best_levels_of_both_sides(levels: int) -> None:
    depth = DepthStreams(MARKET, "btcusdb", "@100ms")
    topic = depth.partials[levels]
    assert topic.name == f"btcusdb@depth{levels}@100ms"
    assert topic.conflates
