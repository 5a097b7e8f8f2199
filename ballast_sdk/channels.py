"""What can be listened to over a socket, each as a subscription of its own."""

from typing import Any

from ballast_sdk.messages import (
    AccountSnapshot,
    AccountUpdate,
    BookSnapshot,
    BookUpdate,
    CandlesMessage,
    NoticeMessage,
    PriceMessage,
    TickerMessage,
    TradesMessage,
    VaultsSnapshot,
    VaultUpdate,
)
from ballast_sdk.models import CandleInterval
from ballast_sdk.subscriptions import Subscription


class Channels:
    async def _subscribe(self, **fields: object) -> Subscription[Any]:
        raise NotImplementedError

    async def book(self, market: str) -> Subscription[BookSnapshot | BookUpdate]:
        """A market's whole book, and what changes in it. `LocalBook` keeps it."""
        return await self._subscribe(channel="book", market=market)

    async def trades(self, market: str) -> Subscription[TradesMessage]:
        return await self._subscribe(channel="trades", market=market)

    async def ticker(self, market: str) -> Subscription[TickerMessage]:
        """A market's last 24 hours, at most once a second."""
        return await self._subscribe(channel="ticker", market=market)

    async def candles(self, market: str, interval: CandleInterval) -> Subscription[CandlesMessage]:
        return await self._subscribe(channel="candles", market=market, interval=interval)

    async def prices(self, *, sources: bool = False) -> Subscription[PriceMessage]:
        """The oracle's price, with every source if asked for."""
        return await self._subscribe(channel="prices", sources=sources)

    async def account(self) -> Subscription[AccountSnapshot | AccountUpdate]:
        """One's own orders, fills and balances, without a gap."""
        return await self._subscribe(channel="account")

    async def vaults(self) -> Subscription[VaultsSnapshot | VaultUpdate]:
        """One's own vaults, and every event of them. What a break hid is in the snapshot that follows it."""
        return await self._subscribe(channel="vaults")

    async def notices(self) -> Subscription[NoticeMessage]:
        """What the account is told. What a break hid is in the list."""
        return await self._subscribe(channel="notices")
