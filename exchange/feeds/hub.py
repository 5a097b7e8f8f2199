"""The exchange's live data in one web process: the markets and accounts that somebody listens to.

What the wire brings may be incomplete or out of order; each feed sees that for itself. While the wire is lost
nothing is believed, and who listens is told so.
"""

import asyncio
import logging
import time
from contextlib import suppress

from access.sockets.census import census
from access.sockets.wire import wire
from access.threads import in_thread
from exchange.candles import INTERVALS
from exchange.feeds import looks
from exchange.feeds.loading import LoadedMarket, load_market
from exchange.feeds.market import MarketFeed
from exchange.feeds.private import PrivateFeed
from exchange.feeds.private_reads import Message
from exchange.feeds.statistics import Statistic
from exchange.live_wire import AccountsMessage, MarketMessage, decode_account_news, decode_market
from exchange.models import Market
from exchange.queue import ACCOUNTS_CHANNELS, MARKET_CHANNELS
from exchange.wire import MalformedMessage

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
TICKER_PAUSE_S, TICKER_STALE_S = 1.0, 30.0
CANDLE_PAUSE_S, CANDLE_STALE_S = 0.25, 1.0


class Hub:
    def __init__(self) -> None:
        self.markets: dict[str, MarketFeed] = {}
        self.accounts: dict[int, PrivateFeed] = {}
        self._tickers: dict[str, Statistic] = {}
        self._candles: dict[tuple[str, str], Statistic] = {}
        self._is_live = False
        self._clock: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._clock = asyncio.create_task(self._tick(), name="the markets' clock")

    async def stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            with suppress(asyncio.CancelledError):
                await self._clock
        for market in self.markets.values():
            market.pause()
        for account in self.accounts.values():
            account.stop()

    # Who is there to listen to.

    def market(self, market: Market) -> MarketFeed:
        found = self.markets.get(market.symbol)
        if found is None:
            found = self.markets[market.symbol] = MarketFeed(market, _load)
            if not self._is_live:
                found.hold()
        return found

    def ticker(self, market: Market) -> Statistic:
        self.market(market)
        found = self._tickers.get(market.symbol)
        if found is None:
            found = self._tickers[market.symbol] = Statistic(
                {"channel": "ticker", "market": market.symbol},
                lambda: in_thread(looks.ticker, market),
                pause_s=TICKER_PAUSE_S,
                stale_s=TICKER_STALE_S,
            )
        return found

    def candles(self, market: Market, interval: str) -> Statistic:
        self.market(market)
        assert interval in INTERVALS
        found = self._candles.get((market.symbol, interval))
        if found is None:
            found = self._candles[market.symbol, interval] = Statistic(
                {"channel": "candles", "market": market.symbol, "interval": interval},
                lambda: in_thread(looks.live_candles, market, interval),
                pause_s=CANDLE_PAUSE_S,
                stale_s=CANDLE_STALE_S,
            )
        return found

    def account(self, account: int) -> PrivateFeed:
        found = self.accounts.get(account)
        if found is None:
            found = self.accounts[account] = PrivateFeed(account)
        return found

    # What comes over the wire.

    def take(self, channel: bytes, data: bytes) -> None:
        kind, _, name = channel.decode().partition(":")
        try:
            if kind == "accounts":
                self._take_accounts(int(name), decode_account_news(data))
            elif name in self.markets:
                self._take_market(name, data)
            elif self.accounts:  # nobody listens to the market, but to what its engine tells accounts
                self._look_after_beginning(decode_market(data))
        except (MalformedMessage, ValueError) as error:
            logger.error("what came over %s cannot be read: %s", channel, error)  # noqa: TRY400 (says it all)
            self.lose()
            self.recover()

    def _take_market(self, name: str, data: bytes) -> None:
        message = decode_market(data)
        self._look_after_beginning(message)
        self.markets[name].take(message)
        if message.trades:
            for statistic in self._statistics(name):
                statistic.note_change()

    def _look_after_beginning(self, message: MarketMessage) -> None:
        """An engine that has begun knows not what went out before."""
        if message.first_sequence > message.last_sequence:
            for account in self.accounts.values():
                account.look()

    def _take_accounts(self, shard: int, batch: AccountsMessage) -> None:
        if not self.accounts:
            return
        for account, sequence, content in batch.messages:
            feed = self.accounts.get(account)
            if feed is not None:
                feed.take(Message(shard, sequence, batch.timestamp_ns, content))

    def _statistics(self, name: str) -> list[Statistic]:
        found = [self._tickers[name]] if name in self._tickers else []
        return found + [one for (symbol, _), one in self._candles.items() if symbol == name]

    # When the wire goes and comes.

    def lose(self) -> None:
        if self._is_live:
            self._is_live = False
            self._say("stale")
        for market in self.markets.values():
            market.hold()

    def recover(self) -> None:
        self._is_live = True
        self._say("live")
        for market in self.markets.values():
            market.restart()
        for account in self.accounts.values():
            account.look()
        for name in self.markets:
            for statistic in self._statistics(name):
                statistic.note_change()

    def _say(self, state: str) -> None:
        census.tell(lambda dialect: dialect.notice({"type": "market_data", "state": state}))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            for statistic in [*self._tickers.values(), *self._candles.values()]:
                statistic.tick(now)
            for market in self.markets.values():
                market.tidy(now)
            for account in [one for one in self.accounts.values() if not one.subscribers]:
                account.stop()
                del self.accounts[account.account]


async def _load(market: Market, after_trade: int) -> LoadedMarket:
    return await in_thread(load_market, market, after_trade)


_hubs: list[Hub] = []


async def open_hub() -> None:
    """When a web process starts."""
    _hubs.append(Hub())
    wire.add((MARKET_CHANNELS, ACCOUNTS_CHANNELS), _hubs[0])
    _hubs[0].start()


async def close_hub() -> None:
    while _hubs:
        await _hubs.pop().stop()


def hub() -> Hub:
    return _hubs[0]


def feed_of(market: str) -> MarketFeed | None:
    """None where nobody has listened to the market in this process."""
    return _hubs[0].markets.get(market) if _hubs else None
