"""One market in one web process: its book, put together while somebody listens, and its trades.

It is loading, or live. Whatever may have been missed (a gap, a lost connection) makes it load anew, and its
listeners begin anew with it. Messages that come meanwhile wait.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from access.sockets.frames import Frame
from access.sockets.outbox import Outbox, Subscription
from access.sockets.topic import Topic
from exchange.feeds import market_frames
from exchange.feeds.book import AssembledBook, Fit, Ring
from exchange.feeds.loading import RECENT_TRADES, LoadedMarket
from exchange.live_wire import MarketMessage, PublicTrade
from exchange.models import Market

logger = logging.getLogger(__name__)

MAX_WAITING = 20_000
RETRY_SECONDS = 0.25
LINGER_SECONDS = 30.0  # without listeners, for those who come back

Load = Callable[[Market, int], Awaitable[LoadedMarket]]


class Observer(Protocol):
    """Whoever makes something of his own of what is decoded here. His methods never block."""

    def begin(self, book: AssembledBook) -> None:
        """The book is there: for the first time, or anew after `lose`. It is kept up in place."""
        ...

    def change(self, book: AssembledBook, message: MarketMessage) -> None:
        """`message` is in the book."""
        ...

    def trade(self, made: Sequence[PublicTrade], *, follows: bool) -> None:
        """Oldest first, each once. Not `follows`: some before them are missing for good."""
        ...

    def lose(self) -> None:
        """The book is not believed any more."""
        ...


class MarketFeed:
    def __init__(self, market: Market, load: Load) -> None:
        self.market = market
        self.books = Topic()
        self.trades = Topic()
        self.observers: dict[Observer, None] = {}
        self.is_dirty = False  # traded since somebody looked last
        self.loads = 0
        self._load = load
        self._book: AssembledBook | None = None
        self._snapshot: tuple[int, bytes] = (-1, b"")
        self._ring = Ring()
        self._recent: deque[PublicTrade] = deque(maxlen=RECENT_TRADES)
        self._last_trade = 0
        self._knows_trades = False
        self._waiting: list[MarketMessage] = []
        self._loading: asyncio.Task[None] | None = None
        self._heard_at = time.monotonic()
        self._is_held = False

    @property
    def sequence(self) -> int | None:
        """The last command that the book knows of; None while there is none to be believed."""
        return None if self._book is None else self._book.sequence

    @property
    def book(self) -> AssembledBook | None:
        """As the engine last told it; None while there is none to be believed."""
        return self._book

    @property
    def is_loading(self) -> bool:
        return self._loading is not None

    # What comes in.

    def take(self, message: MarketMessage) -> None:
        self.is_dirty = self.is_dirty or bool(message.trades)
        if self._loading is not None:
            self._waiting.append(message)
            if len(self._waiting) > MAX_WAITING:
                self.restart()
        elif self._book is not None and not self._apply(self._book, message):
            self.restart()

    def _apply(self, book: AssembledBook, message: MarketMessage) -> bool:
        """False where something before it is missing."""
        known = book.sequence
        fit = book.apply(message)
        if fit is Fit.GAP:
            return False
        if fit is Fit.OLD:
            return True
        frame = market_frames.book_update(self.market, known + 1, message)
        self._ring.add(known + 1, message.last_sequence, frame)
        self.books.publish(frame)
        for observer in self.observers:
            observer.change(book, message)
        self._take_trades(message.trades)
        return True

    def _take_trades(self, made: Sequence[PublicTrade]) -> None:
        new = [trade for trade in made if trade.trade_id > self._last_trade]
        if not new:
            return
        follows = new[0].trade_id == self._last_trade + 1
        if not follows:
            self._recent.clear()
            self.trades.publish(market_frames.resync("trades", self.market))
            kind = "snapshot"
        else:
            kind = "update"
        self._last_trade = new[-1].trade_id
        self._recent.extend(new)
        self.trades.publish(market_frames.trades(self.market, kind, new))
        for observer in self.observers:
            observer.trade(new, follows=follows)

    # Loading.

    def restart(self) -> None:
        """Something was or may have been missed."""
        self._is_held = False
        self.pause()
        if self._is_listened_to:
            self._start_loading()

    def hold(self) -> None:
        """Messages do not come at all: nothing is loaded until `restart`, for it could not be kept up."""
        self._is_held = True
        self.pause()

    def pause(self) -> None:
        """Nothing is believed until it is loaded again."""
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
        if self._book is not None:
            self._book = None
            for observer in self.observers:
                observer.lose()
        self._ring.clear()
        self._waiting.clear()

    def _start_loading(self) -> None:
        if self._is_held:
            return
        self._loading = asyncio.create_task(self._run_load(), name=f"load {self.market.symbol}")

    async def _run_load(self) -> None:
        while True:
            try:
                loaded = await self._load(self.market, self._last_trade)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is tried again)
                logger.warning("the book of %s cannot be loaded: %s", self.market.symbol, error)
            else:
                if self._go_live(loaded):
                    return
            await asyncio.sleep(RETRY_SECONDS)

    def _go_live(self, loaded: LoadedMarket) -> bool:
        """False where the messages that waited do not follow: then it is loaded once more."""
        self.loads += 1
        book = AssembledBook(*loaded[:4])
        waiting, self._waiting = self._waiting, []
        if any(book.apply(message) is Fit.GAP for message in waiting):
            self._waiting = waiting  # the next one knows of them all: they were sent after their commit
            return False
        self._loading = None
        self._book = book
        self._heard_at = time.monotonic()
        made = sorted({*loaded.trades, *(trade for message in waiting for trade in message.trades)})
        if not self._knows_trades:
            self._knows_trades = True
            self._recent.extend(made)
            self._last_trade = made[-1].trade_id if made else 0
        else:
            self._take_trades(made)
        for observer in list(self.observers):
            observer.begin(book)
            # Who began to listen has looked at the book elsewhere, maybe before these: they count for him.
            for message in waiting:
                observer.change(book, message)
        for subscription in list(self.books.listeners):
            assert isinstance(subscription, BookSubscription)
            self._begin_book(subscription)
        for subscription in list(self.trades.listeners):
            assert isinstance(subscription, TradesSubscription)
            self._begin_trades(subscription)
        return True

    # Who listens.

    @property
    def _is_listened_to(self) -> bool:
        return bool(self.books or self.trades or self.observers)

    def observe(self, observer: Observer) -> None:
        self.observers[observer] = None
        if self._book is not None:
            observer.begin(self._book)
        elif self._loading is None:
            self._start_loading()

    def leave(self, observer: Observer) -> None:
        self.observers.pop(observer, None)

    def join_book(self, subscription: "BookSubscription") -> None:
        self.books.join(subscription)
        if self._book is not None:
            self._begin_book(subscription)
        elif self._loading is None:
            self._start_loading()

    def _begin_book(self, subscription: "BookSubscription") -> None:
        """The updates since the client's book where they are here, else a snapshot."""
        assert self._book is not None
        since, subscription.since = subscription.since, None
        missed = None if since is None else self._ring.after(since, self._book.sequence)
        if missed is not None:
            for frame in missed:
                subscription.send(frame)
        else:
            if since is not None or subscription.has_begun:
                subscription.send(market_frames.resync("book", self.market))
            self.send_book(subscription)
        subscription.has_begun = True

    def send_book(self, subscription: Subscription) -> None:
        """The whole book; all who ask between two changes get the same bytes."""
        if self._book is None:
            return  # it comes when it is loaded
        if self._snapshot[0] != self._book.sequence:
            self._snapshot = (self._book.sequence, market_frames.book_snapshot(self.market, self._book))
        subscription.send(self._snapshot[1])

    def join_trades(self, subscription: "TradesSubscription") -> None:
        self.trades.join(subscription)
        if self._book is not None:
            self._begin_trades(subscription)
        elif self._loading is None:
            self._start_loading()

    def _begin_trades(self, subscription: "TradesSubscription") -> None:
        if not subscription.has_begun:
            subscription.has_begun = True
            subscription.send(market_frames.trades(self.market, "snapshot", self._recent))

    def tidy(self, now: float) -> None:
        """Called now and then: without listeners the book is let go of, after a while."""
        if self._is_listened_to:
            self._heard_at = now
        elif now - self._heard_at > LINGER_SECONDS:
            self.pause()
            self._last_trade = 0
            self._knows_trades = False
            self._recent.clear()
            self._snapshot = (-1, b"")


class BookSubscription(Subscription):
    """`since`: the sequence of the book that the client has, if it has one."""

    def __init__(self, outbox: Outbox, feed: MarketFeed, since: int | None) -> None:
        super().__init__(outbox)
        self._feed = feed
        self.since = since
        self.has_begun = False

    def begin(self) -> None:
        self._feed.join_book(self)

    def refresh(self) -> None:
        self._feed.send_book(self)

    def close(self) -> None:
        self._feed.books.leave(self)


class TradesSubscription(Subscription):
    conflates = False

    def __init__(self, outbox: Outbox, feed: MarketFeed) -> None:
        super().__init__(outbox)
        self._feed = feed
        self.has_begun = False

    def begin(self) -> None:
        self._feed.join_trades(self)

    def send(self, frame: Frame) -> None:
        if self.has_begun:
            super().send(frame)

    def close(self) -> None:
        self._feed.trades.leave(self)
