"""Recorded sources: prices of a file around which a market is made up, and a session of another exchange."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.bots.inbox import Inbox
from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import E8, Level
from exchange.bots.sources.recorded_prices import NoRecording, RecordedPrices
from exchange.bots.sources.session import RecordedSession, SessionBook
from exchange.bots.sources.simulated import MadeUpSource
from exchange.engine.types import Side
from tests.exchange.recordings import OPENING, write_recording

OPEN_ASK = {"type": "open", "order_id": "x", "side": "sell", "price": "100.75", "remaining_size": "2"}


def prices(folder: Path, text: str) -> RecordedPrices:
    path = folder / "prices.csv"
    path.write_text(text)
    return RecordedPrices(path)


def test_prices_are_played_again_and_again(tmp_path: Path) -> None:
    played = prices(tmp_path, "time_ms,price\n5000,100.5\n6000,101\n8999,102\n")
    found = [played.price_e8(time_ms) for time_ms in (0, 999, 1_000, 3_998, 3_999, 4_000)]
    assert found == [10_050_000_000, 10_050_000_000, 101 * E8, 101 * E8, 102 * E8, 10_050_000_000]


def test_times_may_be_seconds(tmp_path: Path) -> None:
    played = prices(tmp_path, "open_time_utc_s,close\n60,7\n120,8\n")
    assert [played.price_e8(time_ms) for time_ms in (0, 59_999, 60_000)] == [7 * E8, 7 * E8, 8 * E8]


@pytest.mark.parametrize(
    "text",
    ["", "time_ms,price\n", "time_ms,price\n1,x\n", "time_ms,price\n2,1\n1,1\n", "time_ms,price\n1,0\n"],
)
def test_what_is_no_recording_of_prices_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoRecording):
        prices(tmp_path, text)


def test_a_market_is_made_up_around_recorded_prices(tmp_path: Path) -> None:
    times = itertools.count(0, 1_000)
    source = MadeUpSource(
        "recorded", "seed", prices(tmp_path, "time_ms,price\n0,100\n"), step_s=0, clock_ms=lambda: next(times)
    )
    inbox = asyncio.run(_until(source, lambda inbox: len(inbox.trades) > 10))
    assert inbox.book is not None
    assert inbox.book.bids[0].price_e8 < 100 * E8 < inbox.book.asks[0].price_e8


async def _until(source: MadeUpSource | RecordedSession, enough: Callable[[Inbox], bool]) -> Inbox:
    inbox = Inbox()
    running = asyncio.create_task(source.run(inbox))
    async with asyncio.timeout(20):
        while not enough(inbox):
            await asyncio.sleep(0)
    running.cancel()
    return inbox


def test_a_session_begins_with_its_book() -> None:
    best = SessionBook(OPENING).best()
    assert best.bids == (Level(100 * E8, 15 * E8 // 10), Level(99 * E8 + E8 // 2, 2 * E8))
    assert best.asks[0] == Level(101 * E8, 13 * E8 // 10)


def test_messages_of_a_session_change_its_book() -> None:
    book = SessionBook(OPENING)
    book.apply(OPEN_ASK)
    assert book.best().asks[0] == Level(10_075_000_000, 2 * E8)
    book.apply({"type": "change", "order_id": "x", "new_size": "0.5"})
    assert book.best().asks[0] == Level(10_075_000_000, E8 // 2)
    book.apply({"type": "done", "order_id": "x", "reason": "canceled"})
    assert book.best().asks[0].price_e8 == 101 * E8


def test_a_match_of_a_session_is_a_trade_of_the_side_that_took() -> None:
    book = SessionBook(OPENING)
    told = {"type": "match", "maker_order_id": "b1", "taker_order_id": "t", "price": "100.00", "size": "1"}
    assert book.apply(told) == OutsideTrade(Side.SELL, 100 * E8, E8)
    assert book.best().bids[0] == Level(100 * E8, E8 // 2)


def test_a_session_is_played(tmp_path: Path) -> None:
    write_recording(tmp_path)
    inbox = asyncio.run(_until(RecordedSession("recorded", tmp_path), lambda inbox: len(inbox.trades) >= 3))
    assert inbox.book is not None
    assert inbox.trades[0] == OutsideTrade(Side.SELL, 100 * E8, E8)


def test_a_folder_without_a_session_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoRecording):
        RecordedSession("recorded", tmp_path)
