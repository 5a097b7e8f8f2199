"""A recorded level-3 session of another exchange as a source: played against the clock, again and again.

The folder is one that `manage.py replay_market` reads (see `exchange.replay.recording`). Here only what its
messages say of the book and of its trades is of interest: `open`, `match`, `done` and `change`.
"""

import asyncio
import json
import lzma
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from heapq import nlargest, nsmallest
from pathlib import Path
from time import monotonic
from typing import Any

from exchange.bots.inbox import Inbox
from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import Level, OutsideBook, e8_of
from exchange.bots.sources.recorded_prices import NoRecording
from exchange.engine.types import Side

STEP_S = 0.25
LEVELS = 100  # of each side
_UNTIMED_STEP_S = 0.02  # between messages that do not say when they were sent
_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_OTHER = {Side.BUY: Side.SELL, Side.SELL: Side.BUY}


class SessionBook:
    """Orders by their ids, and what they add up to."""

    def __init__(self, opening: Mapping[str, Any]) -> None:
        self._orders: dict[str, tuple[Side, int, int]] = {}
        self._sums: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
        for side, half in ((Side.BUY, opening["bids"]), (Side.SELL, opening["asks"])):
            for price, size, order_id in half:
                self._put(order_id, side, e8_of(price), e8_of(size))

    def apply(self, message: Mapping[str, Any]) -> OutsideTrade | None:
        """Gives the trade that the message tells of."""
        match message["type"]:
            case "open":
                side = _SIDES[message["side"]]
                self._put(
                    message["order_id"], side, e8_of(message["price"]), e8_of(message["remaining_size"])
                )
            case "match":
                return self._matched(message)
            case "done":
                self._put(message["order_id"])
            case "change" if message["order_id"] in self._orders and message.get("new_size"):
                side, price_e8, _ = self._orders[message["order_id"]]
                self._put(message["order_id"], side, price_e8, e8_of(message["new_size"]))
        return None

    def _matched(self, message: Mapping[str, Any]) -> OutsideTrade | None:
        price_e8, size_e8 = e8_of(message["price"]), e8_of(message["size"])
        maker = self._orders.get(message["maker_order_id"])
        if maker is None:
            return None
        side, resting_e8, left_e8 = maker
        self._put(message["maker_order_id"], side, resting_e8, left_e8 - size_e8)
        return OutsideTrade(_OTHER[side], price_e8, size_e8)

    def _put(self, order_id: str, side: Side = Side.BUY, price_e8: int = 0, size_e8: int = 0) -> None:
        """In the place of what there was under the id; without a size it is gone."""
        if order_id in self._orders:
            before, at_e8, gone_e8 = self._orders.pop(order_id)
            left_e8 = self._sums[before][at_e8] - gone_e8
            if left_e8 > 0:
                self._sums[before][at_e8] = left_e8
            else:
                del self._sums[before][at_e8]
        if size_e8 > 0:
            self._orders[order_id] = side, price_e8, size_e8
            self._sums[side][price_e8] = self._sums[side].get(price_e8, 0) + size_e8

    def best(self) -> OutsideBook:
        bids = nlargest(LEVELS, self._sums[Side.BUY].items())
        asks = nsmallest(LEVELS, self._sums[Side.SELL].items())
        return OutsideBook(tuple(Level(*one) for one in bids), tuple(Level(*one) for one in asks))


class RecordedSession:
    def __init__(self, name: str, folder: Path, *, clock: Callable[[], float] = monotonic) -> None:
        """Raises NoRecording."""
        self.name = name
        self._messages_file = folder / "messages.jsonl.xz"
        self._clock = clock
        try:
            with lzma.open(folder / "beginning_level_3.json.xz", "rt") as file:
                self._opening = json.load(file)
            SessionBook(self._opening)
            next(self._messages())
        except (OSError, EOFError, lzma.LZMAError, ValueError, KeyError, TypeError, StopIteration) as error:
            raise NoRecording(f"{folder} has no recorded session: {error!r}") from error

    async def run(self, inbox: Inbox) -> None:
        """Again and again; a session that is over begins anew with its opening book."""
        while True:
            await self._play(inbox)

    async def _play(self, inbox: Inbox) -> None:
        book, began, told = SessionBook(self._opening), self._clock(), 0.0
        inbox.put_book(book.best())
        for at_s, message in self._timed():
            while at_s > told:
                told += STEP_S
                inbox.put_book(book.best())
                await asyncio.sleep(max(began + told - self._clock(), 0))
            trade = book.apply(message)
            if trade is not None:
                inbox.put_trade(trade)
        inbox.put_book(book.best())
        await asyncio.sleep(STEP_S)

    def _timed(self) -> Iterator[tuple[float, Mapping[str, Any]]]:
        """Each message with the seconds since the first one."""
        first: datetime | None = None
        for number, message in enumerate(self._messages()):
            if "time" not in message:
                yield number * _UNTIMED_STEP_S, message
                continue
            time = datetime.fromisoformat(message["time"])
            first = first or time
            yield (time - first).total_seconds(), message

    def _messages(self) -> Iterator[Mapping[str, Any]]:
        with lzma.open(self._messages_file, "rt") as file:
            for line in file:
                yield json.loads(line)
